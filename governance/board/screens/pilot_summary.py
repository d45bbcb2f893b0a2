"""A pilot as it is told: its team, its time, what the team answered and what was learnt."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.rules import words
from governance.board import queries
from governance.board.models import Pilot
from governance.board.screens.case_details import last_day
from governance.board.screens.forms import SURVEY
from governance.board.states import PilotState
from governance.board.survey import SurveyQuestion
from governance.ui.templatetags.mc import day

# The sections of an exit report (S129).
SECTIONS = {
    "definitions": gettext_lazy("Data definitions"),
    "interpretation": gettext_lazy("Manager interpretation"),
    "concerns": gettext_lazy("Employee concerns"),
}


@dataclass(frozen=True)
class SurveyAnswers:
    """What the team answered, each question with its counts in words; no rows where it is withheld, and then why."""

    rows: tuple[tuple[str, str], ...]
    people: int
    withheld: str


@dataclass(frozen=True)
class PilotSummary:
    """A pilot in words."""

    pk: UUID
    sentence: str
    span: str
    survey: SurveyAnswers
    sections: tuple[tuple[str, str], ...]


def summarise_pilot(pilot: Pilot) -> PilotSummary:
    """A pilot for its own page and for the board's vote on the roll-out."""
    report = getattr(pilot, "exit", None)
    sections = [(str(label), getattr(report, name)) for name, label in SECTIONS.items()] if report else ()
    span = {"first": day(pilot.starts_on), "last": day(last_day(pilot.ends_on))}
    return PilotSummary(
        pk=pilot.pk,
        sentence=_sentence(pilot),
        span=_("%(first)s to %(last)s, both included") % span,
        survey=_answers(pilot),
        sections=tuple(sections),
    )


def _sentence(pilot: Pilot) -> str:
    said = {"team": words.sentence(words.cohort(pilot.cohort)), "day": day(last_day(pilot.ends_on))}
    if pilot.state == PilotState.RUNNING:
        return _("%(team)s tries it out. It ends by itself after %(day)s.") % said
    return _("%(team)s has tried it out.") % said


def _answers(pilot: Pilot) -> SurveyAnswers:
    """The answers, once the exit report has closed the survey and enough of the team took part (S130)."""
    if getattr(pilot, "exit", None) is None:
        return SurveyAnswers(
            (), 0, _("Shown once the exit report is handed in, so that early answers sway nobody.")
        )
    found = queries.read_pilot_survey(pilot)
    if found is None:
        return SurveyAnswers((), 0, _("Withheld: too few of the team answered to show what they said."))
    rows = tuple((str(SURVEY[each.name]), _counted(each)) for each in found.questions)
    return SurveyAnswers(rows, found.people, "")


def _counted(question: SurveyQuestion) -> str:
    """`Five yes, two no`; where all said the same, only what most said, since the rest would tell on everybody."""
    if question.counts is None:
        return _("Nearly all, or all: %(said)s") % {"said": question.mostly.label.lower()}
    told = [f"{words.number(count)} {said.label.lower()}" for said, count in question.counts.items() if count]
    return words.sentence(words.listed(told))
