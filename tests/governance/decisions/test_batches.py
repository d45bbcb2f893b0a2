"""Several questions in one transaction are answered as each would be by itself (issue 14, 6)."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audits.ledger.models import Entry, Outbox, Payload
from charter.rules.request import Request
from charter.rules.vocabulary import Outcome
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.services import answer, answer_all
from governance.decisions.services.answers import Answer
from governance.people.models import User
from ground.errors import BadInput, DomainError, Unavailable
from tests import databases, factories
from tests.governance.decisions.looks import LOOK, people
from tests.governance.decisions.many_questions import make_questions
from tests.governance.decisions.test_answer import _COMMITS_FAIL, LEAD_TIME, RANKING
from tests.proof import whole_or_short

__all__ = ["people"]

RATING = {**LEAD_TIME, "decision": "performance_rating"}
STAFFING = {**LEAD_TIME, "decision": "staffing"}
NOTHING = {**LEAD_TIME, "metrics": ["no-such-metric"]}
TWICE = {**LEAD_TIME, "cohorts": ["team:payments", "team:payments"]}
# What one question of a batch has to do with another: a refusal that a later one goes round, and what settles it.
TOGETHER = (RATING, STAFFING, LEAD_TIME, LEAD_TIME, NOTHING, TWICE, LOOK, RANKING)


def asked(*questions: dict[str, Any]) -> list[Request]:
    return [msgspec.convert(each, Request) for each in questions]


def drawn(seed: int, count: int = 14) -> list[Request]:
    """Questions of which many have to do with one another."""
    chance = random.Random(seed)  # noqa: S311 - the same each time
    odd = make_questions(count, seed=seed)
    return asked(*(chance.choice(TOGETHER) if chance.random() < 0.6 else each for each in odd))


def one_by_one(requests: list[Request], by: User, *, rows: bool) -> list[Answer | DomainError]:
    given: list[Answer | DomainError] = []
    for request in requests:
        try:
            given.append(answer(request=request, by=by, door=Door.API, rows=rows, is_charged=True))
        except DomainError as error:
            given.append(error)
    return given


def together(requests: list[Request], by: User, *, rows: bool) -> list[Answer | DomainError]:
    return answer_all(requests=requests, by=by, door=Door.API, rows=rows)


def answers_to(requests: list[Request], by: User, *, rows: bool) -> list[Answer]:
    """As `together`, of questions that are well asked."""
    given = together(requests, by, rows=rows)
    answers = [each for each in given if isinstance(each, Answer)]
    assert len(answers) == len(given)
    return answers


def said(given: Answer | DomainError) -> tuple[Any, ...]:
    """What was told, but for what is new each time."""
    if isinstance(given, DomainError):
        return type(given), given.status, given.code, given.field, given.detail
    text = json.loads(given.receipt.text)
    signed = {name: text[name] for name in text.keys() - {"entry", "leaf_hash", "at"}}
    return (
        given.verdict,
        given.charters,
        given.rows,
        given.paired,
        given.snapshot,
        given.rulebook_hash,
        signed,
    )


def kept() -> list[dict[str, Any]]:
    """The records as they were written, in order, and what the log keeps of each."""
    written = []
    for record in DecisionRecord.objects.select_related("entry__payload").order_by("at", "pk"):
        columns = {field.attname: getattr(record, field.attname) for field in DecisionRecord._meta.fields}
        for name in ("id", "at", "entry_id"):
            del columns[name]
        columns["facts"] = [
            {name: told for name, told in one.items() if name != "at"} for one in record.facts
        ]
        body = json.loads(bytes(record.entry.payload.body))
        written.append({**columns, "body": body, "kind": record.entry.kind})
    return written


@contextmanager
def undone() -> Iterator[None]:
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def compare(requests: list[Request], by: User, *, rows: bool) -> Counter[object]:
    with undone():
        alone, alone_kept = [said(each) for each in one_by_one(requests, by, rows=rows)], kept()
    with undone():
        batch, batch_kept = [said(each) for each in together(requests, by, rows=rows)], kept()
    assert batch == alone
    assert batch_kept == alone_kept
    return Counter(each[0].outcome if hasattr(each[0], "outcome") else each[0] for each in alone)


@pytest.mark.parametrize("rows", [True, False], ids=["queries", "checks"])
@pytest.mark.proof
def test_a_batch_is_answered_as_its_questions_one_by_one(people, rows):
    """Issue 14, 6: the same answers, rows, receipts, records and entries, for questions that bear on one another."""
    seen = Counter[object]()
    if not rows:  # what was refused before counts for checks too
        one_by_one(asked(RATING), people.manager, rows=True)
    for seed in range(whole_or_short(60, 3)):
        seen += compare(drawn(seed), people.manager, rows=rows)
    assert {*Outcome, BadInput} <= set(seen), seen


def test_what_is_refused_in_a_batch_counts_for_what_comes_after_it(people):
    """AR13: a use that was just refused is not gone round within the same batch; a check counts for nothing."""
    refused, hop = answers_to(asked(RATING, STAFFING), people.manager, rows=True)
    assert refused.verdict.outcome is Outcome.DENY
    assert "AR13" in {match.id for match in hop.verdict.rules}
    with_it = DecisionRecord.objects.get(pk=hop.id)
    assert with_it.facts[0]["looking"]["hopped_from"] == "performance_rating"


def test_a_check_in_a_batch_counts_for_nothing(people):
    """AR13: nobody's day is closed by a check."""
    _refused, staffing = answers_to(asked(RATING, STAFFING), people.manager, rows=False)
    looked = DecisionRecord.objects.get(pk=staffing.id).facts[0]["looking"]
    assert looked["hopped_from"] is None


