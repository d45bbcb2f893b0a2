"""How strain is said: signals, limits, findings and what keeps one untold, the same on pages and in the API."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audits.strain.concluding import ClueKind, StrainConclusion
from audits.strain.judging import JudgedBy, SignalFinding, WeekMark
from audits.strain.models import TeamSignal
from audits.strain.pulse import PulseQuestion, PulseWord
from audits.strain.signals import SIGNALS, SignalKind
from audits.strain.statistic_errors import WeeksFault
from audits.strain.statistics import StrainedBy
from charter.rules import words
from charter.rules.vocabulary import ContextClass
from governance.people.models.organisation import ContextClassChoices

DISCLAIMER = gettext_lazy(
    "Clues, not a diagnosis. They are told of teams alone; nothing here may be used in a decision about anybody (AR02)."
)

NAMES = {
    SignalKind.ON_CALL: gettext_lazy("On call"),
    SignalKind.AFTER_HOURS: gettext_lazy("After hours"),
    SignalKind.EMERGENCY: gettext_lazy("Emergency work"),
    SignalKind.SHORT_REST: gettext_lazy("Short recovery"),
    SignalKind.STALLED: gettext_lazy("Waiting for other teams"),
    SignalKind.SWITCHING: gettext_lazy("Switching between work"),
    SignalKind.LEAVE: gettext_lazy("Leave"),
}
UNITS = {
    SignalKind.ON_CALL: gettext_lazy("hours of incidents a person and week"),
    SignalKind.AFTER_HOURS: gettext_lazy("calls outside working hours a person and week"),
    SignalKind.EMERGENCY: gettext_lazy("pieces of emergency work a person and week"),
    SignalKind.SHORT_REST: gettext_lazy("severe incidents within seven days of the last, a person and week"),
    SignalKind.STALLED: gettext_lazy("hours of waiting for other teams a person and week"),
    SignalKind.SWITCHING: gettext_lazy("pieces of work open at once, added up over days, a person and week"),
    SignalKind.LEAVE: gettext_lazy("days of holiday a person and week"),
}
QUESTIONS = {
    PulseQuestion.RECOVER: gettext_lazy("I can recover between hard stretches"),
    PulseQuestion.LOAD: gettext_lazy("What I am asked to do fits into my working time"),
    PulseQuestion.HELP: gettext_lazy("I get help where I need it"),
}
ANSWERS = {
    PulseWord.MOSTLY: gettext_lazy("Mostly"),
    PulseWord.OFTEN: gettext_lazy("Often"),
    PulseWord.RARELY: gettext_lazy("Rarely"),
    PulseWord.NEVER: gettext_lazy("Hardly ever"),
}
CLUES = {
    ClueKind.SIGNAL: gettext_lazy("Records"),
    ClueKind.SELF_REPORT: gettext_lazy("People"),
    ClueKind.OBSERVATION: gettext_lazy("Those who lead the team"),
}
_UNTOLD = {
    WeeksFault.TEAM_BEGAN.value: gettext_lazy("Not told: the team began within these weeks."),
    WeeksFault.TEAM_ENDED.value: gettext_lazy("Not told: the team ended within these weeks."),
    WeeksFault.TOO_FEW_WEEKS.value: gettext_lazy(
        "Not told: of too many weeks nothing may be told, or nobody knows who was there."
    ),
    WeeksFault.MISSING.value: gettext_lazy("Not told: it depends on weeks of which nothing may be told."),
}


def name_signal(signal: SignalKind | str) -> str:
    """What a signal is called."""
    return str(NAMES[SignalKind(signal)])


def name_team_kind(kind: ContextClass | str) -> str:
    """What a kind of team is called."""
    return str(ContextClassChoices(str(kind)).label)


def say_limit(signal: SignalKind | str, limit: float) -> str:
    """A limit in words."""
    kind = SignalKind(signal)
    said = {"name": NAMES[kind], "limit": f"{limit:g}", "unit": UNITS[kind]}
    if SIGNALS[kind].strained_by is StrainedBy.FEWER:
        return _("%(name)s: at least %(limit)s %(unit)s") % said
    return _("%(name)s: at most %(limit)s %(unit)s") % said


def say_finding(signal: TeamSignal) -> str:
    """What a team's weeks say, with how many weeks it rests on and from which on; never how much."""
    finding, weeks = SignalFinding(signal.finding), _say_known(signal.known)
    if finding is SignalFinding.UNTOLD:
        return str(_UNTOLD.get(signal.why, _UNTOLD[WeeksFault.MISSING.value]))
    if finding is SignalFinding.STRAINED:
        since = words.day(signal.since) if signal.since else ""
        if signal.judged_by == JudgedBy.WEEKS.value:
            return _("Beyond the limit in %(over)d of %(weeks)s, since %(day)s.") % {
                "over": signal.over,
                "weeks": weeks,
                "day": since,
            }
        return _("Beyond the limit over %(weeks)s together, since %(day)s.") % {"weeks": weeks, "day": since}
    if finding is SignalFinding.RISING:
        return _("Within the limit over %(weeks)s, and beyond the team’s own time before.") % {"weeks": weeks}
    return _("Within the limit over %(weeks)s.") % {"weeks": weeks}  # fmt: skip


def _say_known(known: int) -> str:
    return ngettext("%(known)d week", "%(known)d weeks", known) % {"known": known}


def say_conclusion(conclusion: StrainConclusion | None, clues: Mapping[ClueKind, bool]) -> str:
    """What clues come to, as a heading; and where too few were heard, what those that were say."""
    if conclusion is None:
        return _say_half(clues)
    if conclusion.concluded:
        return _("More load than the team should carry: two kinds of clues say so, one of them people")
    if conclusion.pointing:
        return _("Some clues point to strain, and not enough of them to say so")
    return _("No clue that was heard points to strain")


def _say_half(clues: Mapping[ClueKind, bool]) -> str:
    if ClueKind.SIGNAL not in clues:
        return _("Too little was heard to say anything")
    if clues[ClueKind.SIGNAL]:
        return _("Records point to strain; people were not heard yet")
    return _("Records are within the limits; people were not heard yet")


def list_weeks(signal: TeamSignal) -> list[tuple[date, WeekMark]]:
    """The Monday of each of the thirteen weeks and how it stands to the limit; none where they are judged together."""
    first = signal.ends_on - timedelta(days=7 * len(signal.weeks))
    return [(first + timedelta(days=7 * at), WeekMark(mark)) for at, mark in enumerate(signal.weeks)]
