"""The line: request → facts → verdict → receipt → rows. `answer` is the only way to a value."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from django.db import Error as DatabaseError
from django.db import transaction

from audits.ledger import services as ledger
from charter import rules
from charter.rules.request import Request
from charter.rules.verdict import Verdict
from governance.decisions.gathering import Gathered, gather
from governance.decisions.models import Decision, Door
from governance.decisions.reading import NOTHING, Reading, read
from governance.decisions.replies import Answer
from governance.decisions.services.looks import tell_of_look
from governance.people.models import User
from ground import statements
from ground.errors import Unavailable


def answer(*, request: Request, by: User, door: Door, rows: bool = True) -> Answer:
    """Decide a request and, where it is permitted, give its rows with the receipt of having decided it.

    `rows=False` only checks. Raises BadInput for a request that names what is not there, and Unavailable (with no
    rows) when anything, the commit included, fails: no receipt, no rows.
    """
    with _or_unavailable():
        with transaction.atomic(durable=True):
            gathered = gather(request, by=by, rows=rows)
            verdict = rules.decide(gathered.facts, gathered.rulebook)
            reading = read(request, gathered) if rows and verdict.permits else NOTHING
            decision = _record(request, gathered, verdict, reading, by=by, door=door, rows=rows)
            if rows and verdict.permits:
                tell_of_look(decision, gathered, by)
        receipt = ledger.sign(decision.entry)
    return Answer.of(decision, gathered, verdict, reading, receipt)


def _record(
    request: Request,
    gathered: Gathered,
    verdict: Verdict,
    reading: Reading,
    *,
    by: User,
    door: Door,
    rows: bool,
) -> Decision:
    """Write what was asked, what was true and what was decided, and the ledger entry that proves it."""
    content_hash = _hash(reading.leaving) if rows and verdict.permits else ""
    decided = {
        "verdict": verdict.outcome.value,
        "rules": sorted({bite.id for bite in verdict.rules}),
        "obligations": list(verdict.obligations),
        "rulebook_hash": gathered.rulebook.content_hash,
        "content_hash": content_hash,
        "door": door.value,
        "checked_only": not rows,
        "paired": [each.recorded for each in reading.paired],
        "subjects": list(gathered.persons),
        "request": request,
    }
    charters = {each.metric: each.number for each in gathered.governing}
    kind = "decisions.answered" if rows else "decisions.checked"
    with statements.together():
        entry = ledger.append(kind=kind, payload={**decided, "charters": charters}, by=by.actor)
        decision = Decision(
            at=gathered.facts[0].at,
            actor=by,
            facts=[_without_request(facts) for facts in gathered.facts],
            bites=verdict.rules,
            metrics=list(request.metrics),
            cohorts=list(request.cohorts),
            use=request.decision.value,
            grain=request.grain.value,
            entry=entry,
            **decided,
        )
        statements.insert(decision)
    return decision


def _without_request(facts: rules.Facts) -> dict[str, object]:
    """Facts as stored: the request stands beside them once."""
    return {name: getattr(facts, name) for name in facts.__struct_fields__ if name != "request"}


def _hash(rows: tuple[object, ...]) -> str:
    """SHA-256 of the rows as they leave, hex."""
    return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()


@contextmanager
def _or_unavailable() -> Iterator[None]:
    """A database that fails, at the commit too, gives no rows and no verdict."""
    try:
        yield
    except DatabaseError as error:
        raise Unavailable(
            "Your question could not be recorded, so it was not answered. Ask again."
        ) from error
