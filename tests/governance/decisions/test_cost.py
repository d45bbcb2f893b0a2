"""A question has a cost, with a limit for one request, one batch and one account a minute."""

import json
from contextlib import ExitStack
from threading import Event, Thread
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from charter.rules.request import Request
from governance.decisions.models import DecisionRecord
from governance.decisions.requests import cost
from governance.decisions.requests.cost import charged, work_out_cost
from ground.errors import BadInput, TooMuch
from ground.models import Count
from ground.rates import Rate
from tests import factories
from tests.governance.decisions.test_answer import LEAD_TIME, ask
from tests.pages import QUESTION

FORTY_YEARS = {"from": "1986-04-01", "to": "2026-04-01"}
MANY = {
    **LEAD_TIME,
    "grain": "person",
    "cohorts": [],
    "persons": [f"payments-{n}" for n in range(20)],
    "window": FORTY_YEARS,
}
ONE_OF_THEM = {**MANY, "persons": ["payments-1"]}


@pytest.fixture
def post(house):
    token = factories.a_token(house.manager)

    def _post(body: dict[str, Any], path: str = "checks") -> Any:
        return Client().post(
            f"/api/v1/{path}",
            json.dumps(body),
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Token {token}",
        )

    return _post


def asked(**changes: Any) -> Request:
    return msgspec.convert({**LEAD_TIME, **changes}, Request)


@pytest.mark.parametrize(
    ("changes", "worth"),
    [
        ({}, 3),
        ({"metrics": ["a", "b", "a"]}, 6),
        ({"cohorts": ["a", "b"], "persons": ["c"]}, 9),
        ({"cohorts": []}, 3),
        ({"period": "quarter"}, 1),
        ({"window": FORTY_YEARS}, 480),
        ({"window": {"from": "0001-01-01", "to": "9999-01-01"}}, 480),  # refused later, by its own words
        ({"window": {"from": "2026-04-01", "to": "2026-01-01"}}, 1),
    ],
)
def test_a_cost_is_metrics_by_subjects_by_periods(changes, worth):
    """Issue 9: what is looked at is what it costs."""
    assert work_out_cost(asked(**changes)) == worth


def test_one_request_has_a_limit(post, house):
    """Issue 9: 20 persons × 40 years were one request like any other. 400 names the limit; nothing is decided."""
    for path in ("checks", "queries"):
        reply = post(MANY, path)
        told = reply.json()
        assert (reply.status_code, told["code"], told["field"]) == (400, "too_costly", "window")
        assert "9,600 values" in told["detail"] and "5,000" in told["detail"]
    with pytest.raises(BadInput):
        ask(house.manager, MANY)
    assert not DecisionRecord.objects.exists()


def test_a_batch_has_a_limit_of_its_own(post):
    """Issue 9: 100 requests × 20 persons × 40 years took 25 s and counted once."""
    reply = post({"requests": [ONE_OF_THEM] * 100})
    assert (reply.status_code, reply.json()["code"], reply.json()["field"]) == (400, "too_costly", "requests")
    assert "20,000" in reply.json()["detail"]
    within, alone = post({"requests": [ONE_OF_THEM, MANY]}), post({"requests": [MANY]})
    assert (within.status_code, within.json()["field"]) == (400, "requests[1].window")
    assert (alone.status_code, alone.json()["field"]) == (400, "requests[0].window")
    assert not DecisionRecord.objects.exists()


def test_an_account_has_so_much_a_minute_over_all_doors(post, house, settings, client):
    """Issue 9: beyond it 429, with how long to wait; screens and the API count together."""
    settings.COST_RATE = Rate(1_000, 60)
    assert [post(ONE_OF_THEM).status_code for _ in range(2)] == [200, 200]
    refused = post(ONE_OF_THEM)
    assert (refused.status_code, refused.json()["code"]) == (429, "cost_limit")
    assert 1 <= int(refused["Retry-After"]) <= 60 and "1,000" in refused.json()["detail"]
    client.force_login(house.manager)
    page = client.post(
        "/ask", QUESTION | {"first": "2021-05", "metrics": ["lead-time-for-changes", "commit-count"]}
    )
    assert (page.status_code, page["Retry-After"]) == (429, refused["Retry-After"])
    assert ask(house.stranger, ONE_OF_THEM, rows=False)  # another account's minute is its own


