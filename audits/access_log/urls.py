"""Addresses of the access log in the API."""

from django.urls import path

from audits.access_log import api

urlpatterns = [
    path("access-log", api.AccessLog.as_view(), name="api-access-log"),
    path("access-log/ocsf", api.Stream.as_view(), name="api-access-log-ocsf"),
    path("access-log/pseudonyms", api.Pseudonyms.as_view(), name="api-pseudonyms"),
    path("access-log/exports", api.Exports.as_view(), name="api-access-log-exports"),
    path("access-log/exports/<uuid:entry>", api.ExportReceipt.as_view(), name="api-access-log-export"),
    path("access-log/searches", api.SavedSearches.as_view(), name="api-saved-searches"),
    path("access-log/searches/<uuid:key>", api.SavedSearchDetail.as_view(), name="api-saved-search"),
    path("access-log/<uuid:key>", api.LoggedDecision.as_view(), name="api-logged-decision"),
    path("access-log/<uuid:key>/names", api.DecisionNames.as_view(), name="api-logged-decision-names"),
]
