"""What the line gives back, and the one form in which every door tells it."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

import msgspec
from django.conf import settings
from msgspec import Struct

from audits.ledger.receipts import Receipt
from charter.measures.queries import Row
from charter.rules.verdict import Bite, Verdict
from charter.rules.vocabulary import Outcome
from governance.decisions.gathering import Gathered
from governance.decisions.models import Decision
from governance.decisions.pairing import Paired
from governance.decisions.reading import Reading
from ground.errors import HouseError


class Answer(Struct, frozen=True):
    """A decided request. `rows` are empty unless it was permitted and rows were asked for."""

    id: UUID  # of the Decision
    verdict: Verdict
    receipt: Receipt
    charters: tuple[tuple[str, int], ...]  # metric and charter version
    rows: tuple[Row, ...]
    paired: tuple[Paired, ...]
    snapshot: str | None
    published_at: datetime | None
    rulebook_number: int
    rulebook_hash: str

    @classmethod
    def of(
        cls, decision: Decision, gathered: Gathered, verdict: Verdict, reading: Reading, receipt: Receipt
    ) -> Self:
        return cls(
            id=decision.pk,
            verdict=verdict,
            receipt=receipt,
            charters=tuple((each.metric, each.number) for each in gathered.governing),
            rows=reading.rows,
            paired=reading.paired,
            snapshot=reading.snapshot,
            published_at=reading.published_at,
            rulebook_number=gathered.programme.rulebook_number,
            rulebook_hash=gathered.rulebook.content_hash,
        )


class UseDenied(HouseError):
    """The rules refuse this use. Raised by doors that give rows, so that they cannot give them by mistake."""

    status = 403
    code = "use_denied"
    title = "This use is not allowed"


class UseReferred(UseDenied):
    """The rules leave this use to the board, and until it has said yes it is refused."""

    code = "use_referred"
    title = "This use is for the board to decide"


def denial(answer: Answer) -> UseDenied:
    """A refusal as a typed error: each rule with its reason, its fix and where to contest it."""
    ids = ", ".join(dict.fromkeys(bite.id for bite in answer.verdict.rules))
    refused = UseReferred if answer.verdict.outcome is Outcome.REFER else UseDenied
    return refused(
        f"No values were read. Decided by {ids}.",
        verdict=answer.verdict.outcome.value,
        rules=told_rules(answer),
        receipt=told_receipt(answer),
        **_way_to_the_board(answer),
    )


def told(answer: Answer) -> dict[str, Any]:
    """An answer as JSON values, in the order that readers need them."""
    return {
        "verdict": answer.verdict.outcome.value,
        "receipt": told_receipt(answer),
        "rules": told_rules(answer),
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


def told_with_rows(answer: Answer) -> dict[str, Any]:
    """A permitted answer with its rows and where they came from."""
    source = {"snapshot": answer.snapshot, "published_at": answer.published_at}
    rows, paired = msgspec.to_builtins((answer.rows, answer.paired))
    return {**told(answer), "rows": rows, "paired": paired, "source": source}


def told_receipt(answer: Answer) -> dict[str, Any]:
    return {**msgspec.to_builtins(answer.receipt), "url": f"{settings.BASE_URL}/receipts/{answer.receipt.id}"}


def told_rules(answer: Answer) -> list[dict[str, Any]]:
    return [
        {**msgspec.to_builtins(bite), "contest_url": contest_url(answer.id, bite)}
        for bite in answer.verdict.rules
    ]


def contest_url(decision: UUID, bite: Bite) -> str:
    """Where this use of this rule can be contested."""
    return f"{settings.BASE_URL}/decisions/{decision}/contest?rule={bite.id}&metric={bite.metric}"
