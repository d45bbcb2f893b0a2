"""The programme in Django's admin, to look at."""

from django.contrib import admin

from charter.programme.models import Contract, DecisionKind, Programme
from ground.admin_site import ReadOnlyAdmin


@admin.register(Programme)
class ProgrammeAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name", "state", "time_zone", "approved_at")


@admin.register(DecisionKind)
class DecisionKindAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name", "group", "minimum_grain", "evidence_needed", "fairness_needed")
    list_filter = ("group",)


@admin.register(Contract)
class ContractAdmin(ReadOnlyAdmin):
    list_display = ("number", "content_hash", "published_at")
