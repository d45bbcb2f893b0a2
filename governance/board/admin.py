"""The board in Django's admin, to look at. Ballots of open cases are not there: votes are blind, to all."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from governance.board import queries
from governance.board.models import Ballot, BoardOutcome, Case, Seat, Term
from ground.admin import ReadOnlyAdmin

admin.site.register(Seat, ReadOnlyAdmin)


@admin.register(Term)
class TermAdmin(ReadOnlyAdmin):
    list_display = ("seat", "user", "alternate", "valid_from", "valid_to")
    list_select_related = ("seat", "user")


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "charter_version", "rulebook_version", "state", "opened_at", "closes_at")
    list_filter = ("kind", "state")
    list_select_related = ("charter_version__metric", "rulebook_version")


@admin.register(Ballot)
class BallotAdmin(ReadOnlyAdmin):
    list_display = ("case", "seat", "user", "vote", "cast_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ballot]:
        return queries.closed_ballots()


@admin.register(BoardOutcome)
class BoardOutcomeAdmin(ReadOnlyAdmin):
    list_display = ("case", "approved", "approvals", "votes", "decided_at", "decided_by")
    list_select_related = ("case", "decided_by")
