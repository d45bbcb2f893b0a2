"""The house's addresses and the bare view's."""

from django.urls import include, path

from tests.benchmarks.bare import BareView

urlpatterns = [path("bare", BareView.as_view()), path("", include("governance.config.urls"))]
