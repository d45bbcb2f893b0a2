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
    consents: Mapping[UUID, frozenset[str]] = {}  # cohorts that agree to it, by charter version

    def waived(self, metric: str) -> frozenset[str]:
        """The rules waived for this metric."""
        return frozenset(rule for rule, of in self.waivers if of in ("", metric))


class _Waiver(Struct, frozen=True):
    rule: str
    metric: str


class _CohortOfVersion(Struct, frozen=True):
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
    _CohortOfVersion,
)


CONSENTS = Read(
    """
    SELECT c.charter_version_id AS version, c.cohort FROM board_teamconsent c
    WHERE c.given_at IS NOT NULL AND c.withdrawn_at IS NULL AND c.charter_version_id = ANY(%(versions)s::uuid[])
    """,
    _CohortOfVersion,
)


class Piloted(Struct, frozen=True):
    """A metric of which the values asked for come from a pilot."""

    metric: str


# Values of a pilot's team from the days of the pilot, whatever became of it: nobody agreed to be judged by a trial (S132).
PILOTED = Read(
    """
    SELECT DISTINCT m.slug AS metric FROM board_pilot p
    JOIN registry_charterversion v ON v.id = p.charter_version_id JOIN registry_metric m ON m.id = v.metric_id
    WHERE m.slug = ANY(%(metrics)s::text[]) AND p.starts_on < %(to)s::date AND p.ends_on > %(from)s::date
      AND (p.ended_at IS NULL OR p.ended_at >= %(from_moment)s::timestamptz)
      AND EXISTS (
          SELECT FROM people_cohort c JOIN people_cohort_teams ct ON ct.cohort_id = c.id
          WHERE c.slug = p.cohort AND (
              EXISTS (SELECT FROM people_cohort a JOIN people_cohort_teams its ON its.cohort_id = a.id
                      WHERE a.slug = ANY(%(cohorts)s::text[]) AND its.team_id = ct.team_id)
              OR EXISTS (SELECT FROM people_membership b JOIN people_person q ON q.id = b.person_id
                         WHERE b.team_id = ct.team_id AND q.external_id = ANY(%(persons)s::text[])
                           AND b.valid_from < p.ends_on AND (b.valid_to IS NULL OR b.valid_to > p.starts_on))))
    """,
    Piloted,
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
    waivers, pilots, consents = statements.read(WAIVERS, PILOTS, CONSENTS, parameters=parameters)
    agreed: dict[UUID, set[str]] = {}
    for each in consents:
        agreed.setdefault(each.version, set()).add(each.cohort)
    return BoardFacts(
        waivers=tuple((each.rule, each.metric) for each in waivers),
        pilots={each.version: frozenset({each.cohort}) for each in pilots},
        consents={version: frozenset(cohorts) for version, cohorts in agreed.items()},
    )


@cached(BOARD, most=8)
def read_waivers(on: date) -> tuple[WaiverInForce, ...]:
    """All waivers in force on a day, in one statement, and from memory while the data version is the same."""
    return tuple(statements.read(ALL_WAIVERS, parameters={"on": on})[0])


def narrow_waivers(waivers: Iterable[WaiverInForce], decision: DecisionType) -> tuple[tuple[str, str], ...]:
    """Those that hold for a decision, as `BoardFacts` has them."""
    return tuple((each.rule, each.metric) for each in waivers if each.decision in ("", decision.value))
