"""What a condition may say. Each must narrow: it never gives a use that the charter does not list."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from charter.registry import queries as registry
from charter.registry.bounds import Bounds
from charter.registry.document import CharterDocument
from charter.registry.states import StandingChoices
from governance.board.models import Case
from governance.board.states import PILOT_DAYS, ConditionKind
from governance.people.models import Cohort, CohortKind
from ground import calendar
from ground.errors import BadInput, Conflict
from ground.parsing import read_day
from ground.promises import promised

Value = dict[str, object]


def check_condition(kind: ConditionKind, value: Mapping[str, object], case: Case) -> Value:
    """The value in its one form. BadInput where it has other keys, names nothing, or narrows nothing away but all."""
    keys = _KEYS[kind]
    if not isinstance(value, Mapping) or set(value) != keys:
        raise BadInput(
            _("Such a condition says: %(keys)s.") % {"keys": ", ".join(sorted(keys))}, field="value"
        )
    checked = _CHECKS[kind](value, case)
    _check_leaves_a_use(kind, checked, case)
    return checked


def _pilot_team(value: Mapping[str, object], case: Case) -> Value:
    cohort, days = value["cohort"], value["days"]
    if not isinstance(days, int) or days not in PILOT_DAYS:
        raise BadInput(_("A pilot lasts between 42 and 56 days."), field="days")
    if not Cohort.objects.filter(slug=cohort, kind=CohortKind.TEAM, retired_at__isnull=True).exists():
        raise BadInput(_("There is no team cohort called “%(slug)s”.") % {"slug": cohort}, field="cohort")
    version = promised(case.charter_version)
    if version.standing != StandingChoices.IN_REVIEW:
        raise Conflict(_("Only a new charter is tried out first."), code="not_in_review")
    if version.metric.versions.filter(
        standing__in=[StandingChoices.ACTIVE, StandingChoices.SUSPENDED]
    ).exists():
        raise Conflict(
            _("This metric has a charter in force, so a changed one cannot be tried out beside it."),
            code="charter_in_force",
        )
    return {"cohort": cohort, "days": days}


def _grains(value: Mapping[str, object], case: Case) -> Value:
    listed = {grain.value for clause in _document(case).which_decisions.allowed for grain in clause.grains}
    return {"grains": _part_of(value["grains"], listed, "grains")}


def _decisions(value: Mapping[str, object], case: Case) -> Value:
    listed = {clause.decision.value for clause in _document(case).which_decisions.allowed}
    return {"decisions": _part_of(value["decisions"], listed, "decisions")}


def _end_date(value: Mapping[str, object], case: Case) -> Value:
    day = read_day(str(value["date"]), field="date")
    if day <= calendar.today():
        raise BadInput(_("The end must lie ahead."), field="date")
    return {"date": day.isoformat()}


def combine_bounds(values: Mapping[str, Mapping[str, Any]]) -> Bounds:
    """What conditions bind an approval to, by kind, as the registry keeps it."""
    return Bounds.read({kind: values[kind][kind] for kind in _BINDING if kind in values})


def read_standing(case: Case) -> dict[str, Value]:
    """What an approval of the case is bound to, by kind."""
    return dict(case.conditions.filter(withdrawn_at__isnull=True).values_list("kind", "value"))


def _check_leaves_a_use(kind: ConditionKind, value: Value, case: Case) -> None:
    """Two conditions may each leave some use, and none together: that would be a rejection in disguise."""
    together = combine_bounds({**read_standing(case), kind.value: value})
    if not together.uses(_document(case).which_decisions).allowed:
        raise BadInput(
            _(
                "With the other condition of this case, that would leave no use of the metric. "
                "Withdraw that one first, or choose differently."
            ),
            field=kind.value,
        )


def _document(case: Case) -> CharterDocument:
    """What there is to narrow: of a suspended charter, what it was approved for."""
    return registry.load_approved_document(promised(case.charter_version))


def _part_of(named: object, listed: set[str], field: str) -> list[str]:
    """Some of what the charter lists, in order and once each."""
    words = sorted(set(named)) if isinstance(named, list | tuple) and all(map(_is_word, named)) else []
    if not words or not set(words) <= listed:
        text = _("Choose from what the charter lists: %(listed)s.")
        raise BadInput(text % {"listed": ", ".join(sorted(listed))}, field=field)
    return words


def _is_word(value: object) -> bool:
    return isinstance(value, str)


_BINDING = (ConditionKind.GRAINS.value, ConditionKind.DECISIONS.value)
_KEYS: dict[ConditionKind, set[str]] = {
    ConditionKind.PILOT_TEAM: {"cohort", "days"},
    ConditionKind.GRAINS: {"grains"},
    ConditionKind.DECISIONS: {"decisions"},
    ConditionKind.END_DATE: {"date"},
}
_CHECKS: dict[ConditionKind, Callable[[Mapping[str, object], Case], Value]] = {
    ConditionKind.PILOT_TEAM: _pilot_team,
    ConditionKind.GRAINS: _grains,
    ConditionKind.DECISIONS: _decisions,
    ConditionKind.END_DATE: _end_date,
}
