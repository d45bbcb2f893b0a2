"""The line's doors and the bare view beside them."""

from django.urls import include, path

from governance.config import health
from tests.benchmarks.bare import BareView

urlpatterns = [
    path("bare", BareView.as_view()),
    path("healthz", health.healthz),
    path("api/v1/", include("governance.decisions.urls")),
]
