"""Addresses of SCIM."""

from django.urls import path, re_path

from governance.directory.scim import views

_KIND = r"(Users|Groups)"
_DESCRIBED = r"(ServiceProviderConfig|ResourceTypes|Schemas)"

urlpatterns = [
    re_path(rf"^{_KIND}/?$", views.collection, name="scim-collection"),
    re_path(rf"^{_KIND}/\.search$", views.search_one, name="scim-search-one"),
    re_path(rf"^{_KIND}/([^/]+)$", views.one, name="scim-one"),
    re_path(r"^\.search$", views.search_all, name="scim-search"),
    path("", views.search_all, name="scim-all"),
    re_path(rf"^{_DESCRIBED}/?$", views.describe, name="scim-describe"),
    re_path(rf"^{_DESCRIBED}/([^/]+)$", views.describe, name="scim-describe-one"),
    re_path(r"^(.*)$", views.nothing, name="scim-nothing"),
]
