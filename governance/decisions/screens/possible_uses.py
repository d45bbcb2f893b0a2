"""What a reader may use, and with what: the outlook of each use of some metrics, in words; home, ask and metric page tell it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from charter.registry import queries as registry
from charter.registry.document import Allowed
from charter.registry.queries import MetricUses
from charter.rules import Outlook, words
from charter.rules.outlook import find_better
from charter.rules.request import Request
from charter.rules.vocabulary import DecisionType, Grain, Outcome, Period, Role, Standing
from governance.decisions.facts.outlook import Ahead
from governance.people import queries as people
from governance.people.models import Cohort, CohortKind, User
from governance.people.queries import Asker, CohortAsked
from governance.ui.questions import month_window
from ground import data_versions
from ground.errors import Unavailable

MOST_OTHERS = 10  # metrics that are tried as the second one that a decision about people needs
GRAIN_OF = {
    CohortKind.TEAM: Grain.TEAM,
    CohortKind.VALUE_STREAM: Grain.VALUE_STREAM,
    CohortKind.ORG: Grain.ORG,
}


@dataclass(frozen=True)
class UseReader:
    """An account with the registered cohorts, what it holds over each, every metric by name, and the day."""

    user: User
    on: date
    asker: Asker
    cohorts: tuple[CohortAsked, ...]
    metrics: tuple[MetricUses, ...]

    @property
    def names(self) -> dict[str, str]:
        """Metrics' names by slug."""
        return {each.slug: each.name for each in self.metrics}

    def roles(self, cohort: CohortAsked) -> frozenset[Role]:
        """What counts over a cohort: roles held over it, and those that need no scope."""
        return self.asker.roles | cohort.roles

    def find_places(self) -> dict[Grain, CohortAsked | None]:
        """At each level the largest group that the reader has a role over; None where it is their own work."""
        found: dict[Grain, CohortAsked | None] = {}
        ordered = sorted(self.cohorts, key=lambda each: (not each.roles, -each.people, each.slug))
        for cohort in ordered:
            if self.roles(cohort):
                found.setdefault(GRAIN_OF[cohort.kind], cohort)
        if self.asker.person is not None:
            found[Grain.SELF] = None
        return found


@dataclass(frozen=True)
class PossibleUse:
    """One use of a metric for one reader: what would be decided of it, with what, and the address of its question."""

    metric: MetricUses
    clause: Allowed
    grain: Grain
    cohort: str
    outlook: Outlook
    names: Mapping[str, str]

    @property
    def decision(self) -> DecisionType:
        return self.clause.decision

    @property
    def outcome(self) -> str:
        """As a tag says it: allowed, allowed with something, to the board, not allowed."""
        if self.outlook.permits:
            return "if" if self.lacks else "permit"
        return self.outlook.outcome.value

    @property
    def lacks(self) -> str:
        """What has to come with it, as a sentence goes on: `together with change failure rate and SLO compliance`."""
        return describe_lacking(self.outlook, self.names)

    @property
    def why(self) -> str:
        """Why it is not allowed, in the words of the first rule."""
        return self.outlook.rules[0].here if self.outlook.rules else ""

    @property
    def url(self) -> str:
        """The form, filled with this use."""
        asked = self.outlook.request
        parts: list[tuple[str, str]] = [("decision", asked.decision.value), ("grain", asked.grain.value)]
        parts += [("metrics", slug) for slug in asked.metrics]
        parts += [("cohort", slug) for slug in asked.cohorts]
        return f"{reverse('ask')}?{urlencode(parts)}"


@dataclass(frozen=True)
class PossibleMetric:
    """A metric with the uses that its charter opens to the reader, the best level of each."""

    metric: MetricUses
    uses: tuple[PossibleUse, ...]

    @property
    def outcome(self) -> str:
        """The best that one of its uses comes to; suspended where the charter is."""
        if self.metric.standing is Standing.SUSPENDED:
            return "withheld"
        order = ("permit", "if", "refer", "deny")
        return min((use.outcome for use in self.uses), key=order.index, default="deny")

    @property
    def told(self) -> list[tuple[str, list[PossibleUse]]]:
        """Its uses by what has to come with them, those with nothing first."""
        found: dict[str, list[PossibleUse]] = {}
        for use in sorted(self.uses, key=lambda use: bool(use.lacks)):
            if use.outlook.permits:
                found.setdefault(use.lacks, []).append(use)
        return list(found.items())

    @property
    def referred(self) -> list[PossibleUse]:
        return [use for use in self.uses if use.outlook.outcome is Outcome.REFER]

    @property
    def why(self) -> str:
        """Why nothing of it is allowed."""
        return next((use.why for use in self.uses if use.why), "")


