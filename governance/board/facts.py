"""What the board lays down for a use: waivers in force, running pilots, and what approvals are bound to.

Each is a `Read`, remembered under the board's mark, so that the line pays for it only when the board has acted.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from uuid import UUID

from msgspec import Struct

from charter.rules.vocabulary import Decision, Grain
from ground import statements
from ground.statements import Read


class Bounds(Struct, frozen=True):
    """What an approval is bound to; None where it is not."""

    grains: frozenset[Grain] | None = None
    decisions: frozenset[Decision] | None = None

    def allow(self, decision: Decision, grain: Grain) -> bool:
        """Whether a listed use lies within them."""
        return (self.grains is None or grain in self.grains) and (
            self.decisions is None or decision in self.decisions
        )


class Ruled(Struct, frozen=True):
    """What the board has ruled that bears on a request."""

    waivers: tuple[tuple[str, str], ...]  # rule, metric ("" for every metric)
    pilots: Mapping[UUID, frozenset[str]]  # cohorts by charter version
    bounds: Mapping[UUID, Bounds]  # by case

    def waived(self, metric: str) -> frozenset[str]:
        """The rules waived for this metric."""
        return frozenset(rule for rule, of in self.waivers if of in ("", metric))


class _Waiver(Struct, frozen=True):
    rule: str
    metric: str


class _Pilot(Struct, frozen=True):
    version: UUID
    cohort: str


class _Condition(Struct, frozen=True):
    case_id: UUID
    grains: frozenset[Grain] | None
    decisions: frozenset[Decision] | None


WAIVERS = Read(
    """
    SELECT w.rule_id AS rule, w.metric FROM board_waiver w JOIN board_case c ON c.id = w.case_id
    WHERE c.state = 'approved' AND w.ended_at IS NULL
      AND w.starts_on <= %(on)s::date AND w.ends_on > %(on)s::date
      AND (w.metric = '' OR w.metric = ANY(%(metrics)s::text[]))
      AND (w.decision = '' OR w.decision = %(decision)s::text)
    """,
    _Waiver,
)

PILOTS = Read(
    """
    SELECT p.charter_version_id AS version, p.cohort FROM board_pilot p
    WHERE p.state = 'running' AND p.starts_on <= %(on)s::date AND p.ends_on > %(on)s::date
      AND p.charter_version_id = ANY(%(versions)s::uuid[])
    """,
    _Pilot,
)

CONDITIONS = Read(
    """
    SELECT c.case_id, (jsonb_agg(c.value) FILTER (WHERE c.kind = 'grains')) -> 0 -> 'grains' AS grains,
           (jsonb_agg(c.value) FILTER (WHERE c.kind = 'decisions')) -> 0 -> 'decisions' AS decisions
    FROM board_condition c
    WHERE c.withdrawn_at IS NULL AND c.kind IN ('grains', 'decisions')
      AND c.case_id = ANY(%(cases)s::uuid[])
    GROUP BY c.case_id
    """,
    _Condition,
)


@lru_cache(maxsize=10_000)
def ruled(
    mark: str,
    decision: Decision,
    metrics: tuple[str, ...],
    versions: tuple[UUID, ...],
    cases: tuple[UUID, ...],
    on: date,
) -> Ruled:
    """What bears on a use on a day, in one statement, and from memory while the room's `mark` is the same."""
    parameters = {
        "decision": decision.value,
        "metrics": list(metrics),
        "versions": list(versions),
        "cases": list(cases),
        "on": on,
    }
    waivers, pilots, bound = statements.read(WAIVERS, PILOTS, CONDITIONS, parameters=parameters)
    return Ruled(
        waivers=tuple((each.rule, each.metric) for each in waivers),
        pilots={each.version: frozenset({each.cohort}) for each in pilots},
        bounds={each.case_id: Bounds(each.grains, each.decisions) for each in bound},
    )
