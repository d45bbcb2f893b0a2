"""What belongs to a case beside its matter, in words: conditions, a waiver, a suspension, changes of settings."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from charter.registry.programme_settings import Rows
from charter.rules import words
from charter.rules.vocabulary import Decision
from governance.board.models import Case, Condition, SettingsChange, Suspension, Waiver
from governance.board.states import ConditionKind
from governance.desk.questions import named
from governance.desk.templatetags.mc import day, moment
from governance.desk.uses import LEVELS

Line = tuple[str, str]


def of_case(case: Case) -> list[Line]:
    """The lines that a waiver, a suspension or a change of settings adds to a case."""
    waiver, suspension, change = (
        getattr(case, name, None) for name in ("waiver", "suspension", "settings_change")
    )
    return [
        *(_waiver(waiver) if waiver else ()),
        *(_suspension(suspension) if suspension else ()),
        *(_change(change) if change else ()),
    ]


def of_conditions(conditions: Iterable[Condition]) -> list[tuple[Condition, str]]:
    """Each condition with what it binds an approval to."""
    return [(each, _bound(each)) for each in conditions]


def scope(waiver: Waiver) -> str:
    """`lead time for changes, for a retrospective`; all of what is left open."""
    metric = waiver.metric.replace("-", " ") if waiver.metric else _("every metric")
    decision = named(Decision(waiver.decision)) if waiver.decision else _("every decision")
    return _("%(metric)s, for %(decision)s") % {"metric": metric, "decision": decision}


def last_day(ends_on: date) -> date:
    """The last day in, of a span whose end is out."""
    return ends_on - timedelta(days=1)


def _bound(condition: Condition) -> str:
    value = condition.value
    if condition.kind == ConditionKind.PILOT_TEAM:
        said = {"cohort": words.cohort(value["cohort"]), "days": value["days"]}
        return words.sentence(_("%(cohort)s tries it out for %(days)s days") % said)
    if condition.kind == ConditionKind.GRAINS:
        return words.sentence(words.listed(LEVELS[grain] for grain in value["grains"]))
    if condition.kind == ConditionKind.DECISIONS:
        return words.sentence(words.listed(named(Decision(slug)) for slug in value["decisions"]))
    return _("Until and including %(day)s") % {"day": day(last_day(date.fromisoformat(value["date"])))}


def _waiver(waiver: Waiver) -> Iterator[Line]:
    yield _("Rule to set aside"), waiver.rule_id
    yield _("For"), words.sentence(scope(waiver))
    span = {"first": day(waiver.starts_on), "last": day(last_day(waiver.ends_on))}
    yield _("From and until"), _("%(first)s to %(last)s, both included") % span
    yield _("Why it is needed"), waiver.reason


def _change(change: SettingsChange) -> Iterator[Line]:
    for line in Rows().lines(change.changes, change.former):
        yield line.label, _("%(becomes)s, in place of %(was)s") % line._asdict()


def _suspension(suspension: Suspension) -> Iterator[Line]:
    said = {"seat": suspension.seat, "name": suspension.user.name, "at": moment(suspension.at)}
    yield _("Suspended by"), _("%(seat)s (%(name)s), %(at)s") % said
    yield _("Why"), suspension.reason
    yield _("To be ratified by"), moment(suspension.ratify_by)