def read_reader(user: User, on: date) -> UseReader:
    """Four statements: the data versions, the cohorts' slugs, what is held over them, and who asks."""
    slugs = list(Cohort.objects.filter(retired_at__isnull=True).values_list("slug", flat=True))
    cohorts = people.read_cohorts_asked(slugs, user=user, on=on).values()
    metrics = registry.read_uses(data_versions.read())
    return UseReader(user, on, people.read_asker(user, on=on), tuple(cohorts), metrics)


def is_open_to(metric: MetricUses, roles: Mapping[Grain, frozenset[Role]]) -> bool:
    """Whether a charter opens some use to these roles, before any rule is asked."""
    return any(opens(metric, grain, roles) for _use, grain in metric.list_uses())


def find_roles(reader: UseReader) -> dict[Grain, frozenset[Role]]:
    """The roles that the reader holds over at least one group of each level."""
    held = dict.fromkeys(GRAIN_OF.values(), reader.asker.roles)
    for cohort in reader.cohorts:
        held[GRAIN_OF[cohort.kind]] |= cohort.roles
    if reader.asker.person is not None:
        held[Grain.SELF] = frozenset({Role.SELF})
    return held


def foresee_uses(
    reader: UseReader,
    metrics: Sequence[MetricUses],
    *,
    decision: DecisionType | None = None,
    among: Collection[MetricUses] = (),
) -> list[PossibleMetric]:
    """The outlook of each use of these metrics that is open to the reader; `among` may be chosen as a second metric.

    As many statements however many they are, and none where there is nothing to ask. Where no rules are in force nothing
    is possible.
    """
    places, roles = reader.find_places(), find_roles(reader)
    asked = [_make_request(grain, cohort, [*metrics, *among], reader.on) for grain, cohort in places.items()]
    if not metrics or not asked:
        return []
    try:
        ahead = Ahead.read(asked, by=reader.user)
    except Unavailable:
        return []
    names, found = reader.names, []
    for metric in metrics:
        uses = [
            PossibleUse(metric, use, grain, cohort.slug if cohort else "", outlook, names)
            for use, grain in metric.list_uses()
            if (decision is None or use.decision is decision)
            and grain in places
            and opens(metric, grain, roles)
            for cohort in (places[grain],)
            for outlook in (_foresee(ahead, metric, use, grain, cohort, reader.on),)
        ]
        found.append(PossibleMetric(metric, tuple(_best(uses))))
    return found


def describe_lacking(outlook: Outlook, names: Mapping[str, str]) -> str:
    """`together with change failure rate and SLO compliance, and two pieces of evidence`; empty where nothing is lacking."""
    told = []
    if outlook.adds:
        listed = words.listed(words.inside(names.get(slug, slug)) for slug in outlook.adds)
        told.append(_("together with %(metrics)s") % {"metrics": listed})
    if outlook.other:
        such = words.listed(words.inside(names.get(slug, slug)) for slug in outlook.other)
        told.append(_("together with one other metric, such as %(metric)s") % {"metric": such})
    if outlook.evidence:
        told.append(_("with %(pieces)s of evidence") % {"pieces": words.many(outlook.evidence, "piece")})
    if outlook.accountable:
        told.append(_("with the name of the person who answers for it"))
    if outlook.affirms:
        told.append(_("once you affirm what the charter asks"))
    return words.listed(told) if told else ""


def _foresee(
    ahead: Ahead, metric: MetricUses, use: Allowed, grain: Grain, cohort: CohortAsked | None, on: date
) -> Outlook:
    request = _make_request(grain, cohort, [metric], on, decision=use.decision)
    return ahead.foresee(replace(request, view=metric.view or request.view))


def _make_request(
    grain: Grain,
    cohort: CohortAsked | None,
    metrics: Iterable[MetricUses],
    on: date,
    *,
    decision: DecisionType = DecisionType.RETROSPECTIVE,
) -> Request:
    """About the last closed month: whether a use is allowed at all."""
    month = last_closed_month(on)
    return Request(
        decision=decision,
        metrics=tuple(dict.fromkeys(each.slug for each in metrics)),
        grain=grain,
        window=month_window(month, month),
        period=Period.MONTH,
        cohorts=(cohort.slug,) if cohort else (),
    )


def last_closed_month(on: date) -> str:
    ordinal = on.year * 12 + on.month - 2
    return f"{ordinal // 12:04d}-{ordinal % 12 + 1:02d}"


def opens(metric: MetricUses, grain: Grain, roles: Mapping[Grain, frozenset[Role]]) -> bool:
    held = roles.get(grain, frozenset())
    if grain is Grain.SELF:
        return bool(held)
    return any(entry.role in held and grain in entry.grains for entry in metric.access)


def _best(uses: Iterable[PossibleUse]) -> Iterator[PossibleUse]:
    """Of each decision the level that asks least."""
    of: dict[DecisionType, list[PossibleUse]] = {}
    for use in uses:
        of.setdefault(use.decision, []).append(use)
    for some in of.values():
        best = find_better(use.outlook for use in some)
        yield next(use for use in some if use.outlook is best)
