"""Addresses in the API of what is held about oneself."""

from django.urls import path

from governance.about_me import api

urlpatterns = [
    path("about-me", api.AboutMe.as_view(), name="api-about-me"),
    path("about-me/looks", api.LookList.as_view(), name="api-about-me-looks"),
    path("about-me/looks/<uuid:entry>", api.LookDetail.as_view(), name="api-about-me-look"),
    path("about-me/download", api.Download.as_view(), name="api-about-me-download"),
]
