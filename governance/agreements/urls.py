"""Addresses of agreements in the API."""

from django.urls import path

from governance.agreements import api

urlpatterns = [
    path("agreements", api.AgreementList.as_view(), name="api-agreements"),
    path("agreements/findings", api.AgreementFindings.as_view(), name="api-agreement-findings"),
    path("agreements/<uuid:key>", api.AgreementDetail.as_view(), name="api-agreement"),
    path("agreements/<uuid:key>/case", api.AgreementPutToBoard.as_view(), name="api-agreement-put"),
    path("agreements/<uuid:key>/end", api.AgreementEnd.as_view(), name="api-agreement-end"),
    path(
        "agreements/<uuid:key>/documents", api.AgreementDocuments.as_view(), name="api-agreement-document-add"
    ),
    path(
        "agreements/documents/<uuid:key>",
        api.AgreementDocumentContent.as_view(),
        name="api-agreement-document",
    ),
]
