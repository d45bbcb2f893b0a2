"""`Idempotency-Key`: the same question under the same key is one question, with one entry and one receipt."""

import json
import threading
from contextvars import copy_context
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from governance.decisions import scans
from governance.decisions.models import DecisionRecord, KeptAnswer
from governance.people.scopes import Scope
from ground import clock
from tests import factories
from tests.governance.decisions.test_answer import LEAD_TIME, RANKING

QUERIES, CHECKS = "/api/v1/queries", "/api/v1/checks"
KEY = "0197f3a0-6b0d-7c9a-9d0e-1f2a3b4c5d6e"


def post(token, body, *, key=KEY, path=QUERIES):
    headers = {"Authorization": f"Token {token}", "Idempotency-Key": key}
    return Client().post(path, json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def token(house):
    return factories.a_token(house.manager, Scope.ASK)


@pytest.mark.parametrize("question", [LEAD_TIME, RANKING], ids=["permitted", "refused"])
@pytest.mark.parametrize("path", [QUERIES, CHECKS])
def test_asking_again_is_not_asking_twice(token, question, path):
    """Issue 14, 4: the same answer byte for byte, its receipt included, and no second entry; a refusal likewise."""
    first, again = post(token, question, path=path), post(token, question, path=path)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert DecisionRecord.objects.count() == KeptAnswer.objects.count() == 1


def test_a_batch_is_asked_once_as_a_whole(token):
    """Issue 14, 4: each of a batch has its receipt; what was wrong with one is wrong again."""
    batch = {"requests": [LEAD_TIME, {**LEAD_TIME, "metrics": ["no-such-metric"]}, RANKING]}
    first, again = post(token, batch), post(token, batch)
    assert first.content == again.content
    assert [each["status"] for each in first.json()["answers"]] == [200, 400, 403]
    assert DecisionRecord.objects.count() == 2


def test_a_key_stands_for_one_question_of_one_account(house, token):
    """Issue 14, 4: another body, another address or a batch under the key is refused; another account's key is its own."""
    post(token, LEAD_TIME)
    for body, path in (
        (RANKING, QUERIES), (LEAD_TIME, CHECKS), ({"requests": [LEAD_TIME]}, QUERIES),
    ):  # fmt: skip
        told = post(token, body, path=path)
        assert (told.status_code, told.json()["code"]) == (422, "idempotency_key_reused")
    other = post(factories.a_token(house.employee, Scope.ASK), LEAD_TIME)
    assert other.status_code == 200
    assert DecisionRecord.objects.count() == 2


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "clé"])
def test_a_key_that_is_none(token, key):
    """Issue 14, Bad input: 400 naming the header; without one, nothing is kept."""
    told = post(token, LEAD_TIME, key=key)
    assert told.status_code == (400 if key else 200)
    assert told.status_code == 200 or told.json()["field"] == "Idempotency-Key"
    assert not KeptAnswer.objects.exists()


def test_a_key_lasts_an_hour(token, stopped):
    """Issue 14, 4: a bounded life; then the same is asked anew, and the scan removes what was kept."""
    first = post(token, LEAD_TIME).json()
    with clock.stopped_at(stopped + timedelta(minutes=61)):
        anew = post(token, LEAD_TIME).json()
        assert anew["receipt"]["id"] != first["receipt"]["id"]
        assert KeptAnswer.objects.count() == 1
    with clock.stopped_at(stopped + timedelta(hours=3)):
        assert scans.KEPT_ANSWERS.once(by=factories.system()) == {"kept answers forgotten": 1}
    assert DecisionRecord.objects.count() == 2


def test_nothing_of_an_answer_can_be_read_from_the_database(token):
    """Issue 14, 4: what was kept opens with the asker's key alone; persons' own values are otherwise stored nowhere."""
    post(token, LEAD_TIME)
    kept = KeptAnswer.objects.get()
    assert (
        KEY not in kept.key_hash
        and b"20.0" not in bytes(kept.sealed)
        and b"payments" not in bytes(kept.sealed)
    )


@pytest.mark.committed
def test_two_workers_at_once_write_one_entry(house):
    """Issue 14, 4: the unique constraint decides a race; both are given the one answer."""
    token = factories.a_token(house.manager, Scope.ASK)
    told, ready = [], threading.Barrier(4)

    def ask():
        ready.wait()
        told.append(post(token, LEAD_TIME))
        connection.close()

    threads = [threading.Thread(target=copy_context().run, args=(ask,)) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {each.status_code for each in told} == {200}
    assert len({each.content for each in told}) == 1
    assert DecisionRecord.objects.count() == KeptAnswer.objects.count() == 1
