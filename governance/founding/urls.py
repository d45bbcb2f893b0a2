"""Addresses of founding in the API."""

from django.urls import path

from governance.founding import api

urlpatterns = [
    path("founding-steps", api.FoundingSteps.as_view(), name="api-founding-steps"),
    path("programme-file/check", api.ProgrammeFileCheck.as_view(), name="api-programme-file-check"),
    path("programme-file/apply", api.ProgrammeFileApply.as_view(), name="api-programme-file-apply"),
]
