"""What a case would permit that is not permitted now, in words: nothing, or one request that shows it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from msgspec.structs import replace

from charter.programme import queries as programme_queries
from charter.programme.models import DecisionKind
from charter.registry import documents, rulebooks
from charter.registry import queries as registry
from charter.registry.known_charters import read_known_charter
from charter.registry.models import CharterVersion
from charter.rules import Rulebook
from charter.rules.facts import DecisionFacts
from charter.rules.proof.analyses import Opening, find_opening
from charter.rules.proof.known import KnownCharter
from charter.rules.proof.openings import find_charter_opening, find_need_opening, find_waiver_opening
from charter.rules.proof.words import describe_request, say_request
from charter.rules.vocabulary import DecisionType
from ground import calendar
from ground.errors import Unavailable

_NEEDS = {"evidence_needed", "fairness_needed", "accountable_needed"}


class ShownOpening(NamedTuple):
    """`outcome` as a verdict says it; `lines` are the request, where there is one."""

    outcome: str
    title: str
    text: str
    lines: tuple[tuple[str, str], ...] = ()


def show_opening(found: Opening) -> ShownOpening:
    """What was worked out, in a title and a sentence; what was not counts as something that may be opened."""
    if found.opens is None:
        text = _("It could not be worked out, so it is not shown that nothing new would be permitted.")
        return ShownOpening("due", _("Not worked out"), f"{text} {found.not_covered}".strip())
    if not found.opens:
        text = _(
            "Worked out for every request that can be made, with every exception that the board could grant."
        )
        return ShownOpening("permit", _("It would permit nothing new"), text)
    if found.shown is None:
        text = _(
            "Something would be permitted that is refused now, but no request could be made of what was found."
        )
        return ShownOpening("due", _("It would permit something new"), text)
    text = _("Such as this, which is refused now. Nobody has asked it: it was found by a proof.")
    return ShownOpening("due", _("It would permit something new"), text, describe_request(found.shown))


def say_opening(found: Opening) -> str:
    """The same in one text, for a list of details."""
    shown = show_opening(found)
    request = say_request(found.shown) if found.shown else ""
    return " ".join(part for part in (f"{shown.title}.", shown.text, request) if part)


def show_rules_opening(old: Rulebook | None, new: Rulebook | None) -> ShownOpening | None:
    """What new rules would permit; None before there were any, or where some cannot be read."""
    return show_opening(find_opening(old, new)) if old and new else None


def show_charter_opening(earlier: CharterVersion | None, version: CharterVersion) -> ShownOpening | None:
    """What a charter version would permit that the earlier one does not, if its fairness audit is passed; None for a first."""
    rulebook = _find_rules() if earlier else None
    if earlier is None or rulebook is None:
        return None
    sources, today = documents.read_sources(), calendar.today()
    old, new = (_known(each, sources, today) for each in (earlier, version))
    return show_opening(find_charter_opening(rulebook, old, new))


def say_waiver_opening(rule_id: str, decision: str = "") -> str:
    """What setting a rule aside would permit, for a decision or for all; empty where the rules cannot be read."""
    rulebook = _find_rules()
    if rulebook is None:
        return ""
    return say_opening(find_waiver_opening(rulebook, rule_id, DecisionType(decision) if decision else None))


def list_need_openings(changes: Mapping[str, Any], former: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """For each decision whose needs would change, its slug and what that would permit."""
    rulebook = _find_rules()
    slugs = sorted({key.partition(".")[0] for key in changes if key.partition(".")[2] in _NEEDS})
    kinds = DecisionKind.objects.filter(slug__in=slugs).order_by("slug") if rulebook and slugs else ()
    for facts in programme_queries.read_decision_facts(kinds).values():
        old, new = (_with_needs(facts, told) for told in (former, changes))
        yield facts.decision, say_opening(find_need_opening(rulebook, old, new))


def _with_needs(facts: DecisionFacts, told: Mapping[str, Any]) -> DecisionFacts:
    own = {name: told[key] for name in _NEEDS if (key := f"{facts.decision}.{name}") in told}
    return replace(facts, **own)


def _known(version: CharterVersion, sources: Any, today: Any) -> KnownCharter:
    document = registry.load_document(version.pk)
    return read_known_charter(document, number=version.number, sources=sources, today=today)


def _find_rules() -> Rulebook | None:
    try:
        return rulebooks.load_rules_for_examples()
    except Unavailable:
        return None
