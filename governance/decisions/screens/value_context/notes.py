"""What else was going on: a team's notes, proposed by those who know it and confirmed by somebody else."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charter.registry.models import Metric
from charter.registry.screens.page_context import badge, today
from governance.decisions import permissions, queries, services
from governance.decisions.models import ContextNote
from governance.decisions.screens.value_context.filters import NoteListFilter
from governance.decisions.screens.value_context.forms import PERSON, SELF, TEAM, NoteForm, TurnDownForm
from governance.decisions.screens.value_context.tables import (
    NoteTable,
    last_day_of_hold,
    note_label,
    note_tag,
)
from governance.people.models import GrantedRole, Membership, Person, RoleGrant, Team
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table
from ground.errors import NotPermitted

A_PAGE = 25


def context(request: PageRequest) -> HttpResponse:
    """What waits for the reader, their teams and what was said of themselves; `?team=` goes to a team's page."""
    if slug := request.GET.get("team"):
        return redirect("team-context", slug=get_object_or_404(Team, slug=slug).slug)
    known = permissions.sees_details(request.user)
    narrowed, table = _list(request, _own_notes(request), own=True)
    table.caption = _("Notes about you")
    turn_table(request, table, A_PAGE)
    given: dict[str, Any] = {
        "waiting": [
            (note, note_label(note, known(note)))
            for note in queries.list_notes_to_settle(request.user, hr=badge(request).holds(GrantedRole.HR))
        ],
        "mine": _my_teams(request),
        "teams": Team.objects.on(today(request)),
        "may_speak": request.user.person_id is not None,
        "none": _("There is no note about you"),
    }
    return narrowing.show(request, "decisions/context.html", narrowed, table, **given)


def context_csv(request: PageRequest) -> HttpResponseBase:
    """The notes about the reader that the page would list, all of them."""
    narrowed, table = _list(request, _own_notes(request), own=True)
    return _give(request, narrowed, table, "notes-about-me.csv")


def team_context(request: PageRequest, slug: str) -> HttpResponse:
    """The notes of one team, and those of its people that the reader may see."""
    team = get_object_or_404(Team, slug=slug)
    notes = queries.list_team_notes(team, by=request.user)
    narrowed, table = _list(request, notes)
    table.caption = _("Notes of %(team)s") % {"team": team}
    turn_table(request, table, A_PAGE)
    given: dict[str, Any] = {
        "team": team,
        "may_propose": permissions.can_propose_note(request.user, team=team),
    }
    return narrowing.show(request, "decisions/team_context.html", narrowed, table, **given)


def team_context_csv(request: PageRequest, slug: str) -> HttpResponseBase:
    """The notes of a team that the page would list, all of them."""
    team = get_object_or_404(Team, slug=slug)
    narrowed, table = _list(request, queries.list_team_notes(team, by=request.user))
    return _give(request, narrowed, table, f"notes-{team.slug}.csv")


def propose_note(request: PageRequest) -> HttpResponse:
    """Say what was going on, for the team that `?team=` names, for oneself, or for somebody else."""
    slug = request.GET.get("team", "")
    team = get_object_or_404(Team, slug=slug) if slug else None
    whose = _whose(request, team)
    if not whose:
        raise NotPermitted(_("You can speak of your own teams and of yourself. This is neither."))
    form = NoteForm(
        request.POST or None,
        whose=whose,
        metrics=list(Metric.objects.values_list("slug", "name").order_by("name")),
        initial={"whose": whose[0][0]},
    )
    made: list[ContextNote] = []
    if request.method == "POST" and form.accepted(lambda: made.append(_propose(request, form, team))):
        messages.success(request, _("Your note is there. Somebody else confirms it; they are told."))
        return redirect("note", key=made[0].pk)
    return render(request, "decisions/note_propose.html", {"form": form, "team": team}, status=form.status)


def note(request: PageRequest, key: UUID) -> HttpResponse:
    """One note, with what the reader may do with it."""
    return _page(request, queries.get_note(key, by=request.user))


