"""Addresses of strain in the API."""

from django.urls import path

from audits.strain import api

urlpatterns = [
    path("strain/alerts", api.StrainAlerts.as_view(), name="api-strain-alerts"),
    path("strain/alerts/<uuid:key>/action", api.AlertAction.as_view(), name="api-strain-action"),
    path("strain/alerts/<uuid:key>/follow-ups", api.AlertFollowUps.as_view(), name="api-strain-follow-up"),
    path("strain/teams/<uuid:key>", api.TeamLoad.as_view(), name="api-strain-team"),
    path("strain/teams/<uuid:key>/observations", api.TeamObservation.as_view(), name="api-strain-observe"),
    path("strain/teams/<uuid:key>/recognitions", api.TeamRecognitions.as_view(), name="api-strain-recognise"),
    path("strain/teams/<uuid:key>/trade-offs", api.TeamTradeOffs.as_view(), name="api-strain-trade-off"),
    path("strain/trade-offs/<uuid:key>/agreement", api.TradeOffAgreement.as_view(), name="api-strain-agree"),
    path("strain/releases", api.Releases.as_view(), name="api-strain-releases"),
    path("strain/playbooks", api.Playbooks.as_view(), name="api-strain-playbook"),
    path("strain/alert-switches", api.AlertSwitches.as_view(), name="api-strain-switch"),
    path("strain/pulse", api.OpenPulse.as_view(), name="api-strain-pulse"),
    path("strain/limits", api.HealthyLoads.as_view(), name="api-strain-limits"),
    path("strain/recognitions", api.Recognitions.as_view(), name="api-strain-recognitions"),
]
