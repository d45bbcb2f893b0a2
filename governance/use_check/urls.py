"""Addresses of use checks in the API."""

from django.urls import path

from governance.use_check import api

urlpatterns = [
    path("use-checks", api.UseCheckView.as_view(), name="api-use-checks"),
    path("evidence-profiles", api.ProfileList.as_view(), name="api-evidence-profiles"),
]
