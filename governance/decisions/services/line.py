"""The line: request → facts → verdict → receipt → rows. `answer` is the only way to a value."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import Error as DatabaseError
from django.db import transaction

from audits.ledger import services as ledger
from charter import rules
from charter.rules.request import Request
from charter.rules.verdict import Verdict
from governance.decisions.events import QuestionAnswered, QuestionChecked
from governance.decisions.facts import access_history
from governance.decisions.facts.gathering import GatheredFacts, gather
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.requests.cost import charged
from governance.decisions.rows.reading import NOTHING, Reading, check_arrangement, read
from governance.decisions.services import repeats
from governance.decisions.services.access_notices import tell_of_look
from governance.decisions.services.answers import Answer, Unsigned
from governance.decisions.services.receipts import hash_rows, sign_decision
from governance.decisions.services.repeats import Once
from governance.people.models import User
from ground import statements
from ground.errors import Unavailable
from ground.promises import promised


def answer(
    *,
    request: Request,
    by: User,
    door: Door,
    rows: bool = True,
    is_charged: bool = False,
    through: User | None = None,
    once: Once | None = None,
) -> Answer:
    """Decide a request and, where it is permitted, give its rows with the receipt of having decided it.

    `rows=False` only checks. Raises BadInput for a request that names what is not there or asks of rows what no rule
    refuses and nothing can do or more than one request may, TooMuch where the account has had its part for now, and Unavailable (with no
    rows) when anything, the commit included, fails: no receipt, no rows. `through` is the enforcement point that asks for `by`.
    Asked `once`, a question that was answered under its key before is not asked again: its answer is given as it left.
    """
    if once is not None and (kept := repeats.find_kept(once, by=by)) is not None:
        return kept
    if not is_charged:
        with charged((request,), account=by.pk):
            return _answer(request, by=by, door=door, rows=rows, through=through, once=once)
    return _answer(request, by=by, door=door, rows=rows, through=through, once=once)


def _answer(
    request: Request, *, by: User, door: Door, rows: bool, through: User | None, once: Once | None
) -> Answer:
    try:
        return _decide(request, by=by, door=door, rows=rows, through=through, once=once)
    except repeats.AskedAtOnceError:  # another worker has answered it, and nothing of ours was written
        return repeats.get_kept(promised(once), by=by)


def _decide(
    request: Request, *, by: User, door: Door, rows: bool, through: User | None, once: Once | None
) -> Answer:
    """Lock, gather, decide, read, record, commit, sign: in this order."""
    with _or_unavailable():
        with transaction.atomic(durable=True):
            gathered = gather(request, by=by, rows=rows)
            verdict = rules.decide(gathered.facts, gathered.rulebook)
            if verdict.permits:
                check_arrangement(request, gathered)
            reading = read(request, gathered) if rows and verdict.permits else NOTHING
            decision = _record(
                request, gathered, verdict, reading, by=by, door=door, rows=rows, through=through
            )
            if rows and verdict.permits:
                tell_of_look(decision, gathered, by=by)
            if once is not None:
                repeats.keep(once, decision, Unsigned.of(decision, gathered, verdict, reading), by=by)
        receipt = sign_decision(decision, gathered.charters)
    return Unsigned.of(decision, gathered, verdict, reading).signed(receipt)


def _record(
    request: Request,
    gathered: GatheredFacts,
    verdict: Verdict,
    reading: Reading,
    *,
    by: User,
    door: Door,
    rows: bool,
    through: User | None,
) -> DecisionRecord:
    """Write what was asked, what was true and what was decided, and the ledger entry that proves it."""
    content_hash = hash_rows(reading.leaving) if rows and verdict.permits else ""
    decided: dict[str, Any] = {
        "verdict": verdict.outcome.value,
        "rules": sorted({match.id for match in verdict.rules}),
        "obligations": list(verdict.obligations),
        "rulebook_hash": gathered.rulebook.content_hash,
        "content_hash": content_hash,
        "snapshot": reading.snapshot or "",
        "door": door.value,
        "checked_only": not rows,
        "paired": [each.recorded for each in reading.paired],
        "subjects": list(gathered.persons),
        "request": request,
    }
    event = QuestionAnswered if rows else QuestionChecked
    with statements.together():
        asked_through = through.pk if through is not None else None
        entry = ledger.append(
            event(**decided, charters=gathered.charters, through=asked_through), by=by.actor
        )
        decision = DecisionRecord(
            at=gathered.facts[0].at,
            actor=by,
            facts=[_without_request(facts) for facts in gathered.facts],
            matches=verdict.rules,
            refused_for=access_history.list_refused_for(gathered.facts, verdict.rules),
            metrics=list(request.metrics),
            cohorts=list(request.cohorts),
            use=request.decision.value,
            grain=request.grain.value,
            roles=sorted(gathered.facts[0].actor.roles),
            through=through,
            entry=entry,
            **decided,
        )
        statements.insert(decision)
    return decision


def _without_request(facts: rules.Facts) -> dict[str, object]:
    """Facts as stored: the request stands beside them once."""
    return {name: getattr(facts, name) for name in facts.__struct_fields__ if name != "request"}


@contextmanager
def _or_unavailable() -> Iterator[None]:
    """A database that fails, at the commit too, gives no rows and no verdict."""
    try:
        yield
    except DatabaseError as error:
        raise Unavailable(
            "Your question could not be recorded, so it was not answered. Ask again."
        ) from error
