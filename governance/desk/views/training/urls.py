"""Addresses of training."""

from django.urls import path

from governance.desk.views.training import attempts, overview, ready

urlpatterns = [
    path("training", overview.training, name="training"),
    path("training/attestation", overview.attestation, name="training-attestation"),
    path("training/begin", attempts.begin, name="training-begin"),
    path("training/attempts/<uuid:key>", attempts.attempt, name="training-attempt"),
    path("training/attempts/<uuid:key>/<int:place>", attempts.question, name="training-question"),
    path("training/attempts/<uuid:key>/result", attempts.result, name="training-result"),
    path("training/managers", ready.managers, name="training-managers"),
    path("training/publish", ready.publish, name="training-publish"),
]
