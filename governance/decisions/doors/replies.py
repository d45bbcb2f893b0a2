"""The one form in which every door tells what the line gives back."""

from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings

from charter.rules.verdict import RuleMatch
from charter.rules.vocabulary import Outcome
from governance.decisions.services.answers import Answer
from ground.errors import DomainError


class UseDenied(DomainError):
    """The rules refuse this use. Raised by doors that give rows, so that they cannot give them by mistake."""

    status = 403
    code = "use_denied"
    title = "This use is not allowed"


class UseReferred(UseDenied):
    """The rules leave this use to the board, and until it has said yes it is refused."""

    code = "use_referred"
    title = "This use is for the board to decide"


def make_denial(answer: Answer) -> UseDenied:
    """A refusal as a typed error: each rule with its reason, its fix and where to contest it."""
    ids = ", ".join(dict.fromkeys(match.id for match in answer.verdict.rules))
    refused = UseReferred if answer.verdict.outcome is Outcome.REFER else UseDenied
    return refused(
        f"No values were read. Decided by {ids}.",
        verdict=answer.verdict.outcome.value,
        rules=serialize_rules(answer),
        receipt=serialize_receipt(answer),
        **_way_to_the_board(answer),
    )


def serialize_answer(answer: Answer) -> dict[str, Any]:
    """An answer as JSON values, in the order that readers need them."""
    return {
        "verdict": answer.verdict.outcome.value,
        "receipt": serialize_receipt(answer),
        "rules": serialize_rules(answer),
        "obligations": list(answer.verdict.obligations),
        "charters": [{"metric": metric, "version": version} for metric, version in answer.charters],
        "rulebook": {"number": answer.rulebook_number, "hash": answer.rulebook_hash},
        **_way_to_the_board(answer),
    }


def _way_to_the_board(answer: Answer) -> dict[str, str]:
    """Where a question that the rules leave to the board is put to it, by POST."""
    if answer.verdict.outcome is not Outcome.REFER:
        return {}
    return {"refer_url": f"{settings.BASE_URL}/api/v1/receipts/{answer.receipt.id}/referral"}


def serialize_answer_with_rows(answer: Answer) -> dict[str, Any]:
    """A permitted answer with its rows and where they came from."""
    source = {"snapshot": answer.snapshot, "published_at": answer.published_at}
    rows, paired = msgspec.to_builtins((answer.rows, answer.paired))
    return {**serialize_answer(answer), "rows": rows, "paired": paired, "source": source}


def serialize_receipt(answer: Answer) -> dict[str, Any]:
    return {**msgspec.to_builtins(answer.receipt), "url": f"{settings.BASE_URL}/receipts/{answer.receipt.id}"}


def serialize_rules(answer: Answer) -> list[dict[str, Any]]:
    return [
        {**msgspec.to_builtins(match), "contest_url": make_contest_url(answer.id, match)}
        for match in answer.verdict.rules
    ]


def make_contest_url(decision: UUID, match: RuleMatch) -> str:
    """Where this use of this rule can be contested."""
    return f"{settings.BASE_URL}/decisions/{decision}/contest?rule={match.id}&metric={match.metric}"
