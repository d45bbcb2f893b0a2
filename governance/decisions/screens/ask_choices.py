"""What the ask form lets one choose, and what it says about each choice before anything is asked.

The decision comes first. What may be used for it stands before what may not, which says why.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from charter.measures import queries as measures
from charter.programme.models import DecisionKind
from charter.registry.matrix import describe_condition
from charter.registry.queries import MetricUses
from charter.registry.screens.page_context import settled_day, today
from charter.rules import words
from charter.rules.vocabulary import DecisionGroup, DecisionType, Grain, Role, Standing
from governance.decisions.screens import possible_uses
from governance.decisions.screens.months import Preset, list_closed_months, list_presets
from governance.decisions.screens.possible_uses import PossibleMetric, UseReader
from governance.people.models import CohortKind
from governance.people.queries import CohortAsked
from governance.people.requests import PageRequest
from ground import clock

Choices = list[tuple[str, str]]
Groups = list[tuple[str, Choices]]

MOST_SHOWN = 50  # metrics of each sort; the list of metrics has them all
GROUPS = {
    DecisionGroup.OPERATIONAL: gettext_lazy("Operations"),
    DecisionGroup.PLANNING: gettext_lazy("Planning"),
    DecisionGroup.DEVELOPMENT: gettext_lazy("Development"),
    DecisionGroup.PEOPLE: gettext_lazy("About a person"),
    DecisionGroup.ASSURANCE: gettext_lazy("Audits and law"),
}
KINDS = {
    CohortKind.TEAM: gettext_lazy("Teams"),
    CohortKind.VALUE_STREAM: gettext_lazy("Value streams"),
    CohortKind.ORG: gettext_lazy("Organisation"),
}
# Whose team one asks about first: the one that one leads.
LEADS = (Role.MANAGER, Role.VALUE_STREAM_LEAD, Role.TEAM_MEMBER)
OWN, ONE_PERSON = f"{Grain.SELF.value}/", f"{Grain.PERSON.value}/"


class MetricChoice(Struct, frozen=True):
    """A metric to choose: what is known of it before asking, in one word and in a sentence."""

    slug: str
    name: str
    outcome: str  # permit, if, refer or deny
    says: str = ""  # what has to come with it, or why it may not be used

    @property
    def may_be_used(self) -> bool:
        return self.outcome in ("permit", "if")


class AskChoices(Struct, frozen=True):
    """All that can be chosen for a decision, which is empty where none is chosen yet."""

    decision: str
    decisions: Groups  # that some charter opens to the reader
    other_decisions: Groups
    usable: tuple[MetricChoice, ...]
    others: tuple[MetricChoice, ...]
    whose: Groups  # level and group in one, as `team/team:payments`
    other_groups: int  # how many are left out, since no metric is open to the reader there
    persons: bool  # whether a charter opens single people to the reader for this
    months: tuple[str, ...]  # closed ones that have data, newest first, as 2026-03
    closed: tuple[str, ...]  # all closed ones
    presets: tuple[Preset, ...]
    mine: str  # whom the reader most likely asks about, as in `whose`
    reader: UseReader

    @property
    def names(self) -> dict[str, str]:
        """Metrics' names by slug."""
        return self.reader.names

    @property
    def affirmations(self) -> Choices:
        """The sentences that charters have their askers affirm for the decision, each with the metrics that ask for it."""
        asking: dict[str, list[str]] = {}
        for metric in self.reader.metrics:
            if metric.slug not in {each.slug for each in self.usable}:
                continue
            for said in _list_affirmed(metric, self.decision):
                asking.setdefault(said, []).append(words.inside(metric.name))
        return [(said, _name_asking(said, names)) for said, names in sorted(asking.items())]

    @property
    def metrics(self) -> tuple[MetricChoice, ...]:
        return (*self.usable, *self.others)

    @property
    def levels(self) -> dict[str, str]:
        """The level of each group, by slug."""
        return {each.slug: possible_uses.GRAIN_OF[each.kind].value for each in self.reader.cohorts}

    @property
    def all_decisions(self) -> Groups:
        """Every decision under its group."""
        by_group = dict(self.decisions)
        others = dict(self.other_decisions)
        return [
            (label, sorted([*by_group.get(label, []), *others.get(label, [])], key=lambda one: one[1]))
            for label in map(str, GROUPS.values())
        ]

    @property
    def counted(self) -> str:
        """`3 metrics may be used for this.`"""
        count = len(self.usable)
        more = _(" Only the first %(most)s are listed.") % {"most": MOST_SHOWN} if count >= MOST_SHOWN else ""
        if not count:
            return _("No metric may be used for this now.")
        return (
            words.sentence(_("%(count)s may be used for this.") % {"count": words.many(count, "metric")})
            + more
        )


