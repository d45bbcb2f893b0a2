"""Load and recovery: the teams that the reader may see, and one of them with its clues, its action and its playbook."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audits.strain import healthy_path, permissions, queries, releases, wording
from audits.strain.concluding import ClueKind
from audits.strain.judging import JudgedBy, SignalFinding
from audits.strain.models import StrainAlert, TeamSignal
from audits.strain.pulse import PulseQuestion, PulseWord
from audits.strain.queries import TeamClues
from audits.strain.screens import week_strip
from audits.strain.screens.tables import TeamFilter
from audits.strain.signals import SIGNALS, SignalKind
from audits.strain.states import UNDER_WAY, Sight
from charter.measures.values.people_bands import format_band
from charter.rules import words
from governance.people.models import Cohort
from governance.people.requests import PageRequest
from governance.ui import narrowing
from governance.ui.lists import turn_table
from governance.ui.sheets import stream_table
from ground import calendar

A_PAGE = 50


class LoadTable(tables.Table):
    """Teams by name, each with what its clues come to and what is done; sorted by name alone, never by load."""

    name = tables.Column(verbose_name=gettext_lazy("Team"))
    says = tables.Column(verbose_name=gettext_lazy("What the clues say"), empty_values=(), orderable=False)
    action = tables.Column(verbose_name=gettext_lazy("What is being done"), empty_values=(), orderable=False)
    due = tables.Column(verbose_name=gettext_lazy("Due"), empty_values=(), orderable=False)

    class Meta:
        model = Cohort
        fields = ("name", "says", "action", "due")
        order_by = "name"
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.caption = _("Teams whose load you may see")
        self._clues: dict[UUID, TeamClues] = {}
        self._alerts: dict[UUID, StrainAlert] = {}

    def know(self, teams: Sequence[Cohort]) -> None:
        """Read what is told of the teams that are shown, in a number of statements that does not depend on how many."""
        self._clues = queries.read_all_clues(teams)
        alerts = queries.list_alerts(teams).filter(state__in=UNDER_WAY)
        self._alerts = {each.cohort_id: each for each in alerts}

    def render_name(self, record: Cohort) -> str:
        link = '<a class="govuk-link" href="{}">{}</a>'
        return format_html(link, reverse("strain-team", args=[record.pk]), record.name)

    def value_name(self, record: Cohort) -> str:
        return record.name

    def render_says(self, record: Cohort) -> str:
        clues = self._clues[record.pk]
        return wording.say_conclusion(clues.conclusion, clues.clues)

    def render_action(self, record: Cohort) -> str:
        alert = self._alerts.get(record.pk)
        return "–" if alert is None else alert.get_remedy_display() or alert.get_state_display()

    def render_due(self, record: Cohort) -> str:
        alert = self._alerts.get(record.pk)
        return "–" if alert is None else words.day(alert.due_on or alert.choose_by)


def teams(request: PageRequest) -> HttpResponse:
    """The teams whose load the reader may see."""
    narrowed = TeamFilter(request.GET, queryset=queries.list_teams_seen(request.user))
    table = LoadTable(narrowed.qs)
    turn_table(request, table, A_PAGE)
    table.know([row.record for row in table.paginated_rows])
    pulse = queries.find_open_pulse(calendar.today())
    given: dict[str, Any] = {
        "disclaimer": wording.DISCLAIMER,
        "pulse": pulse if pulse is not None and permissions.can(permissions.check_takes_pulses, request.user) else None,
        "done": pulse is not None and queries.is_done_with(pulse, request.user),
        "opens": pulse is None and permissions.can(permissions.check_opens_pulses, request.user),
    }  # fmt: skip
    return narrowing.show(request, "strain/teams.html", narrowed, table, **given)


def teams_csv(request: PageRequest) -> StreamingHttpResponse:
    """The same list as a table to take away."""
    narrowed = TeamFilter(request.GET, queryset=queries.list_teams_seen(request.user))
    narrowing.check_readable(narrowed)
    table = LoadTable(narrowed.qs)
    table.know(list(narrowed.qs))
    return stream_table("load-and-recovery.csv", table, request)


def team(request: PageRequest, key: UUID) -> HttpResponseBase:
    """One team: three kinds of clues, then each signal, what is being done, and what goes well."""
    found = queries.get_team(key, by=request.user)
    clues = queries.read_clues(found)
    alerts = list(queries.list_alerts([found]))
    alert = next((each for each in alerts if each.state in UNDER_WAY), None)
    (path,), (release,) = healthy_path.read_paths([found]), releases.read_releases([found])
    given: dict[str, Any] = {
        "team": found,
        "title": wording.say_conclusion(clues.conclusion, clues.clues),
        "disclaimer": wording.DISCLAIMER,
        "clues": [_tell_clue(kind, clues) for kind in ClueKind],
        "signals": [_tell_signal(each) for each in clues.signals],
        "ends_on": clues.signals[0].ends_on if clues.signals else None,
        "alert": alert,
        "past": [each for each in alerts if each is not alert],
        "acts": alert is not None and permissions.can(permissions.check_acts, request.user, alert),
        "playbooks": _list_playbooks(alert),
        "observes": permissions.can(permissions.check_leads, request.user, found),
        "path": [each.label for each in path.kept],
        "recognition": path.recognition,
        "release": release,
        "policy": releases.POLICIES[release.appetite],
        "limits": _list_limits(found),
    }
    return render(request, "strain/team.html", given)


def _tell_clue(kind: ClueKind, clues: TeamClues) -> dict[str, Any]:
    """What one kind of clue says, and whether it points to strain; None where it was not heard."""
    return {
        "name": wording.CLUES[kind],
        "says": _SAY[kind](clues),
        "points": clues.clues.get(kind),
        "about": kind.value,
    }


def _say_records(clues: TeamClues) -> list[str]:
    told = [each for each in clues.signals if each.finding != SignalFinding.UNTOLD]
    strained = [each for each in told if each.finding == SignalFinding.STRAINED]
    if not told:
        return [_("Nothing is told yet: no limit, no source, or too few people.")]
    names = ", ".join(wording.name_signal(each.signal) for each in strained)
    said = ngettext("%(told)d signal is told", "%(told)d signals are told", len(told)) % {"told": len(told)}
    if not strained:
        return [_("%(said)s, none beyond its limit.") % {"said": said}]
    return [_("%(said)s, beyond the limit: %(names)s.") % {"said": said, "names": names}]


def _say_people(clues: TeamClues) -> list[str]:
    if not clues.results:
        return [_("Not heard: no pulse in the last quarter that enough people answered.")]
    return [
        _("“%(question)s”: the middle answer is “%(answer)s” (%(people)s answers).")
        % {
            "question": wording.QUESTIONS[PulseQuestion(each.question)],
            "answer": wording.ANSWERS[PulseWord(each.middle)],
            "people": format_band(each.answered),
        }
        for each in clues.results
    ]


def _say_sights(clues: TeamClues) -> list[str]:
    return [str(Sight(each).label) for each in clues.sights] or [_("Asked for, and not given yet.")]


_SAY = {
    ClueKind.SIGNAL: _say_records,
    ClueKind.SELF_REPORT: _say_people,
    ClueKind.OBSERVATION: _say_sights,
}


def _tell_signal(signal: TeamSignal) -> dict[str, Any]:
    weeks = wording.list_weeks(signal)
    return {
        "name": wording.name_signal(signal.signal),
        "says": wording.say_finding(signal),
        "finding": signal.finding,
        "metric": SIGNALS[SignalKind(signal.signal)].metric,
        "rare": signal.judged_by == JudgedBy.QUARTER,
        "weeks": weeks,
        "strip": mark_safe(week_strip.draw(weeks)) if weeks else "",  # noqa: S308 (drawn by us, of days)
    }


def _list_playbooks(alert: StrainAlert | None) -> list[tuple[str, list[str]]]:
    """The steps of the playbook by which each signal of an alert is on."""
    switches = queries.list_switches()
    return [
        (wording.name_signal(each), [line for line in switches[each].playbook.steps.splitlines() if line.strip()])
        for each in (alert.signals if alert else ())
        if each in switches
    ]  # fmt: skip


def _list_limits(team: Cohort) -> list[str]:
    return [wording.say_limit(signal, limit) for signal, limit in queries.read_limits().get(queries.find_kind(team), {}).items()]  # fmt: skip
