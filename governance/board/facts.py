"""What the board lays down for a use: waivers in force and running pilots.

Each is a `Read`, remembered under the board's mark, so that the line pays for it only when the board has acted.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from uuid import UUID

from msgspec import Struct

from charter.rules.vocabulary import Decision
from ground import statements
from ground.statements import Read


class Ruled(Struct, frozen=True):
    """What the board has ruled that bears on a request."""

    waivers: tuple[tuple[str, str], ...]  # rule, metric ("" for every metric)
    pilots: Mapping[UUID, frozenset[str]]  # cohorts by charter version

    def waived(self, metric: str) -> frozenset[str]:
        """The rules waived for this metric."""
        return frozenset(rule for rule, of in self.waivers if of in ("", metric))


class _Waiver(Struct, frozen=True):
    rule: str
    metric: str


class _Pilot(Struct, frozen=True):
    version: UUID
    cohort: str


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


@lru_cache(maxsize=10_000)
def ruled(
    mark: str,
    decision: Decision,
    metrics: tuple[str, ...],
    versions: tuple[UUID, ...],
    on: date,
) -> Ruled:
    """What bears on a use on a day, in one statement, and from memory while the room's `mark` is the same."""
    parameters = {
        "decision": decision.value,
        "metrics": list(metrics),
        "versions": list(versions),
        "on": on,
    }
    waivers, pilots = statements.read(WAIVERS, PILOTS, parameters=parameters)
    return Ruled(
        waivers=tuple((each.rule, each.metric) for each in waivers),
        pilots={each.version: frozenset({each.cohort}) for each in pilots},
    )
