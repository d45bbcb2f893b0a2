"""An assistant never exceeds its human: a chain of 1,000 calls that try to, each held against the line itself (issue 14, 5)."""

import random
from typing import Any

import msgspec
import pytest
from django.db import transaction

from governance.decisions.doors.replies import serialize_answer_with_rows
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.requests.parsing import parse
from governance.decisions.services import answer
from governance.people.models import User
from governance.people.scopes import Scope
from ground.errors import DomainError
from ground.rates import Rate
from tests import factories
from tests.governance.assistants.conftest import a_message, call, send
from tests.governance.decisions.many_questions import make_questions
from tests.governance.decisions.test_answer import LEAD_TIME, RANKING
from tests.proof import whole_or_short

# What somebody might hope to slip in: who they are, what they hold, and that no rule counts.
SLIPPED = {
    "as": "hr", "user": "manager", "actor": {"roles": ["hr"]}, "roles": ["manager"], "trained": True, "waived": ["AR04"],
    "_meta": {"user": "root"}, "subject": {"type": "user", "id": "manager"}, "door": "screen", "rows": True, "through": "root",
    "is_charged": True,
}  # fmt: skip


def by_the_line(user: User, question: dict[str, Any], *, rows: bool) -> tuple[str, Any]:
    """The verdict and the rows that the person gets without an assistant; nothing of it stays."""
    point = transaction.savepoint()
    try:
        given = answer(request=parse(msgspec.json.encode(question)), by=user, door=Door.API, rows=rows)
        told = msgspec.json.decode(msgspec.json.encode(serialize_answer_with_rows(given)))
        return given.verdict.outcome.value, (
            told["rows"],
            told["paired"],
        ) if given.verdict.permits and rows else None
    except DomainError as error:
        return error.code, None
    finally:
        transaction.savepoint_rollback(point)


def by_the_assistant(token: str, question: dict[str, Any], *, rows: bool) -> tuple[str, Any]:
    told = call(token, "ask" if rows else "may_i", question)["structuredContent"]
    given = (told["rows"], told["paired"]) if "rows" in told else None
    return told.get("verdict") or told["code"], given


def attack(token: str, user: User, question: dict[str, Any], drawn: random.Random) -> None:
    rows = drawn.random() < 0.6
    if drawn.random() < 0.3:
        name = drawn.choice(list(SLIPPED))
        before = DecisionRecord.objects.count()
        told = call(token, drawn.choice(["ask", "may_i"]), {**question, name: SLIPPED[name]})
        assert told["isError"] is True and "rows" not in told["structuredContent"]
        assert DecisionRecord.objects.count() == before
        return
    expected = by_the_line(user, question, rows=rows)
    known = set(DecisionRecord.objects.values_list("pk", flat=True))
    assert by_the_assistant(token, question, rows=rows) == expected, question
    for made in DecisionRecord.objects.exclude(pk__in=known):
        assert (made.actor, made.through, made.door) == (user, None, Door.ASSISTANT)


def test_some_calls_that_try_to(house):
    """Issue 14, 5: a sample in the suite, whole in the proof."""
    token, drawn = factories.a_token(house.employee, Scope.ASK), random.Random(5)  # noqa: S311
    for question in [LEAD_TIME, RANKING, *make_questions(10, seed=5)]:
        attack(token, house.employee, question, drawn)


@pytest.mark.proof(alone=True)
def test_a_chain_of_a_thousand(house, settings):
    """Issue 14, 5: whatever was asked before, each call gives what the person would be given, and nothing more."""
    settings.API_RATE = settings.COST_RATE = Rate(100_000_000, 1)
    users = [house.manager, house.employee, house.stranger, house.auditor]
    tokens = [factories.a_token(user, Scope.ASK) for user in users]
    drawn = random.Random(6)  # noqa: S311
    for question in make_questions(whole_or_short(1_000, 50), seed=6):
        at = drawn.randrange(len(users))
        attack(tokens[at], users[at], question, drawn)


def test_a_number_of_a_receipt_opens_nothing_of_others(house):
    """Issue 14, Bad input: receipts of others are not there, and a token that was revoked opens nothing."""
    from governance.people import tokens
    from governance.people.models import Token

    theirs = call(factories.a_token(house.manager, Scope.ASK), "ask", RANKING)["structuredContent"]
    mine = factories.a_token(house.stranger, Scope.ASK)
    found = call(mine, "explain_a_refusal", {"receipt": theirs["receipt"]["id"]})
    assert found["isError"] is True and "rules" not in found["structuredContent"]
    tokens.revoke_token(token=Token.objects.get(user=house.stranger), by=house.stranger)
    assert send(mine, a_message("tools/list")).status_code == 401
