"""Looking has limits: what the asker has looked at lately, and been refused, read while a request is decided (AR13).

Only looks count: questions that were permitted and gave rows. A refused question and a check tell nothing about
anybody, so whoever asks them comes no nearer to a list of people, and nobody's day is closed by their mistakes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from charter.registry.queries import AccessLimits
from charter.rules.facts import Facts, LookingFacts
from charter.rules.request import Request
from charter.rules.rulebook import ENGINE
from charter.rules.verdict import RuleMatch
from charter.rules.vocabulary import DecisionType as Use
from governance.people import queries as people
from ground import statements
from ground.data_versions import Versions
from ground.statements import Read

# Rules that say nothing about what the values are for: a question that only they refused may be asked otherwise.
NOT_OF_THE_USE = ("AR13", "AR15", "AR24", "AR28", ENGINE)


class RefusedQuestion(Struct, frozen=True):
    """A question that was lately refused to the asker because of its use; `metrics` are those that it was refused for."""

    at: datetime
    use: Use
    grain: str
    metrics: frozenset[str]
    cohorts: tuple[str, ...]
    persons: frozenset[str]


class GrantedQuestion(Struct, frozen=True):
    """A question that was lately permitted to the asker."""

    at: datetime
    use: Use
    grain: str
    metrics: frozenset[str]
    cohorts: frozenset[str]
    persons: frozenset[str]

    def settles(self, refused: RefusedQuestion, metric: str) -> bool:
        """Whether it asked what had been refused before, for the same use, so that nothing was gone round."""
        return (
            self.at >= refused.at
            and (self.use, self.grain) == (refused.use, refused.grain)
            and metric in self.metrics
            and self.cohorts >= set(refused.cohorts)
            and self.persons >= refused.persons
        )


class _Hop(Struct, frozen=True):
    """The refused use that a question goes round, when it was refused and when that no longer counts."""

    use: Use
    on: date
    until: date


class AccessContext(Struct, frozen=True):
    """A request with what its looking is judged by: who asks about whom, when, and under which settings."""

    request: Request
    metrics: tuple[str, ...]  # those asked for, and those that are to stand beside them
    by: UUID  # the asker's account
    own: str | None  # and their person
    others: tuple[str, ...]  # the single persons asked about whom the asker is not
    limits: AccessLimits
    zone: str
    at: datetime
    seen: Versions

    @property
    def today(self) -> date:
        """The day in the programme's zone."""
        return self.at.astimezone(ZoneInfo(self.zone)).date()


class _Looked(Struct, frozen=True):
    person: str


class _LookedBy(Struct, frozen=True):
    metric: str
    person: str


# The asker's account or who answers for it where it is a machine's, those that were merged into it, and the machines of all these:
# a second account begins no second count, and goes round nothing.
ACCOUNTS = """ANY(ARRAY(
    WITH RECURSIVE own(id) AS (
        SELECT COALESCE((SELECT owner_id FROM people_user WHERE id = %(user)s::uuid), %(user)s::uuid)
        UNION SELECT merged.account_id FROM people_accountmerge merged JOIN own ON own.id = merged.into_id
    )
    SELECT %(user)s::uuid UNION SELECT id FROM own UNION SELECT m.id FROM people_user m JOIN own ON own.id = m.owner_id
))"""
_LOOKS = f"""
    decisions_decisionrecord d CROSS JOIN LATERAL unnest(d.subjects) AS subject
    WHERE d.actor_id = {ACCOUNTS} AND d.verdict = 'permit' AND NOT d.checked_only AND NOT d.subjects = '{{}}'
"""


class LookReads(NamedTuple):
    """What an asker was refused and granted, whom they looked at today, and whom by which metric of late."""

    refused: Read
    granted: Read
    today: Read
    lately: Read


