"""Addresses of evidence in the API."""

from django.urls import path

from governance.evidence import api

urlpatterns = [
    path("evidence", api.EvidenceList.as_view(), name="api-evidence-list"),
    path("evidence/<uuid:key>", api.EvidenceDetail.as_view(), name="api-evidence"),
    path("evidence/<uuid:key>/check", api.EvidenceCheck.as_view(), name="api-evidence-check"),
    path("evidence/<uuid:key>/withdraw", api.EvidenceWithdraw.as_view(), name="api-evidence-withdraw"),
]