def test_what_a_batch_refused_counts_afterwards(people):
    """What was written together is read as if it had been written one by one."""
    together(asked(RATING, LEAD_TIME), people.manager, rows=True)
    (hop,) = answers_to(asked(STAFFING), people.manager, rows=True)
    assert "AR13" in {match.id for match in hop.verdict.rules}


def test_an_error_of_one_is_no_error_of_the_others(people):
    """Issue 14, 6: per-item errors; each that is decided has its record and its entry."""
    given = together(asked(LEAD_TIME, NOTHING, TWICE, RATING), people.manager, rows=True)
    assert [each.field for each in given if isinstance(each, DomainError)] == ["metrics", "cohorts"]
    answers = [each for each in given if isinstance(each, Answer)]
    assert [each.verdict.outcome for each in answers] == [Outcome.PERMIT, Outcome.DENY]
    assert {each.receipt.id for each in answers} == set(
        DecisionRecord.objects.values_list("entry_id", flat=True)
    )


def test_under_a_key_a_batch_is_answered_once(people):
    """Idempotency-Key: each question of a batch is found again under its place; the batch writes nothing anew."""
    from django.test import Client

    token = factories.a_token(people.manager)
    body = json.dumps({"requests": [LEAD_TIME, NOTHING, RATING]})
    headers = {"Authorization": f"Token {token}", "Idempotency-Key": "k-1"}
    first, again = [
        Client().post("/api/v1/queries", body, content_type="application/json", headers=headers) for _ in "ab"
    ]
    assert first.json() == again.json()
    assert [each["status"] for each in first.json()["answers"]] == [200, 400, 403]
    assert DecisionRecord.objects.count() == 2


@pytest.mark.committed
@pytest.mark.parametrize("rows", [True, False], ids=["queries", "checks"])
def test_a_batch_costs_one_transaction_and_one_statement_a_table(people, rows):
    """Issue 14, Measured: the statements of a batch are pinned. A query reads its rows in one statement each, a check none."""
    questions = asked(*({**LEAD_TIME, "reason": f"Number {number}."} for number in range(20)))
    together(questions, people.manager, rows=rows)
    with CaptureQueriesContext(connection) as captured:
        given = answers_to(questions, people.manager, rows=rows)
    assert all(each.verdict.permits for each in given)
    sql = [each["sql"] for each in captured]
    assert len(sql) == 4 + len(("BEGIN", "COMMIT")) + (len(questions) if rows else 0), sql
    assert sum(each.startswith("INSERT") for each in sql) == 1


@pytest.mark.committed
def test_a_batch_that_cannot_be_committed_answers_nothing(people, server):
    """Issue 2, 7: no receipt, no rows; each of its questions is told so, and nothing of any is kept."""
    address = databases.owner_url(server, connection.settings_dict["NAME"])
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute(_COMMITS_FAIL)
    before = Entry.objects.count(), Payload.objects.count(), Outbox.objects.count()
    given = together(asked(LEAD_TIME, RATING), people.manager, rows=True)
    assert [type(each) for each in given] == [Unavailable, Unavailable]
    assert not DecisionRecord.objects.exists()
    assert (Entry.objects.count(), Payload.objects.count(), Outbox.objects.count()) == before


def test_each_receipt_of_a_batch_is_of_its_own_entry(people):
    """Receipts stay verifiable one by one."""
    answers = answers_to(asked(LEAD_TIME, replace_reason("Another."), RATING), people.manager, rows=True)
    hashes = {each.receipt.id: each.receipt.leaf_hash for each in answers}
    assert len(hashes) == 3
    assert {entry.pk: bytes(entry.leaf_hash).hex() for entry in Entry.objects.filter(pk__in=hashes)} == hashes


def replace_reason(reason: str) -> dict[str, Any]:
    return {**LEAD_TIME, "reason": reason}
