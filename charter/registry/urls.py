"""Addresses of the registry in the API."""

from django.urls import path

from charter.registry import api

urlpatterns = [
    path("metrics", api.MetricList.as_view(), name="api-metrics"),
    path("metrics/<slug:slug>", api.MetricDetail.as_view(), name="api-metric"),
    path("matrix", api.MatrixList.as_view(), name="api-matrix"),
    path("changes", api.ChangeList.as_view(), name="api-changes"),
    path("decisions", api.DecisionKindList.as_view(), name="api-decisions"),
    path("charter-schema", api.CharterSchema.as_view(), name="api-charter-schema"),
]
