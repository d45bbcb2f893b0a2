"""What the line gives back: a decided request, with its rows where it has any."""

from datetime import datetime
from typing import Self
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict

from audits.ledger.receipts import Receipt
from charter.measures.queries import Row
from charter.rules.verdict import Verdict
from governance.decisions.facts.gathering import GatheredFacts
from governance.decisions.facts.pairing import Paired
from governance.decisions.models import DecisionRecord
from governance.decisions.rows.reading import Reading


class Unsigned(Struct, frozen=True):
    """A decided request before its receipt is signed, which is after the commit."""

    id: UUID  # of the DecisionRecord
    verdict: Verdict
    charters: tuple[tuple[str, int], ...]  # metric and charter version
    rows: tuple[Row, ...]
    paired: tuple[Paired, ...]
    snapshot: str | None
    published_at: datetime | None
    rulebook_number: int
    rulebook_hash: str

    @classmethod
    def of(
        cls, decision: DecisionRecord, gathered: GatheredFacts, verdict: Verdict, reading: Reading
    ) -> Self:
        return cls(
            id=decision.pk,
            verdict=verdict,
            charters=tuple(gathered.charters.items()),
            rows=reading.rows,
            paired=reading.paired,
            snapshot=reading.snapshot,
            published_at=reading.published_at,
            rulebook_number=gathered.programme.rulebook_number,
            rulebook_hash=gathered.rulebook.content_hash,
        )

    def signed(self, receipt: Receipt) -> "Answer":
        """The answer as it leaves."""
        return Answer(**asdict(self), receipt=receipt)


class Answer(Unsigned, frozen=True, kw_only=True):
    """A decided request with its receipt. `rows` are empty unless it was permitted and rows were asked for."""

    receipt: Receipt
