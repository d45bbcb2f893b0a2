"""The board in Django's admin, to look at. Ballots of open cases are not there: votes are blind, to all."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from governance.board import queries
from governance.board.models import (
    Ballot,
    BoardOutcome,
    Case,
    CaseHandler,
    Comment,
    Condition,
    Pilot,
    PilotExit,
    Seat,
    Suspension,
    Term,
    Waiver,
)
from governance.board.states import CaseKind
from ground.admin import ReadOnlyAdmin

admin.site.register(Seat, ReadOnlyAdmin)


@admin.register(Term)
class TermAdmin(ReadOnlyAdmin):
    list_display = ("seat", "user", "alternate", "valid_from", "valid_to")
    list_select_related = ("seat", "user")


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "kind",
        "subject",
        "charter_version",
        "rulebook_version",
        "state",
        "opened_at",
        "closes_at",
    )
    list_filter = ("kind", "state")
    list_select_related = ("charter_version__metric", "rulebook_version")

    def get_exclude(self, request: HttpRequest, obj: Case | None = None) -> tuple[str, ...]:
        """Who asked for a ruling is told to the board and auditors, not to whoever keeps the site."""
        asks_for_a_ruling = obj is not None and obj.kind == CaseKind.EDGE_CASE
        return ("opened_by",) if asks_for_a_ruling else ()


@admin.register(Ballot)
class BallotAdmin(ReadOnlyAdmin):
    list_display = ("case", "seat", "user", "vote", "cast_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ballot]:
        return queries.closed_ballots()


@admin.register(BoardOutcome)
class BoardOutcomeAdmin(ReadOnlyAdmin):
    list_display = ("case", "approved", "approvals", "votes", "decided_at", "decided_by")
    list_select_related = ("case", "decided_by")


@admin.register(CaseHandler)
class CaseHandlerAdmin(ReadOnlyAdmin):
    list_display = ("content_object", "user", "given_by", "given_at")
    list_select_related = (
        "content_object__charter_version__metric",
        "content_object__rulebook_version",
        "user",
        "given_by",
    )


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    list_display = ("case", "user", "at")
    list_select_related = ("case__charter_version__metric", "case__rulebook_version", "user")


@admin.register(Condition)
class ConditionAdmin(ReadOnlyAdmin):
    list_display = ("case", "kind", "value", "proposed_by", "proposed_at", "withdrawn_at")
    list_filter = ("kind",)
    list_select_related = ("case__charter_version__metric", "case__rulebook_version", "proposed_by")


@admin.register(Waiver)
class WaiverAdmin(ReadOnlyAdmin):
    list_display = ("rule_id", "metric", "decision", "starts_on", "ends_on", "ended_at")
    list_filter = ("rule_id",)


@admin.register(Suspension)
class SuspensionAdmin(ReadOnlyAdmin):
    list_display = ("charter_version", "seat", "user", "at", "ratify_by", "ratified_at", "lapsed_at")
    list_select_related = ("charter_version__metric", "seat", "user")


@admin.register(Pilot)
class PilotAdmin(ReadOnlyAdmin):
    """Answers of the survey are not there: few of a team could be told apart."""

    list_display = ("charter_version", "cohort", "starts_on", "ends_on", "state", "consent_by")
    list_filter = ("state",)
    list_select_related = ("charter_version__metric", "consent_by")


@admin.register(PilotExit)
class PilotExitAdmin(ReadOnlyAdmin):
    list_display = ("pilot", "by", "at")
    list_select_related = ("pilot__charter_version__metric", "by")
