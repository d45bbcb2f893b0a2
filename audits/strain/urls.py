"""Addresses of strain in the API."""

from django.urls import path

from audits.strain import api

urlpatterns = [
    path("strain/alerts", api.StrainAlerts.as_view(), name="api-strain-alerts"),
    path("strain/alerts/<uuid:key>/action", api.AlertAction.as_view(), name="api-strain-action"),
    path("strain/alerts/<uuid:key>/follow-ups", api.AlertFollowUps.as_view(), name="api-strain-follow-up"),
    path("strain/teams/<uuid:key>", api.TeamLoad.as_view(), name="api-strain-team"),
    path("strain/teams/<uuid:key>/observations", api.TeamObservation.as_view(), name="api-strain-observe"),
    path("strain/pulse", api.OpenPulse.as_view(), name="api-strain-pulse"),
    path("strain/limits", api.HealthyLoads.as_view(), name="api-strain-limits"),
    path("strain/recognitions", api.Recognitions.as_view(), name="api-strain-recognitions"),
]