def test_a_batch_counts_as_all_that_it_asks(post, settings):
    """Issue 9: it counted once."""
    settings.COST_RATE = Rate(1_000, 60)
    assert [post({"requests": [ONE_OF_THEM] * 2}).status_code for _ in range(2)] == [200, 429]
    assert Count.objects.get(key__startswith="cost").spent == 960


def test_an_ordinary_question_pays_no_statement_for_it(house):
    """Issue 9: pinned counts of the ordinary question do not rise; a costly one sends one statement more."""
    ask(house.manager)
    with CaptureQueriesContext(connection) as few:
        ask(house.manager)
    assert not [each for each in few if "ground_count" in each["sql"]]
    with CaptureQueriesContext(connection) as more:
        ask(house.manager, window=FORTY_YEARS, rows=False)
    assert len([each for each in more if "ground_count" in each["sql"]]) == 1


def test_long_questions_are_answered_one_at_a_time(house):
    """Issue 9: long reads give way to others: a second one is told to come back, and a short one is answered."""
    held, done = Event(), Event()
    long = [asked(cohorts=[f"team:{n}" for n in range(5)], window=FORTY_YEARS)]
    cost_of_all = sum(map(work_out_cost, long))
    assert cost_of_all >= cost.LONG

    def _hold() -> None:
        cost._LONG_ONES.acquire()
        held.set()
        done.wait(10)
        cost._LONG_ONES.release()

    holder = Thread(target=_hold)
    holder.start()
    held.wait(10)
    try:
        with pytest.raises(TooMuch) as raised, charged(long, account=house.manager.pk):
            pytest.fail("two long ones at once")
        assert (raised.value.code, raised.value.headers) == ("long_question_waits", {"Retry-After": "1"})
        assert ask(house.manager).verdict.permits
    finally:
        done.set()
        holder.join()
    with charged(long, account=house.manager.pk):
        pass
    with pytest.raises(BadInput), charged(long * 20, account=house.manager.pk, is_batch=True):
        pass
    with charged(long, account=house.manager.pk):
        pass  # a refusal keeps no place


def test_persons_own_values_are_worked_out_so_often_at_once(post):
    """Issue 9: a batch cost 20,000 values and read the warehouse 500 times, which kept a thread for minutes."""
    own = {
        **LEAD_TIME,
        "grain": "self",
        "cohorts": [],
        "persons": [],
        "metrics": [f"m-{n}" for n in range(5)],
    }
    reply = post({"requests": [own] * 21}, "queries")
    told = reply.json()
    assert (reply.status_code, told["code"], told["field"]) == (400, "too_costly", "requests")
    assert "105 times" in told["detail"] and "100 may" in told["detail"]
    alone = post({**own, "grain": "person", "persons": [f"payments-{n}" for n in range(21)]}, "queries")
    assert (alone.status_code, alone.json()["field"]) == (400, "persons")
    assert not DecisionRecord.objects.exists()


def test_whoever_reads_the_warehouse_leaves_threads_to_others(house):
    """Issue 9: four small questions about oneself kept all threads of a process for as long as the warehouse took."""
    own = [asked(grain="self", cohorts=[], persons=[])]
    with ExitStack() as held:
        for _ in range(cost.READERS):
            held.enter_context(charged(own, account=house.manager.pk))
        with pytest.raises(TooMuch) as raised, charged(own, account=house.manager.pk):
            pytest.fail("one more than there is room for")
        assert raised.value.code == "long_question_waits"
        assert ask(house.manager).verdict.permits
    with charged(own, account=house.manager.pk):
        pass
