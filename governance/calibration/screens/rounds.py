"""Rounds: what concerns the reader, one being prepared, what was announced, the session, and figures."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.registry.models import Metric
from charter.rules.vocabulary import DecisionType, EvidenceKind
from governance.calibration import permissions, queries, services, sessions
from governance.calibration.models import CalibrationRound
from governance.calibration.screens.forms import ReasonForm, RoundForm
from governance.calibration.screens.tables import RoundFilter, RoundTable
from governance.calibration.services import RoundSaid, publishing
from governance.calibration.states import RoundState
from governance.evidence.screens.forms import KINDS
from governance.people.models import Cohort
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table
from governance.ui.questions import name_decision
from ground import calendar
from ground.errors import DomainError

A_PAGE = 25
_ACTS: dict[str, tuple[Callable[..., object], Any]] = {
    "announce": (services.announce, gettext_lazy("It is announced, and everybody concerned was told.")),
    "open": (services.open_round, gettext_lazy("It is open.")),
    "hand_in": (
        services.hand_in,
        gettext_lazy("The levels are handed in. An auditor runs the fairness audit."),
    ),
    "publish": (services.publish, gettext_lazy("It is published, and everybody was told.")),
    "close": (services.close_round, gettext_lazy("It is closed.")),
}
_REASONED: dict[str, tuple[Callable[..., object], Any, Any]] = {
    "reopen": (services.reopen, gettext_lazy("Open this round again"), gettext_lazy("It is open again.")),
    "drop": (services.drop_round, gettext_lazy("Drop this round"), gettext_lazy("It is dropped.")),
}
# What HR does next in each state: the act, and what its button says.
NEXT: dict[str, list[tuple[str, Any]]] = {
    RoundState.DRAFT: [("announce", gettext_lazy("Announce it"))],
    RoundState.ANNOUNCED: [("open", gettext_lazy("Open it"))],
    RoundState.OPEN: [("hand_in", gettext_lazy("Hand the levels in to be audited"))],
    RoundState.AUDITED: [("publish", gettext_lazy("Publish the outcomes"))],
    RoundState.PUBLISHED: [("close", gettext_lazy("Close it"))],
}


def calibration(request: PageRequest) -> HttpResponse:
    """What of calibration concerns the reader."""
    narrowed, table = _list_rounds(request)
    table.caption = _("Rounds, newest first")
    turn_table(request, table, A_PAGE)
    person = request.user.person
    given: dict[str, Any] = {
        "keeps": permissions.keeps_rounds(request.user),
        "figures": permissions.can(permissions.check_reads_figures, request.user),
        "answering": list(queries.list_to_answer(request.user)),
        "again": queries.list_to_look_again(request.user),
        "own": list(queries.list_own_packs(person)) if person else [],
        "outcomes": list(queries.list_outcomes(person)) if person else [],
    }
    return narrowing.show(request, "calibration/calibration.html", narrowed, table, **given)


def calibration_csv(request: PageRequest) -> HttpResponseBase:
    """The rounds that the page would list, all of them, as a table to take away."""
    narrowed, table = _list_rounds(request)
    narrowing.check_readable(narrowed)
    return sheets.stream_table("rounds.csv", table, request)


def _list_rounds(request: PageRequest) -> tuple[RoundFilter, RoundTable]:
    narrowed = RoundFilter(request.GET, queryset=queries.list_rounds(request.user))
    return narrowed, RoundTable(narrowed.qs, keeps=permissions.keeps_rounds(request.user))


def round_new(request: PageRequest) -> HttpResponse:
    """Prepare a round."""
    form = RoundForm(request.POST if request.method == "POST" else None)
    made: list[CalibrationRound] = []
    if request.method == "POST" and form.accepted(lambda: made.append(_draft(form, request))):
        messages.success(request, _("It is prepared. Nobody was told yet."))
        return redirect("calibration-round", made[0].pk)
    given: dict[str, Any] = {
        "form": form,
        "title": _("Prepare a calibration round"),
        "lead": _("Nothing here says how many people come out where: there is no such field, and texts that say it are refused (rule AR17)."),
        "button": _("Prepare it"),
    }  # fmt: skip
    return render(request, "calibration/write.html", given, status=form.status)


def _draft(form: RoundForm, request: PageRequest) -> CalibrationRound:
    given = dict(form.cleaned_data)
    said = RoundSaid(
        decision=DecisionType(given.pop("decision")),
        cohort=Cohort.objects.get(slug=given.pop("cohort")),
        metrics=tuple(given.pop("metrics")),
        **given,
    )
    return services.draft_round(said=said, by=request.user)


def round_page(request: PageRequest, key: UUID) -> HttpResponse:
    """The session: whom the round is about, what is proposed, what to talk about; POST takes HR's next step."""
    found = queries.get_round(key, by=request.user)
    permissions.check_joins(request.user, found)
    error: DomainError | None = None
    if request.method == "POST":
        permissions.check_keeps_rounds(request.user)
        try:
            return _act(request, found)
        except DomainError as refused:
            error = refused
    keeps = permissions.keeps_rounds(request.user)
    given: dict[str, Any] = {
        "round": found,
        "decision": name_decision(DecisionType(found.decision)),
        "keeps": keeps,
        "next": NEXT.get(found.state, []) if keeps else [],
        "session": sessions.read_session(found, by=request.user),
        "audit": publishing.find_audit(found) if keeps and found.outcomes_id else None,
        "error": error,
        "drops": keeps and found.state in (RoundState.DRAFT, RoundState.ANNOUNCED, RoundState.OPEN),
        "reopens": keeps and found.state == RoundState.AUDITED,
    }
    return render(request, "calibration/round.html", given, status=error.status if error else 200)


