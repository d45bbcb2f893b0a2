"""What is kept of decided questions: a record each, and the ledger entry that proves it."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from audits.ledger import services as ledger
from audits.ledger.models import Entry
from charter import rules
from charter.rules.request import Request
from charter.rules.verdict import Verdict
from governance.decisions.events import QuestionAnswered, QuestionChecked
from governance.decisions.facts import access_history
from governance.decisions.facts.gathering import GatheredFacts
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.rows.reading import Reading
from governance.decisions.services.receipts import hash_rows
from governance.people.models import User
from ground import statements


class Asking(Struct, frozen=True):
    """Who asks, at which door, whether for rows as well, and through which enforcement point."""

    by: User
    door: Door
    rows: bool = True
    through: User | None = None


class Decided(Struct, frozen=True):
    """A request, what was true of it, what the rules said, and what leaves."""

    request: Request
    gathered: GatheredFacts
    verdict: Verdict
    reading: Reading

    @property
    def says(self) -> dict[str, Any]:
        """What both the record and the entry say."""
        return {
            "request": self.request,
            "verdict": self.verdict.outcome.value,
            "rules": sorted({match.id for match in self.verdict.rules}),
            "obligations": list(self.verdict.obligations),
            "rulebook_hash": self.gathered.rulebook.content_hash,
            "snapshot": self.reading.snapshot or "",
            "paired": [each.recorded for each in self.reading.paired],
            "subjects": list(self.gathered.persons),
        }


def record(decided: Sequence[Decided], asking: Asking) -> list[DecisionRecord]:
    """Write what was asked, what was true and what was decided: one statement for the log, and one for the records."""
    said = [{**each.says, **_asked(each, asking)} for each in decided]
    event, through = QuestionAnswered if asking.rows else QuestionChecked, asking.through
    entries = ledger.append_all(
        [
            event(**what, charters=each.gathered.charters, through=through.pk if through else None)
            for each, what in zip(decided, said, strict=True)
        ],
        by=asking.by.actor,
    )
    records = [
        _make_record(each, what, entry, asking)
        for each, what, entry in zip(decided, said, entries, strict=True)
    ]
    statements.insert_all(records)
    return records


def _asked(decided: Decided, asking: Asking) -> dict[str, Any]:
    leaves = asking.rows and decided.verdict.permits
    return {
        "door": asking.door.value,
        "checked_only": not asking.rows,
        "content_hash": hash_rows(decided.reading.leaving) if leaves else "",
    }


def _make_record(decided: Decided, said: dict[str, Any], entry: Entry, asking: Asking) -> DecisionRecord:
    request, facts, matches = decided.request, decided.gathered.facts, decided.verdict.rules
    return DecisionRecord(
        at=facts[0].at,
        actor=asking.by,
        through=asking.through,
        facts=[_without_request(one) for one in facts],
        matches=matches,
        refused_for=access_history.list_refused_for(facts, matches),
        metrics=list(request.metrics),
        cohorts=list(request.cohorts),
        use=request.decision.value,
        grain=request.grain.value,
        roles=sorted(facts[0].actor.roles),
        entry=entry,
        **said,
    )


def _without_request(facts: rules.Facts) -> dict[str, object]:
    """Facts as stored: the request stands beside them once."""
    return {name: getattr(facts, name) for name in facts.__struct_fields__ if name != "request"}