def make_reads(*, until: str = "", hop_days: str = "(SELECT hop_days FROM programme_programme)") -> LookReads:
    """The reads of what lies before a question; `until` says where that ends, for one that was asked long ago.

    The partial index `decision_refused` finds nothing for most askers, so this costs a question next to nothing; and whoever
    asks the same over and over is read of once, by the newest, which settles last and counts longest. `decision` is the one
    asked for, empty where several are looked at. What was granted is read only where a question looks like a hop.
    """
    looks = f"{_LOOKS} {until}"
    refused = f"""
    SELECT at, use, grain, cohorts, persons,
        ARRAY(SELECT unnest(refused_for) INTERSECT SELECT unnest(%(metrics)s::varchar[])) AS metrics
    FROM (
        SELECT max(d.at) AS at, d.use, d.grain, d.cohorts, d.subjects AS persons, d.refused_for
        FROM decisions_decisionrecord d
        WHERE d.actor_id = {ACCOUNTS} AND d.verdict IN ('deny', 'refer') AND NOT d.checked_only
          AND d.at > %(now)s::timestamptz - make_interval(days => {hop_days})
          AND d.use <> %(decision)s::text AND d.refused_for && %(metrics)s::varchar[] {until}
        GROUP BY d.use, d.grain, d.cohorts, d.subjects, d.refused_for
    ) newest
    ORDER BY at DESC
    """
    granted = f"""
    SELECT d.at, d.use, d.grain, d.metrics, d.cohorts, d.subjects AS persons FROM decisions_decisionrecord d
    WHERE d.actor_id = {ACCOUNTS} AND d.verdict = 'permit' AND NOT d.checked_only
      AND d.at >= %(since)s::timestamptz AND d.use = ANY(%(uses)s::text[]) AND d.metrics && %(metrics)s::varchar[] {until}
    """
    lately = f"""
    SELECT DISTINCT metric, subject AS person FROM unnest(%(metrics)s::text[]) AS metric, {looks}
      AND d.at > %(since)s::timestamptz AND (
          metric = ANY(d.metrics)
          OR d.paired @> jsonb_build_array(jsonb_build_object('metric', metric, 'verdict', 'permit'))
      )
    """
    today = f"SELECT DISTINCT subject AS person FROM {looks} AND d.at >= %(midnight)s::timestamptz"
    return LookReads(
        Read(refused, RefusedQuestion),
        Read(granted, GrantedQuestion),
        Read(today, _Looked),
        Read(lately, _LookedBy),
    )


REFUSED, GRANTED, TODAY, LATELY = make_reads()

# One at a time for each asker and all machines of theirs, so that two questions at once do not both pass as the last one allowed.
_TAKE = """
SELECT pg_advisory_xact_lock(hashtextextended('looks:' || COALESCE(
    (SELECT owner_id FROM people_user WHERE id = %(user)s::uuid), %(user)s::uuid
)::text, 0))
"""


def make_refused_parameters(
    decision: str, metrics: Collection[str], *, by: UUID, now: datetime
) -> dict[str, object]:
    """The parameters of `REFUSED`: the questions refused to an account lately for another use of one of these metrics."""
    return {
        "user": by,
        "now": now,
        "decision": decision,
        "metrics": list(metrics),
    }


def list_refused_for(facts: Iterable[Facts], matches: Iterable[RuleMatch]) -> list[str]:
    """The metrics that a question was refused for because of its use, as a decision keeps them.

    One that was itself noticed as a hop begins no other: the use that it went round still does.
    """
    noticed = {each.charter.metric for each in facts if each.looking.hopped_from is not None}
    of_the_use = {match.metric for match in matches if match.id not in NOT_OF_THE_USE}
    return sorted(of_the_use - noticed)


def read_access_facts(
    asked: AccessContext,
    refused: Sequence[RefusedQuestion],
    granted: Sequence[GrantedQuestion] | None = None,
    looked: "LookedBefore | None" = None,
    granted_here: Sequence[GrantedQuestion] = (),
) -> dict[str, LookingFacts]:
    """The facts of looking by metric. Where others are asked about one by one, the asker is held until the commit.

    What was `granted` since, and whom the asker has `looked` at, is read where it matters, unless it is given. What was
    `granted_here`, in this transaction, is not written yet.
    """
    hopped, limits = _hops(asked, refused, granted, granted_here), asked.limits
    found = {metric: _noticed(hopped.get(metric), limits) for metric in asked.metrics}
    if not asked.others:
        return found
    before = _read_looked_in_turn(asked) if looked is None else looked.of_groups(asked.others)
    others = set(asked.others)
    count = len((before.today | others) - {asked.own})
    return {
        metric: replace(
            each,
            persons_today=count,
            enumerated=_gone_through(
                before.groups, before.lately.get(metric, frozenset()) | others, asked.own, limits
            ),
        )
        for metric, each in found.items()
    }


def is_noticeable(found: Mapping[str, LookingFacts]) -> bool:
    """Whether there is anything in the facts of looking that a rule could object to."""
    return any(
        each.hopped_from is not None or each.enumerated or each.persons_today > each.persons_limit
        for each in found.values()
    )


def _noticed(hop: _Hop | None, limits: AccessLimits) -> LookingFacts:
    if hop is None:
        return LookingFacts(persons_limit=limits.looks_a_day)
    return LookingFacts(
        persons_limit=limits.looks_a_day, hopped_from=hop.use, hopped_on=hop.on, hopped_until=hop.until
    )


