"""Addresses of saved views in the API."""

from django.urls import path

from governance.saved_views import api

urlpatterns = [
    path("views", api.ViewList.as_view(), name="api-views"),
    path("views/<slug:slug>", api.ViewDetail.as_view(), name="api-view"),
    path("views/<slug:slug>/requests", api.ViewRequests.as_view(), name="api-view-requests"),
    path("views/<slug:slug>/metrics", api.ViewMetrics.as_view(), name="api-view-metrics"),
    path("views/<slug:slug>/metrics/<slug:metric>", api.ViewMetric.as_view(), name="api-view-metric"),
    path("views/<slug:slug>/class", api.ViewClassChange.as_view(), name="api-view-class"),
    path("views/<slug:slug>/expectations", api.ViewExpectations.as_view(), name="api-view-expectations"),
]
