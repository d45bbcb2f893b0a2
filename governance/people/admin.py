"""How the organisation is divided, in Django's admin, to look at. Accounts, persons and roles are not there: no page lists them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from governance.people.models import Cohort, Team, ValueStream
from ground.admin_site import ReadOnlyAdmin


@admin.register(ValueStream)
class ValueStreamAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name")


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name", "value_stream", "context_class", "valid_from", "valid_to")
    list_select_related = ("value_stream",)


@admin.register(Cohort)
class CohortAdmin(ReadOnlyAdmin):
    list_display = ("slug", "kind", "name", "registered_at")
    list_filter = ("kind",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cohort]:
        return super().get_queryset(request).filter(retired_at__isnull=True)
