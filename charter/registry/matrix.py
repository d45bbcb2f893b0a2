"""Which metric may inform which decision: worked out from the charter that governs, so that it is set nowhere else (S8).

Pure: nothing here asks the database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from charter.registry.bounds import UNBOUND, Bounds
from charter.registry.document import Allowed, Forbidden, WhichDecisions
from charter.rules import conditions, words
from charter.rules.facts import DecisionFacts
from charter.rules.vocabulary import DecisionType, Grain

# Where no clause speaks of a decision, the heading says what that means: a use that is not listed is refused.
HEADING = "which-decisions"
# Where the metric's page says what the board bound its approval to.
BOUNDS = "bounds"


class Use(StrEnum):
    """What a charter says of one decision."""

    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    FORBIDDEN = "forbidden"
    NOT_SET = "not_set"


@dataclass(frozen=True)
class Cell:
    """One metric for one decision; `says` is the condition or the reason, `anchor` the clause on the metric's page."""

    decision: DecisionType
    use: Use
    grains: tuple[Grain, ...] = ()
    says: str = ""
    anchor: str = HEADING


def build_cells(
    uses: WhichDecisions,
    decisions: Iterable[DecisionFacts],
    *,
    names: Mapping[str, str] | None = None,
    piloted: bool = False,
    bounds: Bounds = UNBOUND,
    audited: bool = True,
) -> tuple[Cell, ...]:
    """A cell for each decision, in the order given.

    `uses` are all that the charter lists, `bounds` what the board bound its approval to, `decisions` what the programme
    demands of each, `names` metrics' names by slug. A charter on trial allows nothing without the condition that it is
    the pilot team that asks; of one that is not `audited`, nothing about people is in force (S22).
    """
    left, left_out = bounds.uses(uses), bounds.left_out(uses)
    return tuple(
        _left_out(each.decision)
        if each.decision in left_out
        else _cell(left, each, names or {}, _list_common(each, piloted=piloted, audited=audited))
        for each in decisions
    )


def allowed_anchor(place: int) -> str:
    """The anchor of the allowed use at this place of the charter, counted from nought."""
    return f"allowed-{place + 1}"


def forbidden_anchor(place: int) -> str:
    """The anchor of the forbidden use at this place of the charter, counted from nought."""
    return f"forbidden-{place + 1}"


def describe_condition(use: Allowed, names: Mapping[str, str]) -> str:
    """All that a use is bound to, a sentence each; empty where it is bound to nothing."""
    said = [conditions.CONDITIONS[each] for each in use.conditions]
    if use.affirm:
        sentences = " ".join(f"“{each}”" for each in use.affirm)
        said.append(_("Whoever asks affirms: %(sentences)s") % {"sentences": sentences})
    if use.beside:
        beside = words.listed(words.inside(names.get(slug, slug)) for slug in use.beside)
        said.append(_("Only when asked together with %(metrics)s.") % {"metrics": beside})
    return " ".join(said)


def describe_demands(decision: DecisionFacts) -> str:
    """What the programme demands of every metric for this decision, in a sentence; empty where it demands nothing."""
    asked = [
        (decision.consequential, _("a second metric")),
        (decision.evidence_needed > 0, _("qualitative evidence")),
        (decision.accountable_needed, _("a named accountable person")),
        (decision.fairness_needed, _("a passed fairness audit that is in date")),
    ]
    needed = [said for needs, said in asked if needs]
    return _("With %(needed)s.") % {"needed": words.listed(needed)} if needed else ""


def _list_common(decision: DecisionFacts, *, piloted: bool, audited: bool) -> list[str]:
    """What binds a decision whatever its clause says."""
    said = [
        (not audited and decision.fairness_needed, _("Not in force before a fairness audit has passed.")),
        (True, describe_demands(decision)),
        (piloted, _("Only for the team that tries it out.")),
    ]
    return [text for holds, text in said if holds and text]


def _cell(uses: WhichDecisions, decision: DecisionFacts, names: Mapping[str, str], common: list[str]) -> Cell:
    allowed = [(place, use) for place, use in enumerate(uses.allowed) if use.decision is decision.decision]
    if allowed:
        return _listed(allowed, decision, names, common)
    for place, use in enumerate(uses.forbidden):
        if decision.decision in use.decisions and not use.grains and not use.forms:
            return _named(place, use, decision.decision)
    return Cell(decision.decision, Use.NOT_SET)


def _listed(
    allowed: list[tuple[int, Allowed]], decision: DecisionFacts, names: Mapping[str, str], common: list[str]
) -> Cell:
    """Allowed outright where one clause and the programme ask for nothing more, else under all that they ask for."""
    said = [_asks(use, names) for _place, use in allowed]
    free = not all(said) and not common
    bound = [] if free else dict.fromkeys(text for text in (*said, *common) if text)
    return Cell(
        decision.decision,
        Use.ALLOWED if free else Use.CONDITIONAL,
        tuple(dict.fromkeys(grain for _place, use in allowed for grain in use.grains)),
        " ".join(bound),
        allowed_anchor(allowed[0][0]),
    )


def _asks(use: Allowed, names: Mapping[str, str]) -> str:
    if said := describe_condition(use, names):
        return said
    return _("Only one’s own figure, brought by oneself.") if set(use.grains) == {Grain.SELF} else ""


def _left_out(decision: DecisionType) -> Cell:
    return Cell(decision, Use.FORBIDDEN, (), _("The board approved the charter without this use."), BOUNDS)


def _named(place: int, use: Forbidden, decision: DecisionType) -> Cell:
    return Cell(decision, Use.FORBIDDEN, (), use.because, forbidden_anchor(place))
