"""The registry in Django's admin, to look at. Nothing is changed here: charters move by services alone."""

from django.contrib import admin

from charter.registry.models import (
    CharterVersion,
    Clearance,
    ClockSuspension,
    Contract,
    DecisionKind,
    Draft,
    DraftPermission,
    Metric,
    Programme,
    Reminder,
    Review,
    ReviewItem,
    RulebookVersion,
    Source,
    UntiedFlag,
)
from ground.admin import ReadOnlyAdmin


@admin.register(Programme)
class ProgrammeAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name", "state", "time_zone", "approved_at", "approved_by")
    list_select_related = ("approved_by",)


@admin.register(DecisionKind)
class DecisionKindAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name", "group", "minimum_grain", "evidence_needed", "fairness_needed")
    list_filter = ("group",)


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name", "kind")
    list_filter = ("kind",)


@admin.register(Metric)
class MetricAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name", "owner", "created_at")
    list_select_related = ("owner",)
    search_fields = ("slug", "name")


@admin.register(CharterVersion)
class CharterVersionAdmin(ReadOnlyAdmin):
    list_display = ("metric", "number", "standing", "category", "activated_at", "expires_at")
    list_select_related = ("metric",)
    list_filter = ("standing", "category")
    search_fields = ("metric__slug",)


@admin.register(RulebookVersion)
class RulebookVersionAdmin(ReadOnlyAdmin):
    list_display = ("number", "state", "content_hash", "published_at", "published_by")
    list_select_related = ("published_by",)


@admin.register(Clearance)
class ClearanceAdmin(ReadOnlyAdmin):
    list_display = ("charter_version", "kind", "passed", "valid_until", "granted_at", "granted_by")
    list_select_related = ("charter_version__metric", "granted_by")


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ("kind", "due_on", "opened_at", "opened_by", "closed_at")
    list_select_related = ("opened_by",)
    list_filter = ("kind",)


@admin.register(Contract)
class ContractAdmin(ReadOnlyAdmin):
    list_display = ("number", "content_hash", "published_at", "published_by")
    list_select_related = ("published_by",)


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ("charter_version", "kind", "due_on", "days", "given_at")
    list_select_related = ("charter_version__metric",)
    list_filter = ("kind",)


@admin.register(UntiedFlag)
class UntiedFlagAdmin(ReadOnlyAdmin):
    list_display = ("charter_version", "flagged_on", "asked_on", "ended_at")
    list_select_related = ("charter_version__metric",)


@admin.register(ClockSuspension)
class ClockSuspensionAdmin(ReadOnlyAdmin):
    list_display = ("charter_version", "reason", "suspended_at", "ended_at")
    list_select_related = ("charter_version__metric",)
    list_filter = ("reason",)


@admin.register(Draft)
class DraftAdmin(ReadOnlyAdmin):
    list_display = ("metric", "owner", "updated_at", "ended_at")
    list_select_related = ("owner",)


@admin.register(DraftPermission)
class DraftPermissionAdmin(ReadOnlyAdmin):
    list_display = ("content_object", "user", "permission", "given_at")
    list_select_related = ("content_object", "user", "permission__content_type")


@admin.register(ReviewItem)
class ReviewItemAdmin(ReadOnlyAdmin):
    list_display = ("review", "charter_version", "reason", "result", "decided_at")
    list_select_related = ("review", "charter_version__metric")
