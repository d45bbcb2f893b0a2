"""The details of a case beside its matter, in words: conditions, a waiver, a suspension, changes of settings."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from charter.programme.reach import say_reach
from charter.programme.settings import SettingRows
from charter.registry.screens.allowed_uses import LEVELS
from charter.registry.screens.openings import list_need_openings, say_waiver_opening
from charter.rules import words
from charter.rules.vocabulary import DecisionType
from governance.board import holding
from governance.board.models import Case, Condition, Waiver
from governance.board.states import NOTICE_DAYS, ConditionKind, ConsequenceAct
from governance.ui.questions import name_decision
from governance.ui.templatetags.mc import day, moment

Line = tuple[str, str]


def describe_conditions(conditions: Iterable[Condition]) -> list[tuple[Condition, str]]:
    """Each condition with what it binds an approval to."""
    return [(each, _bound(each)) for each in conditions]


def describe_scope(waiver: Waiver) -> str:
    """`lead time for changes, for a retrospective`; all of what is left open."""
    metric = waiver.metric.replace("-", " ") if waiver.metric else _("every metric")
    decision = name_decision(DecisionType(waiver.decision)) if waiver.decision else _("every decision")
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
        return words.sentence(words.listed(name_decision(DecisionType(slug)) for slug in value["decisions"]))
    return _("Until and including %(day)s") % {"day": day(last_day(date.fromisoformat(value["date"])))}


def describe_waiver(case: Case) -> Iterator[Line]:
    """The rule that a waiver would set aside, for what, when and why."""
    waiver = case.waiver
    yield _("Rule to set aside"), waiver.rule_id
    yield _("For"), words.sentence(describe_scope(waiver))
    span = {"first": day(waiver.starts_on), "last": day(last_day(waiver.ends_on))}
    yield _("From and until"), _("%(first)s to %(last)s, both included") % span
    yield _("Why it is needed"), waiver.reason
    if opens := say_waiver_opening(waiver.rule_id, waiver.decision):
        yield _("What it would permit"), opens


def describe_consequences(case: Case) -> Iterator[Line]:
    """What becomes of the charter, whichever way the board decides."""
    proposal = getattr(case, "consequences", None)
    if proposal is None:
        return
    yield _("If it is passed"), proposal.get_act_display()
    if proposal.revise_by is not None:
        yield _("Revised by"), day(proposal.revise_by)
    if proposal.act == ConsequenceAct.KEEP:
        yield _("If most are against it"), str(ConsequenceAct.SUSPEND.label)
    else:
        yield _("If it is turned down"), str(ConsequenceAct.KEEP.label)


def describe_settings(case: Case) -> Iterator[Line]:
    """Each setting as it would be, as it was when the case was opened, and what it reaches."""
    change = case.settings_change
    for line in SettingRows().lines(change.changes, change.former):
        yield line.label, _("%(becomes)s, in place of %(was)s") % line._asdict()
        yield _("What that reaches"), say_reach(line.key)
    for slug, opens in list_need_openings(change.changes, change.former):
        said = {"decision": name_decision(DecisionType(slug))}
        yield _("What it would permit, for %(decision)s") % said, opens


def describe_suspension(case: Case) -> Iterator[Line]:
    """Who took the charter out of use and why, and until when the board may ratify it."""
    suspension = case.suspension
    said = {"seat": suspension.seat, "name": suspension.user.name, "at": moment(suspension.at)}
    yield _("Suspended by"), _("%(seat)s (%(name)s), %(at)s") % said
    yield _("Why"), suspension.reason
    yield _("To be ratified by"), moment(suspension.ratify_by)


def describe_seat(case: Case) -> Iterator[Line]:
    """Who would sit where, and as what."""
    named = case.seat_proposal
    yield _("Seat"), str(named.seat)
    yield (_("Alternate") if named.alternate else _("Member")), named.user.name
    yield _("From"), _("%(days)s days after the board has passed it") % {"days": NOTICE_DAYS}


def describe_council(case: Case) -> Iterator[Line]:
    """Which council would hold a seat, over whose people; or whose seat would end."""
    proposal = case.council_proposal
    yield _("Council"), str(proposal.seat)
    if proposal.ends:
        yield _("Its seat"), _("Ends once the board has passed it, and with it the terms on it.")
    else:
        yield _("Over the people of"), words.listed(proposal.territory)
        yield (
            _("From"),
            _("Its member is confirmed by the board as any other; it is heard from their first day on."),
        )


def describe_founding(case: Case) -> Iterator[Line]:
    """Who would be the first board, and from which day data might be used."""
    names = [
        _("%(name)s (%(seat)s)") % {"name": each.user.name, "seat": each.seat}
        for each in holding.list_founders(case)
    ]
    yield _("The first board"), words.listed(names)
    founding = case.founding
    if founding.data_from is None:
        yield _("Data from before"), _("None is asked for.")
    else:
        said = {"day": day(founding.data_from), "because": founding.because}
        yield _("Data from before"), _("From %(day)s on, for charters written before. %(because)s") % said
