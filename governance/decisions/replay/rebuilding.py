"""Facts of a recorded question as other settings would have told them, read from what lay before it: looks, values, rulings.

What was asked before counts as it came out then. Only what the changed settings reach is read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from charter.programme.queries import get_programme
from charter.registry.queries import AccessLimits
from charter.rules import Rulebook
from charter.rules.asking import PERSON_GRAINS
from charter.rules.facts import Facts, LookingFacts
from governance.decisions.facts import access_history, value_context
from governance.decisions.facts.access_history import AccessContext
from governance.decisions.replay.counting import AskedBy
from governance.decisions.requests.fingerprints import LOOKING, make_fingerprint
from governance.people.models import User
from ground import calendar, data_versions, statements
from ground.statements import Read

Rebuild = Callable[[AskedBy, tuple[Facts, ...]], tuple[Facts, ...]]

SERIES = frozenset({"enumeration_share", "enumeration_people", "enumeration_minutes"})
HOPS = frozenset({"hop_share", "hop_days"})
LOOKS = SERIES | HOPS
BUDGETS = frozenset({"error_budget_metric", "error_budget_limit"})
COVERAGE, RULINGS, LOOKS_A_DAY = "coverage_threshold", "ruling_days", "looks_a_day"

_BEFORE = "AND (d.at, d.id) < (%(now)s::timestamptz, %(key)s::uuid)"
_PAST = access_history.make_reads(until=_BEFORE, hop_days="%(hop_days)s::int")
_WAS_CURRENT = "v.published_at <= %(now)s::timestamptz AND (v.superseded_at IS NULL OR v.superseded_at > %(now)s::timestamptz)"


class _PastRuling(Struct, frozen=True):
    shape: str
    approved: bool
    closed_at: datetime
    ended_at: datetime | None


class _EverRefused(Struct, frozen=True):
    refused: bool


_REFUSED = Read(
    f"""
    SELECT EXISTS (SELECT FROM decisions_decisionrecord d WHERE d.actor_id = {access_history.ACCOUNTS}
                   AND d.verdict IN ('deny', 'refer') AND NOT d.checked_only) AS refused
    """,
    _EverRefused,
)
_RULINGS = Read(
    """
    SELECT unnest(r.shapes) AS shape, c.state = 'approved' AS approved, c.closed_at, r.ended_at
    FROM decisions_referral r JOIN board_case c ON c.id = r.case_id WHERE c.state <> 'open' ORDER BY c.closed_at
    """,
    _PastRuling,
)


def make_rebuild(changes: Mapping[str, Any], rulebook: Rulebook) -> Rebuild | None:
    """What rebuilds the facts that these settings reach; None where none of them needs more than the facts on record."""
    parts = list(_list_parts(changes, _Settings(changes, rulebook)))
    if not parts:
        return None

    def rebuild(asked: AskedBy, facts: tuple[Facts, ...]) -> tuple[Facts, ...]:
        for part in parts:
            facts = part(asked, facts)
        return facts

    return rebuild


def _list_parts(changes: Mapping[str, Any], settings: "_Settings") -> Iterator[Rebuild]:
    keys = changes.keys()
    if keys & LOOKS:
        yield settings.look_again
    if keys & (LOOKS | {RULINGS, LOOKS_A_DAY}):  # what is noticed only now was asked under no ruling
        yield settings.rule_again
    if COVERAGE in keys:
        yield settings.weigh_coverage
    if keys & BUDGETS:
        yield settings.weigh_budgets


@dataclass
class _Settings:
    """The programme's settings with the changes, and what they make of a question."""

    changes: Mapping[str, Any]
    rulebook: Rulebook
    _persons: dict[UUID, str | None] = field(default_factory=dict)
    _refused: dict[UUID, bool] = field(default_factory=dict)

    def look_again(self, asked: AskedBy, facts: tuple[Facts, ...]) -> tuple[Facts, ...]:
        """Series of questions and refused uses that are gone round, by what lay before."""
        context = self._make_context(asked, facts)
        if not context.others and not self._was_refused(asked.actor):
            return facts  # neither a series nor a refused use can be behind it
        until = {"now": asked.at, "key": asked.key}
        refused = self._read_refused(context, until)
        granted = (
            access_history.read_granted(asked.actor, refused, by=_PAST.granted, **until) if refused else []
        )
        looked = None
        if context.others:
            looked = access_history.read_looked(context, today=_PAST.today, lately=_PAST.lately, **until)
        found = access_history.read_access_facts(context, refused, granted, looked)
        return tuple(
            replace(each, looking=self._look(each.looking, found.get(each.charter.metric, LookingFacts())))
            for each in facts
        )

    def _look(self, then: LookingFacts, now: LookingFacts) -> LookingFacts:
        """What was noticed then, but for what the changed settings are about."""
        changed: dict[str, Any] = {}
        if self.changes.keys() & SERIES:
            changed["enumerated"] = now.enumerated
        if self.changes.keys() & HOPS:
            changed |= {name: getattr(now, name) for name in ("hopped_from", "hopped_on", "hopped_until")}
        return replace(then, **changed)

    def rule_again(self, asked: AskedBy, facts: tuple[Facts, ...]) -> tuple[Facts, ...]:
        """Rulings of the board that would have lasted then."""
        noticed = access_history.is_noticeable(
            {each.charter.metric: self._limit(each.looking) for each in facts}
        )
        referring = [self.rulebook.by_id[rule] for rule in self.rulebook.referring]
        said: dict[bool, set[str]] = {True: set(), False: set()}
        for rule in referring:
            if noticed or rule.family != LOOKING:
                first = facts[0]
                shape = make_fingerprint(rule, first.request, asker=asked.actor, roles=first.actor.roles)
                for approved in self._ruled(shape, asked.at):
                    said[approved].add(rule.id)
        yes, no = frozenset(said[True]), frozenset(said[False])
        return tuple(replace(each, ruled=yes, ruled_against=no) for each in facts)

    def _limit(self, looking: LookingFacts) -> LookingFacts:
        return replace(looking, persons_limit=self.changes.get(LOOKS_A_DAY, looking.persons_limit))

    def weigh_coverage(self, asked: AskedBy, facts: tuple[Facts, ...]) -> tuple[Facts, ...]:
        """Coverage of groups' values as they were published then; that of persons' own values stays as it was found."""
        if not facts[0].decision.consequential:
            return facts
        (found,) = statements.read(_was(value_context.THIN), parameters=self._parameters(asked, facts))
        thin = {each.metric for each in found}
        return tuple(_weigh(each, thin=self._is_thin(each, thin)) for each in facts)

    def weigh_budgets(self, asked: AskedBy, facts: tuple[Facts, ...]) -> tuple[Facts, ...]:
        """Error budgets as they were published then."""
        if not facts[0].decision.consequential:
            return facts
        (found,) = statements.read(_was(value_context.BURNING), parameters=self._parameters(asked, facts))
        return tuple(_weigh(each, budget_burning=found[0].burning) for each in facts)

    @cached_property
    def _now(self) -> Mapping[str, Any]:
        programme = get_programme()
        names = (*AccessLimits.__struct_fields__, *BUDGETS, COVERAGE, "time_zone")
        return {name: self.changes.get(name, getattr(programme, name)) for name in names}

    @cached_property
    def _limits(self) -> AccessLimits:
        return AccessLimits(**{name: self._now[name] for name in AccessLimits.__struct_fields__})

    @cached_property
    def _rulings(self) -> Mapping[str, list[_PastRuling]]:
        found: dict[str, list[_PastRuling]] = {}
        for each in statements.read(_RULINGS, parameters={})[0]:
            found.setdefault(each.shape, []).append(each)
        return found

    @cached_property
    def _seen(self) -> data_versions.Versions:
        return data_versions.read()

    def _make_context(self, asked: AskedBy, facts: Sequence[Facts]) -> AccessContext:
        request, own = facts[0].request, self._find_person(asked.actor)
        personal = request.grain in PERSON_GRAINS
        return AccessContext(
            request=request,
            metrics=(*request.metrics, *asked.beside),
            by=asked.actor,
            own=own,
            others=tuple(each for each in asked.subjects if each != own) if personal else (),
            limits=self._limits,
            zone=self._now["time_zone"],
            at=asked.at,
            seen=self._seen,
        )

    def _find_person(self, account: UUID) -> str | None:
        if account not in self._persons:
            found = User.objects.filter(pk=account).values_list("person__external_id", flat=True)
            self._persons[account] = found.first()
        return self._persons[account]

    def _was_refused(self, account: UUID) -> bool:
        """Whether an account, or one that counts as the same, was ever refused anything that it asked for."""
        if account not in self._refused:
            (found,) = statements.read(_REFUSED, parameters={"user": account})
            self._refused[account] = found[0].refused
        return self._refused[account]

    def _read_refused(
        self, context: AccessContext, until: Mapping[str, object]
    ) -> list[access_history.RefusedQuestion]:
        parameters = access_history.make_refused_parameters(
            context.request.decision.value, context.metrics, by=context.by, now=context.at
        )
        more = {**until, "hop_days": self._limits.hop_days}
        (found,) = statements.read(_PAST.refused, parameters={**parameters, **more})
        return [each for each in found if each.metrics]

    def _ruled(self, shape: str, at: datetime) -> Iterator[bool]:
        """What the latest ruling on a shape that lasted at a moment said, if any did."""
        lasting = timedelta(days=self._limits.ruling_days)
        lasted = [
            each
            for each in self._rulings.get(shape, ())
            if each.closed_at < at < each.closed_at + lasting
            and (each.ended_at is None or each.ended_at > at)
        ]
        yield from (each.approved for each in lasted[-1:])

    def _parameters(self, asked: AskedBy, facts: Sequence[Facts]) -> Mapping[str, object]:
        request = facts[0].request
        return {
            "now": asked.at,
            "metrics": [each.charter.metric for each in facts],
            "cohorts": list(request.cohorts),
            "persons": list(asked.subjects),
            "kind": request.period.value,
            "from": request.window.start,
            "from_moment": calendar.find_midnight(request.window.start),
            "to": request.window.end,
            "threshold": self._now[COVERAGE],
            "budget": self._now["error_budget_metric"],
            "limit": self._now["error_budget_limit"],
        }

    def _is_thin(self, facts: Facts, of_groups: set[str]) -> bool:
        of_persons = bool(facts.request.persons) or facts.request.grain in PERSON_GRAINS
        return facts.charter.metric in of_groups or (of_persons and facts.values.thin)


def _weigh(facts: Facts, **found: bool) -> Facts:
    return replace(facts, values=replace(facts.values, **found))


@lru_cache(maxsize=2)
def _was(read: Read) -> Read:
    """The same read of values as they stood at a moment."""
    return Read(read.sql.replace(value_context.CURRENT, _WAS_CURRENT), read.of)
