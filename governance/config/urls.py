"""Every address."""

from django.contrib import admin
from django.urls import include, path

from governance.config import health, keys, openapi
from governance.config.telemetry import door

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("-/prometheus", door.prometheus, name="prometheus"),
    path(".well-known/metric-charter/keys", keys.keys, name="signing-keys"),
    path("log/", include("audits.ledger.urls")),
    path("api/schema/", openapi.DocumentView.as_view(), name="schema"),
    path("api/v1/", include("governance.decisions.doors.urls")),
    path("api/v1/", include("charter.registry.urls")),
    path("api/v1/", include("charter.measures.urls")),
    path("api/v1/", include("charter.authoring.urls")),
    path("api/v1/", include("charter.programme.urls")),
    path("api/v1/", include("governance.board.urls")),
    path("api/v1/", include("governance.people.urls")),
    path("api/v1/", include("governance.notices.urls")),
    path("api/v1/", include("governance.agreements.urls")),
    path("api/v1/", include("governance.training.urls")),
    path("api/v1/", include("governance.evidence.urls")),
    path("api/v1/", include("governance.authzen.urls")),
    path("", include("governance.authzen.doors")),
    path("mcp", include("governance.assistants.urls")),
    path("scim/v2/", include("governance.directory.urls")),
    path("api/v1/", include("governance.saved_views.urls")),
    path("api/v1/", include("governance.use_check.urls")),
    path("api/v1/", include("governance.calibration.urls")),
    path("api/v1/", include("governance.appeals.urls")),
    path("api/v1/", include("governance.about_me.urls")),
    path("api/v1/", include("audits.access_log.urls")),
    path("api/v1/", include("audits.fairness.urls")),
    path("api/v1/", include("audits.strain.urls")),
    path("api/v1/", include("audits.reviews.urls")),
    path("api/v1/", include("audits.findings.urls")),
    path("api/v1/", include("audits.retention.urls")),
    path("api/v1/", include("audits.packs.urls")),
    path("api/v1/", include("governance.founding.urls")),
    path("api/v1/", include("governance.desk.api_urls")),
    path("admin/", admin.site.urls),
    path("", include("governance.desk.urls")),
]