def read_ask_choices(
    request: PageRequest, decision: str, *, chosen: Sequence[str] = (), everyone: bool = False
) -> AskChoices:
    """What this reader can choose, for a decision where one is chosen.

    Metrics already `chosen` are there whatever they are. `everyone`: all groups, those too where nothing is open.
    """
    reader = possible_uses.read_reader(request.user, today(request))
    kinds = list(DecisionKind.objects.order_by("name"))
    known = decision if any(kind.slug == decision for kind in kinds) else ""
    possible, told = _sort_metrics(reader, known, chosen)
    opened = _list_open_decisions(reader, possible if chosen and not known else None)
    closed = list_closed_months(settled_day(request))
    months = _list_months(possible, closed)
    whose, left_out = _list_whose(reader, possible, known, everyone=everyone or not possible or not known)
    return AskChoices(
        decision=known,
        decisions=_group([kind for kind in kinds if kind.slug in opened]),
        other_decisions=_group([kind for kind in kinds if kind.slug not in opened]),
        usable=tuple(each for each in told if each.may_be_used),
        others=tuple(each for each in told if not each.may_be_used),
        whose=whose,
        other_groups=left_out,
        persons=any(_opens_person(reader, each.metric, known) for each in possible),
        months=months,
        closed=closed,
        presets=list_presets(months, reader.on),
        mine=_find_mine(reader, whose),
        reader=reader,
    )


def _sort_metrics(
    reader: UseReader, decision: str, chosen: Sequence[str]
) -> tuple[list[PossibleMetric], list[MetricChoice]]:
    """The metrics that may be used for the decision, and a choice of each metric that is shown."""
    if not decision:
        some = [metric for metric in reader.metrics if metric.slug in chosen]
        return possible_uses.foresee_uses(reader, some), [_plain(metric) for metric in some]
    listing = [metric for metric in reader.metrics if _lists(metric, decision) and _is_in_force(metric)]
    first = [metric for metric in listing if metric.slug in chosen]
    shown = list(dict.fromkeys([*first, *listing[:MOST_SHOWN]]))
    found = possible_uses.foresee_uses(
        reader, shown, decision=DecisionType(decision), among=listing[: possible_uses.MOST_OTHERS]
    )
    by_slug = {each.metric.slug: each for each in found}
    rest = [metric for metric in reader.metrics if metric not in shown]
    kept = [metric for metric in rest if metric.slug in chosen]
    rest = list(dict.fromkeys([*kept, *rest[:MOST_SHOWN]]))
    single = [each for each in found if not each.uses and _opens_person(reader, each.metric, decision)]
    told = [_told(metric, by_slug.get(metric.slug), single) for metric in shown]
    return [*(each for each in found if each.told), *single], [*told, *(_plain(metric) for metric in rest)]


def _told(metric: MetricUses, found: PossibleMetric | None, single: Sequence[PossibleMetric]) -> MetricChoice:
    """What the rules would say of it."""
    use = found.uses[0] if found and found.uses else None
    if use is None and found in single:
        return MetricChoice(metric.slug, metric.name, "if", _("About one person at a time"))
    if use is None:
        return MetricChoice(
            metric.slug, metric.name, "deny", _("Its charter does not open this to your role")
        )
    says = (
        words.sentence(use.lacks or describe_condition(use.clause, use.names))
        if use.outlook.permits
        else use.why
    )
    return MetricChoice(metric.slug, metric.name, use.outcome, says)


def _list_affirmed(metric: MetricUses, decision: str) -> dict[str, None]:
    clauses = [use for use in metric.allowed if use.decision == decision]
    return dict.fromkeys(said for use in clauses for said in use.affirm)


def _name_asking(said: str, names: Sequence[str]) -> str:
    """A sentence, with which metrics ask for it: `The team itself has asked for this. For cycle time.`"""
    return _("%(said)s For %(metrics)s.") % {"said": said, "metrics": words.listed(names)}


def _plain(metric: MetricUses) -> MetricChoice:
    """What is plain from its charter alone."""
    if metric.standing is None:
        says = _("Not approved: every use is refused")
    elif metric.standing is Standing.SUSPENDED:
        says = _("Suspended: every use is refused")
    elif not _is_in_force(metric):
        says = _("Expired: every use is refused")
    else:
        says = _("Its charter does not list this decision")
    return MetricChoice(metric.slug, metric.name, "deny", says)


def _is_in_force(metric: MetricUses) -> bool:
    standing = metric.standing in (Standing.ACTIVE, Standing.PILOT)
    return standing and (metric.expires_at is None or metric.expires_at > clock.now())


