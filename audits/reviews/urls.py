"""Addresses of sampled reviews in the API."""

from django.urls import path

from audits.reviews import api

_ONE = "sampled-reviews/<uuid:key>"

urlpatterns = [
    path("sampled-reviews", api.Looks.as_view(), name="api-sampled-reviews"),
    path("sampled-reviews/draws", api.Draws.as_view(), name="api-sample-draws"),
    path(_ONE, api.Look.as_view(), name="api-sampled-review"),
    path(f"{_ONE}/questions", api.LookAsk.as_view(), name="api-sampled-review-ask"),
    path(f"{_ONE}/finding", api.LookFinding.as_view(), name="api-sampled-review-finding"),
    path(f"{_ONE}/answer", api.LookAnswer.as_view(), name="api-sampled-review-answer"),
]
