"""Addresses of calibration in the API."""

from django.urls import path

from governance.calibration import api

urlpatterns = [
    path("calibration/rubrics", api.Rubrics.as_view(), name="api-calibration-rubrics"),
    path("calibration/rounds", api.Rounds.as_view(), name="api-calibration-rounds"),
    path("calibration/rounds/<uuid:key>", api.RoundDetail.as_view(), name="api-calibration-round"),
    path("calibration/rounds/<uuid:key>/state", api.RoundMove.as_view(), name="api-calibration-move"),
    path("calibration/packs/<uuid:key>", api.PackDetail.as_view(), name="api-calibration-pack"),
    path("calibration/packs/<uuid:key>/notes", api.PackNotes.as_view(), name="api-calibration-note"),
    path("calibration/packs/<uuid:key>/values", api.PackValuesAsk.as_view(), name="api-calibration-values"),
    path(
        "calibration/packs/<uuid:key>/proposals", api.PackProposals.as_view(), name="api-calibration-propose"
    ),
    path("calibration/outcomes/<uuid:key>", api.CalibrationOutcome.as_view(), name="api-calibration-outcome"),
    path(
        "calibration/outcomes/<uuid:key>/acknowledge",
        api.OutcomeAcknowledge.as_view(),
        name="api-calibration-acknowledge",
    ),
]
