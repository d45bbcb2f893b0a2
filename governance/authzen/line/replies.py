"""An answer of the line as AuthZEN's decision: true or false, and in its context the rules, what a use owes, and the receipt."""

from typing import Any

from django.utils.translation import get_language

from charter.rules.vocabulary import Outcome
from governance.authzen.wire.deciding import AccessDecision
from governance.decisions.doors.replies import serialize_answer
from governance.decisions.services.answers import Answer

VENDOR = "metric-charter"


def tell(given: Answer, ignored: list[str]) -> AccessDecision:
    """The decision: a question that is for the board is none that is allowed. What was not heard is named."""
    told = serialize_answer(given)
    context = {
        "verdict": told.pop("verdict"),
        "reasons": [_reason(rule) for rule in told.pop("rules")],
        "obligations": [_obligation(place, word) for place, word in enumerate(told.pop("obligations"))],
        **told,
        "ignored": ignored,
    }
    said = {name: value for name, value in context.items() if value not in ([], {})}
    return AccessDecision(given.verdict.outcome is Outcome.PERMIT, said)


def _reason(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule as a reason: for who runs the other system what matched and why, for who asks what to do."""
    language = (get_language() or "en").partition("-")[0]
    return {
        **rule,
        "reason_admin": {language: f"{rule['id']}, {rule['metric']}: {rule['here']} {rule['why']}"},
        "reason_user": {language: f"{rule['title']}. {rule['text']} {rule['fix']}"},
    }


def _obligation(place: int, word: str) -> dict[str, Any]:
    """What a use owes, in the form of the draft AuthZEN Obligations: none of ours is a registered type, so each is `custom`."""
    return {
        "id": f"{place + 1}-{word}",
        "type": "custom",
        "properties": {"vendor": VENDOR, "action": word},
    }
