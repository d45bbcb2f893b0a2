"""What the board lays down for a use: waivers in force and running pilots.

Each is a `Read`, remembered under the board's data version, so that the line pays for it only when the board has acted.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from msgspec import Struct

from charter.rules.vocabulary import DecisionType
from governance.board.data_versions import BOARD
from ground import statements
from ground.data_versions import cached
from ground.statements import Read


class BoardFacts(Struct, frozen=True):
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


class WaiverInForce(Struct, frozen=True):
    """A rule that is waived on a day, for one metric and decision, or for all where these are empty."""

    rule: str
    metric: str
    decision: str


ALL_WAIVERS = Read(
    """
    SELECT w.rule_id AS rule, w.metric, w.decision FROM board_waiver w JOIN board_case c ON c.id = w.case_id
    WHERE c.state = 'approved' AND w.ended_at IS NULL
      AND w.starts_on <= %(on)s::date AND w.ends_on > %(on)s::date
    """,
    WaiverInForce,
)

PILOTS = Read(
    """
    SELECT p.charter_version_id AS version, p.cohort FROM board_pilot p
    WHERE p.state = 'running' AND p.starts_on <= %(on)s::date AND p.ends_on > %(on)s::date
      AND p.charter_version_id = ANY(%(versions)s::uuid[])
    """,
    _Pilot,
)


@cached(BOARD)
def read_board_facts(
    decision: DecisionType,
    metrics: tuple[str, ...],
    versions: tuple[UUID, ...],
    on: date,
) -> BoardFacts:
    """What bears on a use on a day, in one statement, and from memory while the data version is the same."""
    parameters = {
        "decision": decision.value,
        "metrics": list(metrics),
        "versions": list(versions),
        "on": on,
    }
    waivers, pilots = statements.read(WAIVERS, PILOTS, parameters=parameters)
    return BoardFacts(
        waivers=tuple((each.rule, each.metric) for each in waivers),
        pilots={each.version: frozenset({each.cohort}) for each in pilots},
    )


@cached(BOARD, most=8)
def read_waivers(on: date) -> tuple[WaiverInForce, ...]:
    """All waivers in force on a day, in one statement, and from memory while the data version is the same."""
    return tuple(statements.read(ALL_WAIVERS, parameters={"on": on})[0])


def narrow_waivers(waivers: Iterable[WaiverInForce], decision: DecisionType) -> tuple[tuple[str, str], ...]:
    """Those that hold for a decision, as `BoardFacts` has them."""
    return tuple((each.rule, each.metric) for each in waivers if each.decision in ("", decision.value))