@require_POST
def confirm_note(request: PageRequest, key: UUID) -> HttpResponse:
    """Confirm what somebody else said."""
    services.confirm_note(note=queries.get_note(key, by=request.user), by=request.user)
    messages.success(request, _("The note is confirmed. It stands beside the values of its time."))
    return redirect("note", key=key)


@require_POST
def turn_down_note(request: PageRequest, key: UUID) -> HttpResponse:
    """Turn a note down, or take back one's own."""
    found = queries.get_note(key, by=request.user)
    permissions.check_can_turn_down_note(request.user, found)
    form = TurnDownForm(request.POST)
    if form.accepted(
        lambda: services.turn_down_note(note=found, why=form.cleaned_data["why"], by=request.user)
    ):
        messages.success(request, _("The note is turned down. Whoever proposed it is told."))
        return redirect("note", key=key)
    return _page(request, found, form)


def _own_notes(request: PageRequest) -> QuerySet[ContextNote]:
    seen = queries.list_visible_notes(request.user)
    return seen.filter(person=request.user.person_id, person__isnull=False)


def _list(
    request: PageRequest, notes: QuerySet[ContextNote], *, own: bool = False
) -> tuple[NoteListFilter, NoteTable]:
    """Notes as the address narrows them."""
    affairs = own or badge(request).holds(GrantedRole.HR)
    narrowed = NoteListFilter(request.GET, queryset=notes, affairs=affairs)
    return narrowed, NoteTable(narrowed.qs, known=permissions.sees_details(request.user))


def _give(request: PageRequest, narrowed: NoteListFilter, table: NoteTable, name: str) -> HttpResponseBase:
    narrowing.check_readable(narrowed)
    return sheets.stream_table(name, table, request)


def _my_teams(request: PageRequest) -> list[Team]:
    """The teams that the reader is on or leads."""
    on, user = today(request), request.user
    member = Membership.objects.on(on).filter(person=user.person_id, person__isnull=False).values("team")
    led = RoleGrant.objects.on(on).filter(user=user, role=GrantedRole.MANAGER).values("team")
    return list(Team.objects.on(on).filter(pk__in=member.union(led)))


def _whose(request: PageRequest, team: Team | None) -> list[tuple[str, str]]:
    """Whom the reader may speak of here."""
    found = []
    if team is not None and permissions.can_propose_note(request.user, team=team):
        found.append((TEAM, str(team)))
    if request.user.person_id is not None:
        found.append((SELF, _("Me")))
    if queries.speaks_for_others(request.user):
        found.append((PERSON, _("Somebody else")))
    return found


def _propose(request: PageRequest, form: NoteForm, team: Team | None) -> ContextNote:
    given, by = form.cleaned_data, request.user
    whose: dict[str, Callable[[], Person | None]] = {
        TEAM: lambda: None,
        SELF: lambda: by.person,
        PERSON: lambda: queries.get_person_to_note(given["person"].strip(), by=by),
    }
    return services.propose_note(
        person=whose[given["whose"]](),
        kind=form.note_kind,
        team=team if given["whose"] == TEAM else None,
        service=given["service"] if given["whose"] == TEAM else "",
        metric=Metric.objects.get(slug=given["metric"]) if given["metric"] else None,
        says=given["says"],
        by=by,
        **form.window,
    )


def _page(request: PageRequest, found: ContextNote, refused: TurnDownForm | None = None) -> HttpResponse:
    user = request.user
    in_full = permissions.sees_details(user)(found)
    given: dict[str, Any] = {
        "note": found,
        "in_full": in_full,
        "label": note_label(found, in_full),
        "state": note_tag(found),
        "last_day": last_day_of_hold(found.ends_on),
        "may_confirm": permissions.can_confirm_note(user, found),
        "turn_down_form": TurnDownForm() if permissions.can_turn_down_note(user, found) else None,
        "own": found.proposed_by_id == user.pk,
        "form": refused,
    }
    if refused is not None:
        given["turn_down_form"] = refused
    return render(request, "decisions/note.html", given, status=refused.status if refused else 200)