def _lists(metric: MetricUses, decision: str) -> bool:
    return any(use.decision.value == decision for use, _grain in metric.list_uses())


def _list_open_decisions(reader: UseReader, chosen: Sequence[PossibleMetric] | None) -> set[str]:
    """The decisions that some charter in force opens to the reader's roles, or those that chosen metrics may be used for."""
    if chosen is not None:
        return {use.decision.value for each in chosen for _lacks, uses in each.told for use in uses}
    roles = possible_uses.find_roles(reader)
    return {
        use.decision.value
        for metric in reader.metrics
        if _is_in_force(metric)
        for use, grain in metric.list_uses()
        if possible_uses.opens(metric, grain, roles)
    }


def _group(kinds: Iterable[DecisionKind]) -> Groups:
    kinds = list(kinds)
    grouped = (
        (str(label), [(kind.slug, kind.name) for kind in kinds if kind.group == group])
        for group, label in GROUPS.items()
    )
    return [(label, some) for label, some in grouped if some]


def _list_whose(
    reader: UseReader, possible: Sequence[PossibleMetric], decision: str, *, everyone: bool
) -> tuple[Groups, int]:
    """The groups of each level at which one of the metrics is open to the reader, and how many are left out."""
    fitting = [each for each in reader.cohorts if everyone or _is_open_at(reader, possible, decision, each)]
    groups: Groups = [
        (
            str(label),
            [
                (f"{possible_uses.GRAIN_OF[kind].value}/{each.slug}", _name(each.slug, each.people))
                for each in sorted(fitting, key=lambda each: (not each.roles, each.slug))
                if each.kind == kind
            ],
        )
        for kind, label in KINDS.items()
    ]
    own = any(Grain.SELF in _list_grains(each.metric, decision) for each in possible)
    if reader.asker.person and (everyone or own):
        groups.append((_("Yourself"), [(OWN, _("My own figure"))]))
    if any(_opens_person(reader, each.metric, decision) for each in possible):
        groups.append((_("Single people"), [(ONE_PERSON, _("One person"))]))
    return [(label, some) for label, some in groups if some], len(reader.cohorts) - len(fitting)


def _is_open_at(
    reader: UseReader, possible: Sequence[PossibleMetric], decision: str, cohort: CohortAsked
) -> bool:
    grain, roles = possible_uses.GRAIN_OF[cohort.kind], reader.roles(cohort)
    return any(
        grain in _list_grains(each.metric, decision)
        and possible_uses.opens(each.metric, grain, {grain: roles})
        for each in possible
    )


def _opens_person(reader: UseReader, metric: MetricUses, decision: str) -> bool:
    """Whether a charter lets a role of the reader's ask about single people for this."""
    held = reader.asker.roles.union(*(each.roles for each in reader.cohorts))
    listed = Grain.PERSON in _list_grains(metric, decision)
    return listed and possible_uses.opens(metric, Grain.PERSON, {Grain.PERSON: held})


def _list_grains(metric: MetricUses, decision: str) -> set[Grain]:
    return {grain for use, grain in metric.list_uses() if use.decision.value == decision}


def _name(slug: str, people: int) -> str:
    return f"{words.sentence(words.cohort(slug))}, {words.many(people, 'person', 'people')}"


class MonthToClose(NamedTuple):
    """A month that is over and not closed yet, as `2026-06`, and the day on which it closes."""

    month: str
    closes_on: date


def find_month_to_close(request: PageRequest) -> MonthToClose | None:
    """The month that closes next, where it is over already."""
    settled, now = settled_day(request), today(request)
    next_first = (settled.replace(day=1) + timedelta(days=31)).replace(day=1)
    if next_first > now:
        return None
    return MonthToClose(f"{settled:%Y-%m}", next_first + (now - settled))


def _list_months(possible: Sequence[PossibleMetric], closed: tuple[str, ...]) -> tuple[str, ...]:
    """Closed months from the first to the last with a value of one of these; all closed ones where nothing is published."""
    slugs = [each.metric.slug for each in possible]
    found = measures.find_published_months(slugs) if slugs else None
    if found is None:
        return closed[:12]
    first, last = (f"{day:%Y-%m}" for day in found)
    return tuple(month for month in closed if first <= month <= last) or closed[:12]


def _find_mine(reader: UseReader, whose: Groups) -> str:
    """The team that the reader leads, else the one they are in, else the first that is offered."""
    offered = [value for _label, some in whose for value, _name in some]
    teams = [each for each in reader.cohorts if each.kind == CohortKind.TEAM]
    own = (f"team/{each.slug}" for role in LEADS for each in teams if role in each.roles)
    return next((each for each in own if each in offered), "")