def _act(request: PageRequest, found: CalibrationRound) -> HttpResponse:
    word = request.POST.get("act", "")
    if word not in _ACTS:
        raise Http404
    act, done = _ACTS[word]
    act(calibration=found, by=request.user)
    messages.success(request, str(done))
    return redirect("calibration-round", found.pk)


def reasoned(request: PageRequest, key: UUID, word: str) -> HttpResponse:
    """Drop a round, or open it again before it is published, with why."""
    if word not in _REASONED:
        raise Http404
    found = queries.get_round(key, by=request.user)
    permissions.check_keeps_rounds(request.user)
    act, title, done = _REASONED[word]
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: act(calibration=found, reason=form.cleaned_data["reason"], by=request.user)
    ):
        messages.success(request, str(done))
        return redirect("calibration-round", key)
    given: dict[str, Any] = {
        "form": form,
        "title": title,
        "caption": found.name,
        "button": title,
        "round": found,
    }
    return render(request, "calibration/write.html", given, status=form.status)


def announcement(request: PageRequest, key: UUID) -> HttpResponse:
    """What a round uses, for everybody to read before it begins (S98). It names nobody who is in it."""
    found = queries.get_round(key, by=request.user)
    permissions.check_sees_announcement(found)
    families = [
        (
            each,
            [str(KINDS[EvidenceKind(kind)]) for kind in each.profile.evidence_kinds],
            list_levels(each.rubric),
        )
        for each in found.families.select_related("rubric", "profile")
    ]
    given: dict[str, Any] = {
        "round": found,
        "decision": name_decision(DecisionType(found.decision)),
        "metrics": list(Metric.objects.filter(slug__in=found.metrics).order_by("name")),
        "families": families,
    }
    return render(request, "calibration/announcement.html", given)


def list_levels(rubric: Any) -> list[tuple[int, str, str, list[str]]]:
    """The levels of a rubric, the lowest first: number, name, meaning and examples."""
    return [
        (at + 1, name, means, examples)
        for at, (name, means, examples) in enumerate(
            zip(rubric.names, rubric.meanings, rubric.examples, strict=True)
        )
    ]


def figures(request: PageRequest) -> HttpResponse:
    """What the yearly review of the system reads of calibration (S100)."""
    this = calendar.today().year
    years = [(year, queries.count_year(year)) for year in range(this, this - 3, -1)]
    return render(request, "calibration/figures.html", {"years": years})
