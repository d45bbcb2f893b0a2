"""A charter as an employee reads it: what it says, sorted under the questions that people ask. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.registry import matrix
from charter.registry.bounds import Bounds
from charter.registry.document import Allowed, CharterDocument, Example
from charter.registry.screens.allowed_uses import LEVELS
from charter.rules import words
from charter.rules.vocabulary import DecisionType, Grain, Role, View
from governance.ui.questions import name_decision

# The uses that every employee asks about first (S19).
ASKED_FIRST = {
    DecisionType.RETROSPECTIVE: gettext_lazy("Team retrospectives"),
    DecisionType.ONE_ON_ONE: gettext_lazy("One-on-ones"),
    DecisionType.PROMOTION_EVIDENCE: gettext_lazy("Promotions"),
    DecisionType.COMPENSATION: gettext_lazy("Pay"),
    DecisionType.OPERATIONAL_MONITORING: gettext_lazy("Operational monitoring"),
}
ROLES = {
    Role.TEAM_MEMBER: gettext_lazy("Team members"),
    Role.MANAGER: gettext_lazy("Managers"),
    Role.VALUE_STREAM_LEAD: gettext_lazy("Value stream leads"),
    Role.LEADERSHIP: gettext_lazy("Leadership"),
    Role.METRIC_OWNER: gettext_lazy("Metric owners"),
    Role.BOARD_MEMBER: gettext_lazy("The review board"),
    Role.HR: gettext_lazy("HR"),
    Role.AUDITOR: gettext_lazy("Auditors"),
    Role.ADMIN: gettext_lazy("Administrators"),
    Role.SELF: gettext_lazy("You"),
}
# What each role sees at a level that it is held over.
SEES = {
    (Role.TEAM_MEMBER, Grain.TEAM): gettext_lazy("their own team"),
    (Role.MANAGER, Grain.TEAM): gettext_lazy("the teams they lead"),
    (Role.VALUE_STREAM_LEAD, Grain.VALUE_STREAM): gettext_lazy("the value stream they lead"),
    (Role.SELF, Grain.SELF): gettext_lazy("your own figure"),
    (Role.VALUE_STREAM_LEAD, Grain.TEAM): gettext_lazy("the teams in their value stream"),
}
EVERY = {
    Grain.TEAM: gettext_lazy("every team"),
    Grain.VALUE_STREAM: gettext_lazy("every value stream"),
    Grain.ORG: gettext_lazy("the whole organisation"),
    Grain.SELF: gettext_lazy("their own figure"),
    Grain.PERSON: gettext_lazy("single people"),
}
VIEWS = {
    View.DIAGNOSTIC: gettext_lazy("For diagnosis, not performance"),
    View.PERFORMANCE: gettext_lazy("For performance views"),
}


@dataclass(frozen=True)
class PageLine:
    """One use with its verdict in words: `outcome` is permit, if or deny; the matrix links to its `anchor`."""

    label: str
    outcome: str
    words: str
    anchor: str = ""


@dataclass(frozen=True)
class CharterPage:
    """What the metric's page shows of one charter version, beside the document itself."""

    document: CharterDocument
    effects: tuple[PageLine, ...]
    holds: bool
    allowed: tuple[PageLine, ...]
    conditional: tuple[PageLine, ...]
    forbidden: tuple[PageLine, ...]
    access: tuple[tuple[str, str], ...]
    levels: str
    view: str
    warnings: tuple[str, ...]
    examples: tuple[Example, ...]

    @property
    def columns(self) -> tuple[tuple[str, str, tuple[PageLine, ...]], ...]:
        """The three columns of uses; of a charter that does not hold, what it would say."""
        if not self.holds:
            return (
                ("dash", _("Would be allowed"), self.allowed),
                ("dash", _("Would be, with conditions"), self.conditional),
                ("deny", _("Not allowed"), self.forbidden),
            )
        return (
            ("permit", _("Allowed"), self.allowed),
            ("if", _("With conditions"), self.conditional),
            ("deny", _("Not allowed"), self.forbidden),
        )


def lay_out_charter(
    document: CharterDocument, names: Mapping[str, str], *, holds: bool = True
) -> CharterPage:
    """Sort a charter for its page; `names` are metrics' names by slug, for those that must be asked beside.

    Of one that does not hold now nothing is said to be allowed: what it lists is what it would allow.
    """
    uses = [_use(use, names, place) for place, use in enumerate(document.which_decisions.allowed)]
    forbidden = enumerate(document.which_decisions.forbidden)
    return CharterPage(
        document=document,
        effects=tuple(
            _as_it_holds(_effect(document, decision, str(label), names), holds)
            for decision, label in ASKED_FIRST.items()
        ),
        holds=holds,
        allowed=tuple(line for line in uses if line.outcome == "permit"),
        conditional=tuple(line for line in uses if line.outcome == "if"),
        forbidden=tuple(
            PageLine(each.use, "deny", each.because, matrix.forbidden_anchor(place))
            for place, each in forbidden
        ),
        access=list_access(document),
        levels=words.sentence(words.listed(LEVELS[grain] for grain in document.what.grains)),
        view=str(VIEWS[document.what.view]) if document.what.view else "",
        warnings=tuple(_warnings(document)),
        examples=(*document.examples.correct, *document.examples.incorrect),
    )


