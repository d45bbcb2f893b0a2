"""Addresses of use checks in the API."""

from django.urls import path

from governance.use_check import api

urlpatterns = [
    path("use-checks", api.UseCheckView.as_view(), name="api-use-checks"),
    path("use-checks/files", api.BulkList.as_view(), name="api-use-check-files"),
    path("use-checks/files/<uuid:key>", api.BulkDetail.as_view(), name="api-use-check-file"),
    path("use-checks/files/<uuid:key>/result", api.BulkResult.as_view(), name="api-use-check-result"),
    path("use-checks/files/<uuid:key>/receipt", api.BulkReceipt.as_view(), name="api-use-check-receipt"),
    path("evidence-profiles", api.ProfileList.as_view(), name="api-evidence-profiles"),
]
