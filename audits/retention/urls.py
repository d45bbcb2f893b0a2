"""Addresses of retention in the API."""

from django.urls import path

from audits.retention import api

urlpatterns = [
    path("retention", api.DryRun.as_view(), name="api-retention"),
    path("retention/purges", api.Purges.as_view(), name="api-purges"),
    path("legal-holds", api.LegalHolds.as_view(), name="api-legal-holds"),
    path("legal-holds/<uuid:key>/end", api.LegalHoldEnd.as_view(), name="api-legal-hold-end"),
]
