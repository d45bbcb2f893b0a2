"""Every address of the house."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from governance.config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/", include("governance.decisions.urls")),
    path("api/v1/", include("charter.registry.urls")),
    path("api/v1/", include("governance.board.urls")),
    path("api/v1/", include("governance.people.urls")),
    path("api/v1/", include("governance.notices.urls")),
    path("api/v1/", include("governance.training.urls")),
    path("api/v1/", include("governance.views.urls")),
    path("api/v1/", include("governance.desk.api_urls")),
    path("admin/", admin.site.urls),
    path("", include("governance.desk.urls")),
]
