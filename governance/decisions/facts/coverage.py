"""Coverage of persons' own values, for decisions about them (AR27, S97)."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from charter.measures.models import Withheld
from charter.measures.queries import compute_own_rows
from charter.measures.rows import Row
from charter.registry.queries import GoverningVersion
from charter.rules import Rulebook, decide
from charter.rules.facts import Facts
from charter.rules.request import ANYBODY

Own = Mapping[tuple[str, str], tuple[Row, ...]]  # by metric and person


def add_own_coverage(
    facts: tuple[Facts, ...],
    governing: Sequence[GoverningVersion],
    persons: Sequence[str],
    rulebook: Rulebook,
) -> tuple[tuple[Facts, ...], Own]:
    """The facts with what persons' own values say of coverage, and those values.

    They are worked out from the warehouse, so only for a decision about people that would else be permitted.
    """
    persons = [person for person in persons if person != ANYBODY]
    consequential = facts[0].decision.consequential
    if not (consequential and persons) or not decide(facts, rulebook).permits:
        return facts, {}
    window, period = facts[0].request.window, facts[0].request.period
    own = {
        (each.metric, person): compute_own_rows(
            version=each.version_id, person=person, window=window, period=period
        )
        for each in governing
        for person in persons
    }
    thin = {metric for (metric, _), rows in own.items() if _is_thin(rows)}
    return tuple(_marked(one) if one.charter.metric in thin else one for one in facts), own


def _is_thin(rows: Sequence[Row]) -> bool:
    return any(row.withheld == Withheld.LOW_COVERAGE for row in rows)


def _marked(one: Facts) -> Facts:
    return replace(one, values=replace(one.values, thin=True))