def _hops(
    asked: AccessContext,
    refused: Sequence[RefusedQuestion],
    granted: Sequence[GrantedQuestion] | None,
    granted_here: Sequence[GrantedQuestion] = (),
) -> Mapping[str, _Hop]:
    """By metric the refused use that this request goes round, where it does; the newest of several.

    It does where at least `hop_share` of the people behind one of the values asked for were asked about then, unless
    that use was permitted since, with what it had lacked. Groups are as they stand today.
    """
    before = [each for each in refused if each.use is not asked.request.decision]
    if not before:
        return {}
    slugs = sorted({*asked.request.cohorts, *(slug for each in before for slug in each.cohorts)})
    rosters = people.read_rosters(asked.seen, tuple(slugs), asked.today)
    groups = [rosters.get(slug, frozenset()) for slug in asked.request.cohorts]
    behind = groups + [frozenset({person}) for person in asked.others]
    share = asked.limits.hop_share
    again = [each for each in before if _much_the_same(behind, _asked_about(each, rosters), share)]
    if again and granted is None:
        granted = [*read_granted(asked.by, again), *granted_here]
    return {
        metric: _make_hop(asked, each)
        for each in reversed(again)
        for metric in each.metrics
        if not any(since.settles(each, metric) for since in granted or ())
    }


def _make_hop(asked: AccessContext, each: RefusedQuestion) -> _Hop:
    zone, ends = ZoneInfo(asked.zone), each.at + timedelta(days=asked.limits.hop_days)
    return _Hop(each.use, each.at.astimezone(zone).date(), ends.astimezone(zone).date() + timedelta(days=1))


def read_granted(
    user: UUID, refused: Sequence[RefusedQuestion], *, by: Read = GRANTED, **until: object
) -> list[GrantedQuestion]:
    """What was permitted to an account since the first of these refusals, of the same metrics and for the same uses."""
    metrics: set[str] = set().union(*(each.metrics for each in refused))
    parameters = {
        "user": user,
        "since": min(each.at for each in refused),
        "uses": sorted({each.use.value for each in refused}),
        "metrics": sorted(metrics),
        **until,
    }
    (found,) = statements.read(by, parameters=parameters)
    return found


class LookedBefore(Struct, frozen=True):
    """Whom an asker has looked at today and by which metric of late, and the groups of those who are asked about."""

    today: AbstractSet[str]
    lately: Mapping[str, AbstractSet[str]]
    groups: Sequence[people.Roster]

    def of_groups(self, persons: Collection[str]) -> "LookedBefore":
        """The same, with the groups of these persons alone."""
        return replace(self, groups=[each for each in self.groups if not each.people.isdisjoint(persons)])


def read_looked(
    asked: AccessContext, *, today: Read = TODAY, lately: Read = LATELY, **until: object
) -> LookedBefore:
    """What an asker has looked at, in one statement; nobody is held, so nothing may be decided by it."""
    parameters = {
        "user": asked.by,
        "metrics": list(asked.metrics),
        "persons": list(asked.others),
        "on": asked.today,
        "midnight": datetime.combine(asked.today, time(), ZoneInfo(asked.zone)),
        "since": asked.at - timedelta(minutes=asked.limits.enumeration_minutes),
        **until,
    }
    looked, by_metric, groups = statements.read(today, lately, people.GROUPS, parameters=parameters)
    persons: dict[str, set[str]] = defaultdict(set)
    for each in by_metric:
        persons[each.metric].add(each.person)
    return LookedBefore({each.person for each in looked}, persons, groups)


def _read_looked_in_turn(asked: AccessContext) -> LookedBefore:
    """The same, with the asker held until the commit."""
    with statements.together():
        statements.run(_TAKE, {"user": asked.by})
        return read_looked(asked)


def _gone_through(
    groups: Sequence[people.Roster], seen: AbstractSet[str], own: str | None, limits: AccessLimits
) -> str:
    """The first group most of whose people, the asker left out, were looked at; empty where there is none."""
    for group in groups:
        members = group.people - {own}
        number = len(members & seen)
        if number >= limits.enumeration_people and 100 * number >= limits.enumeration_share * len(members):
            return group.slug
    return ""


def _asked_about(each: RefusedQuestion, rosters: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return each.persons.union(*(rosters.get(slug, frozenset()) for slug in each.cohorts))


def _much_the_same(behind: Sequence[frozenset[str]], before: frozenset[str], share: int) -> bool:
    """Whether so many percent of the people behind one of the values were asked about before.

    Each value by itself: more cohorts beside it, or fewer persons than then, hide nobody.
    """
    return any(group and 100 * len(group & before) >= share * len(group) for group in behind)
