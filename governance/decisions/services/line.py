"""The line: request → facts → verdict → receipt → rows. `answer` and `answer_all` are the only way to a value."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import Error as DatabaseError

from audits.ledger import services as ledger
from charter import rules
from charter.rules.asking import PERSON_GRAINS
from charter.rules.request import Request
from governance.decisions.facts.gathering import gather
from governance.decisions.facts.holding import hold
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.models.kept_charters import keep_charters
from governance.decisions.requests.cost import charged
from governance.decisions.rows.reading import NOTHING, check_arrangement, read
from governance.decisions.services import repeats
from governance.decisions.services.access_notices import tell_of_look
from governance.decisions.services.answers import Answer, Unsigned
from governance.decisions.services.receipts import sign_decision
from governance.decisions.services.recording import Asking, Decided
from governance.decisions.services.repeats import Once
from governance.people.models import User
from ground import statements
from ground.errors import DomainError, Unavailable
from ground.promises import promised
from ground.traces import traced
from ground.transactions import one_turn


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
    asking = Asking(by, door, rows, through)
    if is_charged:
        return _answer(request, asking, once)
    with charged((request,), account=by.pk):
        return _answer(request, asking, once)


def answer_all(
    *,
    requests: Sequence[Request],
    by: User,
    door: Door,
    rows: bool = True,
    through: User | None = None,
    onces: Sequence[Once | None] = (),
) -> list[Answer | DomainError]:
    """As `answer`, of several that are charged already: of each, in order, its answer or what is wrong with it.

    What is refused or permitted of one counts for those after it. Those that follow one another are decided in one
    transaction, but for questions about single persons, which are each decided in their own: these may take long, and whoever
    suspends a metric waits for all that ask for it.
    """
    asking, given = Asking(by, door, rows, through), list[Answer | DomainError]()
    asked = list(zip(requests, onces or [None] * len(requests), strict=True))
    while len(given) < len(asked):
        run = _first_run(asked[len(given) :])
        given += _answer_each(run, asking) if len(run) == 1 else _answer_run(run, asking)
    return given


_Asked = tuple[Request, Once | None]


def _first_run(asked: Sequence[_Asked]) -> Sequence[_Asked]:
    """Those at the beginning that are decided together. Under a key of its asker's each is answered by itself."""
    alone = (request.grain in PERSON_GRAINS or once is not None for request, once in asked)
    length = next((place for place, is_alone in enumerate(alone) if is_alone), len(asked))
    return asked[: max(length, 1)]


def _answer_run(asked: Sequence[_Asked], asking: Asking) -> list[Answer | DomainError]:
    try:
        return _decide([request for request, _ in asked], asking)
    except Unavailable as error:
        return [error] * len(asked)


def _answer_each(asked: Sequence[_Asked], asking: Asking) -> Iterator[Answer | DomainError]:
    for request, once in asked:
        try:
            kept = None if once is None else repeats.find_kept(once, by=asking.by)
            yield kept or _answer(request, asking, once)
        except DomainError as error:
            yield error


def _answer(request: Request, asking: Asking, once: Once | None) -> Answer:
    try:
        (given,) = _decide([request], asking, once=once)
    except repeats.AskedAtOnceError:  # another worker has answered it, and nothing of ours was written
        return repeats.get_kept(promised(once), by=asking.by)
    if isinstance(given, DomainError):
        raise given
    return given


def _decide(
    requests: Sequence[Request], asking: Asking, once: Once | None = None
) -> list[Answer | DomainError]:
    """Lock, gather, decide, read, record, commit, sign: in this order, of one request or of several in one transaction."""
    said = list[Decided | DomainError]()
    with _or_unavailable():
        with one_turn() as turn:
            with turn.begins():
                holding = hold(requests, by=asking.by, rows=asking.rows)
            held = holding.read()
            for request in requests:
                try:
                    gathered = gather(request, held, by=asking.by, rows=asking.rows)
                    verdict = rules.decide(gathered.facts, gathered.rulebook)
                    if verdict.permits:
                        check_arrangement(request, gathered)
                    reading = read(request, gathered) if asking.rows and verdict.permits else NOTHING
                    said.append(Decided(request, gathered, verdict, reading))
                    if asking.rows:
                        held.note(request, gathered.facts, verdict, gathered.persons)
                except DomainError as error:
                    said.append(error)
            decided = [each for each in said if isinstance(each, Decided)]
            more = once is not None or any(_tells(each, asking) for each in decided)
            with statements.together() if more else turn.ends():
                records = _record(decided, asking, kept=held.kept)
            for each, decision in zip(decided, records, strict=True) if more else ():
                _follow(each, decision, asking, once)
        receipts = [_sign(each, decision) for each, decision in zip(decided, records, strict=True)]
    signed = iter(receipts)
    return [each if isinstance(each, DomainError) else next(signed) for each in said]


@traced("line.record")
def _record(decided: Sequence[Decided], asking: Asking, *, kept: frozenset[str]) -> list[DecisionRecord]:
    """Write what was asked, what was true and what was decided: one statement for the log, and one for the records.

    What charters say is written as well where it is not `kept` yet.
    """
    keep_charters((facts.charter for each in decided for facts in each.gathered.facts), kept=kept)
    said = [(each, each.says(asking)) for each in decided]
    entries = ledger.append_all([each.make_event(what, asking) for each, what in said], by=asking.by.actor)
    records = [
        DecisionRecord(entry=entry, **each.list_columns(what, asking))
        for entry, (each, what) in zip(entries, said, strict=True)
    ]
    statements.insert_all(records)
    return records


def _tells(decided: Decided, asking: Asking) -> bool:
    """Whether somebody is to be told that they were looked at."""
    return asking.rows and decided.verdict.permits and bool(decided.gathered.others)


def _follow(decided: Decided, decision: DecisionRecord, asking: Asking, once: Once | None) -> None:
    """Write what else belongs to a decision, in its transaction."""
    if _tells(decided, asking):
        tell_of_look(decision, decided.gathered, by=asking.by)
    if once is not None:
        repeats.keep(once, decision, _unsigned(decided, decision), by=asking.by)


@traced("line.receipt")
def _sign(decided: Decided, decision: DecisionRecord) -> Answer:
    return _unsigned(decided, decision).signed(sign_decision(decision, decided.gathered.charters))


def _unsigned(decided: Decided, decision: DecisionRecord) -> Unsigned:
    return Unsigned.of(decision, decided.gathered, decided.verdict, decided.reading)


@contextmanager
def _or_unavailable() -> Iterator[None]:
    """A database that fails, at the commit too, gives no rows and no verdict."""
    try:
        yield
    except DatabaseError as error:
        raise Unavailable(
            "Your question could not be recorded, so it was not answered. Ask again."
        ) from error
