"""Addresses of findings in the API."""

from django.urls import path

from audits.findings import api

_ONE = "findings/<uuid:key>"

urlpatterns = [
    path("findings", api.Findings.as_view(), name="api-findings"),
    path(_ONE, api.OneFinding.as_view(), name="api-finding"),
    path(f"{_ONE}/dismiss", api.FindingDismissal.as_view(), name="api-finding-dismiss"),
    path(f"{_ONE}/case", api.FindingCase.as_view(), name="api-finding-case"),
]
