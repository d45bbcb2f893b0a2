"""The bare view and the line's doors first, then every other address."""

from django.urls import include, path

from governance.config import health
from tests.benchmarks.bare import BareView

urlpatterns = [
    path("bare", BareView.as_view()),
    path("healthz", health.healthz),
    path("api/v1/", include("governance.decisions.doors.urls")),
    path("", include("governance.config.urls")),
]
