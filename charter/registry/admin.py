"""The registry in Django's admin, to look at: what is open to all. Charters move by services alone."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from charter.registry import permissions
from charter.registry.models import CharterVersion, Metric, RulebookVersion
from charter.registry.models.sources import Source
from ground.admin_site import ReadOnlyAdmin


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name", "kind")
    list_filter = ("kind",)


@admin.register(Metric)
class MetricAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name", "owner")
    list_select_related = ("owner",)
    search_fields = ("slug", "name")


@admin.register(CharterVersion)
class CharterVersionAdmin(ReadOnlyAdmin):
    list_display = ("metric", "number", "standing", "category", "activated_at", "expires_at")
    list_select_related = ("metric",)
    list_filter = ("standing", "category")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CharterVersion]:
        """Drafts and what the board has not passed are open to few."""
        return super().get_queryset(request).filter(standing__in=permissions.OPEN_TO_ALL)


@admin.register(RulebookVersion)
class RulebookVersionAdmin(ReadOnlyAdmin):
    list_display = ("number", "state", "content_hash", "published_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RulebookVersion]:
        return super().get_queryset(request).filter(published_at__isnull=False)
