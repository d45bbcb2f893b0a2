"""What else was going on: a team's notes, proposed by those who know it and confirmed by somebody else."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig

from charter.registry.models import Metric
from governance.decisions import permissions, queries, services
from governance.decisions.models import ContextNote
from governance.desk.context import badge, today
from governance.desk.openings import opens_to, signed_in
from governance.desk.views.bearing.forms import PERSON, SELF, TEAM, NoteForm, TurnDownForm
from governance.desk.views.bearing.tables import NoteTable, last_day, note_label, note_tag
from governance.people.models import Membership, Role, RoleGrant, Team
from ground.errors import NotPermitted

A_PAGE = 25


@opens_to(signed_in, stored=False)
def context(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, their teams and what was said of themselves; `?team=` goes to a team's page."""
    if slug := request.GET.get("team"):
        return redirect("team-context", slug=get_object_or_404(Team, slug=slug).slug)
    known = permissions.sees_details(request.user)
    own = queries.notes_seen(request.user).filter(person=request.user.person_id, person__isnull=False)
    given = {
        "waiting": [
            (note, note_label(note, known(note)))
            for note in queries.notes_waiting_for(request.user, hr=badge(request).holds(Role.HR))
        ],
        "mine": _my_teams(request),
        "teams": Team.objects.on(today(request)),
        "table": _table(request, own, _("Notes about you")),
        "may_speak": request.user.person_id is not None,
    }
    return render(request, "desk/bearing/context.html", given)


@opens_to(signed_in, stored=False)
def team_context(request: HttpRequest, slug: str) -> HttpResponse:
    """The notes of one team, and those of its people that the reader may see."""
    team = get_object_or_404(Team, slug=slug)
    notes = queries.notes_of_team(team, by=request.user)
    given = {
        "team": team,
        "table": _table(request, notes, _("Notes of %(team)s") % {"team": team}),
        "may_propose": permissions.can_propose_note(request.user, team=team),
    }
    return render(request, "desk/bearing/team.html", given)


@opens_to(signed_in, stored=False)
def propose(request: HttpRequest) -> HttpResponse:
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
    return render(request, "desk/bearing/propose.html", {"form": form, "team": team}, status=form.status)


@opens_to(signed_in, stored=False)
def note(request: HttpRequest, key: UUID) -> HttpResponse:
    """One note, with what the reader may do with it."""
    return _page(request, queries.note(key, by=request.user))


@opens_to(signed_in, stored=False)
@require_POST
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    """Confirm what somebody else said."""
    services.confirm_note(note=queries.note(key, by=request.user), by=request.user)
    messages.success(request, _("The note is confirmed. It stands beside the values of its time."))
    return redirect("note", key=key)


@opens_to(signed_in, stored=False)
@require_POST
def turn_down(request: HttpRequest, key: UUID) -> HttpResponse:
    """Turn a note down, or take back one's own."""
    found, form = queries.note(key, by=request.user), TurnDownForm(request.POST)
    if form.accepted(
        lambda: services.turn_down_note(note=found, why=form.cleaned_data["why"], by=request.user)
    ):
        messages.success(request, _("The note is turned down. Whoever proposed it is told."))
        return redirect("note", key=key)
    return _page(request, found, form)


def _table(request: HttpRequest, notes, caption: str) -> NoteTable:
    table = NoteTable(notes, known=permissions.sees_details(request.user))
    table.caption = caption
    RequestConfig(request, paginate={"per_page": A_PAGE}).configure(table)
    return table


def _my_teams(request: HttpRequest) -> list[Team]:
    """The teams that the reader is on or leads."""
    on, user = today(request), request.user
    member = Membership.objects.on(on).filter(person=user.person_id, person__isnull=False).values("team")
    led = RoleGrant.objects.on(on).filter(user=user, role=Role.MANAGER).values("team")
    return list(Team.objects.on(on).filter(pk__in=member.union(led)))


def _whose(request: HttpRequest, team: Team | None) -> list[tuple[str, str]]:
    """Whom the reader may speak of here."""
    found = []
    if team is not None and permissions.can_propose_note(request.user, team=team):
        found.append((TEAM, str(team)))
    if request.user.person_id is not None:
        found.append((SELF, _("Me")))
    if queries.speaks_for_others(request.user):
        found.append((PERSON, _("Somebody else")))
    return found


def _propose(request: HttpRequest, form: NoteForm, team: Team | None) -> ContextNote:
    given, by = form.cleaned_data, request.user
    person = {
        TEAM: lambda: None,
        SELF: lambda: by.person,
        PERSON: lambda: queries.person_to_note(given["person"].strip(), by=by),
    }[given["whose"]]()
    return services.propose_note(
        kind=form.note_kind,
        team=team if given["whose"] == TEAM else None,
        service=given["service"] if given["whose"] == TEAM else "",
        person=person,
        metric=Metric.objects.get(slug=given["metric"]) if given["metric"] else None,
        says=given["says"],
        by=by,
        **form.window,
    )


def _page(request: HttpRequest, found: ContextNote, refused: TurnDownForm | None = None) -> HttpResponse:
    user = request.user
    in_full = permissions.sees_details(user)(found)
    given = {
        "note": found,
        "in_full": in_full,
        "label": note_label(found, in_full),
        "state": note_tag(found),
        "last_day": last_day(found.ends_on),
        "may_confirm": permissions.can_confirm_note(user, found),
        "turn_down_form": TurnDownForm() if permissions.can_turn_down_note(user, found) else None,
        "own": found.proposed_by_id == user.pk,
        "form": refused,
    }
    if refused is not None:
        given["turn_down_form"] = refused
    return render(request, "desk/bearing/note.html", given, status=refused.status if refused else 200)