def _effect(
    document: CharterDocument, decision: DecisionType, label: str, names: Mapping[str, str]
) -> PageLine:
    """Yes or no, in words, for one decision (S19)."""
    uses = [use for use in document.which_decisions.allowed if use.decision is decision]
    if not uses:
        return PageLine(label, "deny", _("No"))
    grains = [grain for use in uses for grain in use.grains]
    if set(grains) == {Grain.SELF}:
        return PageLine(label, "if", _("Only if you bring your own figure"))
    conditions = [condition for use in uses if (condition := matrix.describe_condition(use, names))]
    if conditions:
        return PageLine(label, "if", _("Yes, with a condition. ") + " ".join(conditions))
    if Grain.TEAM not in grains:
        return PageLine(label, "if", _("Yes, by %(levels)s only") % {"levels": _levels(grains)})
    return PageLine(label, "permit", _("Yes, by %(levels)s") % {"levels": _levels(grains)})


def _as_it_holds(line: PageLine, holds: bool) -> PageLine:
    """A line as it is, or where the charter does not hold that it is not so now."""
    if holds or line.outcome == "deny":
        return line
    said = _("No, as it is not in force. If it were: %(words)s") % {"words": words.inside(line.words)}
    return PageLine(line.label, "dash", said, line.anchor)


def _use(use: Allowed, names: Mapping[str, str], place: int) -> PageLine:
    condition = matrix.describe_condition(use, names)
    said = ". ".join(filter(None, (words.sentence(_levels(use.grains)), condition)))
    label = words.sentence(name_decision(use.decision))
    return PageLine(label, "if" if condition else "permit", said, matrix.allowed_anchor(place))


def _levels(grains: list[Grain] | tuple[Grain, ...]) -> str:
    return words.listed(LEVELS[grain] for grain in dict.fromkeys(grains))


def _sees(role: Role, grains: tuple[Grain, ...]) -> str:
    return words.listed(str(SEES.get((role, grain)) or EVERY.get(grain) or LEVELS[grain]) for grain in grains)


def _warnings(document: CharterDocument) -> Iterator[str]:
    """What every reader is told where the charter leaves it empty (S13)."""
    if not document.what.provenance:
        yield _("The charter does not say which systems the values come from. Ask before you rely on them.")
    if not document.what.error_bounds:
        yield _("The charter does not say how wrong the values can be. Treat small differences as none.")


def explain_bounds(bound: Bounds, listed: CharterDocument) -> tuple[str, ...]:
    """What the board bound its approval to, in sentences, with the uses of the charter that this leaves out."""
    said = []
    if bound.decisions is not None:
        kept = [name_decision(decision) for decision in DecisionType if decision in bound.decisions]
        said.append(_("Only for these decisions: %(decisions)s.") % {"decisions": words.listed(kept)})
    if bound.grains is not None:
        kept = [LEVELS[grain] for grain in Grain if grain in bound.grains]
        said.append(_("Only by %(levels)s.") % {"levels": words.listed(kept)})
    if left_out := bound.left_out(listed.which_decisions):
        names = words.listed(name_decision(decision) for decision in DecisionType if decision in left_out)
        said.append(
            _("So it may not be used for %(decisions)s, which the charter had asked for.")
            % {"decisions": names}
        )
    return tuple(said)


def list_access(document: CharterDocument) -> tuple[tuple[str, str], ...]:
    """Each role that may ask, with what it sees."""
    return tuple((str(ROLES[entry.role]), _sees(entry.role, entry.grains)) for entry in document.who.access)


def describe_retention(document: CharterDocument) -> str:
    """How long source facts and published values are kept, in a sentence each."""
    how = document.how_long
    said = []
    if how.facts:
        said.append(_("Source facts for %(length)s. %(because)s") % _length(how.facts, how.facts_because))
    if how.values:
        said.append(
            _("Published values for %(length)s. %(because)s") % _length(how.values, how.values_because)
        )
    return " ".join(said).strip() or _("The charter does not say yet.")


def _length(duration: str, because: str) -> dict[str, str]:
    return {"length": words.duration(duration), "because": because}
