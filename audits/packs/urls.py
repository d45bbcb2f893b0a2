"""Addresses of evidence packs and of what can be taken along in the API."""

from django.urls import path

from audits.packs import api

urlpatterns = [
    path("packs", api.Packs.as_view(), name="api-packs"),
    path("packs/<uuid:key>", api.Pack.as_view(), name="api-pack"),
    path("packs/<uuid:key>/take", api.PackDownload.as_view(), name="api-pack-take"),
    path("take-along/<slug:kind>", api.TakeAlong.as_view(), name="api-take-along"),
]
