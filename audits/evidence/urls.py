"""Addresses of evidence packs and of what can be taken along in the API."""

from django.urls import path

from audits.evidence import api

urlpatterns = [
    path("evidence", api.Packs.as_view(), name="api-evidence"),
    path("evidence/<uuid:key>", api.Pack.as_view(), name="api-evidence-pack"),
    path("evidence/<uuid:key>/take", api.PackDownload.as_view(), name="api-evidence-take"),
    path("take-along/<slug:kind>", api.TakeAlong.as_view(), name="api-take-along"),
]
