"""How often an account, or an address, may ask the API: who counts as whom, and what it costs."""

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ground import statements
from ground.models import Count
from ground.rates import Rate
from tests import factories
from tests.ground.test_counts import in_redis, key

__all__ = ["in_redis", "key"]

pytestmark = pytest.mark.django_db

COHORTS, SCHEMA = "/api/v1/cohorts", "/api/schema/?format=json"
ADDRESS = "192.0.2.1"


@pytest.fixture(autouse=True)
def _rate(settings):
    settings.API_RATE = Rate(2, 60)


@pytest.fixture
def ana():
    return factories.an_account("ana")


def token_of(user) -> str:
    return factories.a_token(user)


def ask(token: str = "", *, path: str = COHORTS, address: str = ADDRESS, **meta: str):
    """A request, with a token where one is given."""
    if token:
        meta["HTTP_AUTHORIZATION"] = f"Token {token}"
    return Client(REMOTE_ADDR=address).get(path, **meta)


def statuses(times: int, *args, **options) -> list[int]:
    return [ask(*args, **options).status_code for _ in range(times)]


def test_tokens_of_an_account_count_together_and_accounts_apart(ana):
    """Issue 8, 8: the rate is an account's, wherever it asks from."""
    first, second = token_of(ana), token_of(ana)
    assert [ask(first).status_code, ask(second, address="192.0.2.2").status_code] == [200, 200]
    assert [ask(first).status_code, ask(second).status_code] == [429, 429]
    assert ask(token_of(factories.an_account())).status_code == 200


def test_a_refusal_says_when_to_ask_again(ana):
    """Issue 8, 8: the form of all problems, and a Retry-After that holds."""
    token = token_of(ana)
    statuses(2, token)
    refused = ask(token)
    assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
    assert refused.json()["title"] == "Too many requests"
    assert 58 <= int(refused["Retry-After"]) <= 60


def test_counting_costs_no_statement(ana):
    """Issue 8, 8: within a statement that the line sends anyway."""
    token = token_of(ana)
    ask(token)
    with CaptureQueriesContext(connection) as captured:
        assert ask(token).status_code == 200
    counting = [each["sql"] for each in captured if "ground_count" in each["sql"]]
    assert len(counting) == 1 and "data_version" in counting[0]
    with CaptureQueriesContext(connection) as captured:
        assert ask(token).status_code == 429
    assert len(captured) == 1


@pytest.mark.parametrize("refused", [401, 404])
def test_what_is_refused_for_another_reason_is_counted(ana, refused):
    """Issue 8, 8: trying addresses or tokens is asking."""
    token = {401: "0" * 64, 404: token_of(ana)}[refused]
    path = {401: COHORTS, 404: "/api/v1/receipts/01890000-0000-7000-8000-000000000000"}[refused]
    assert statuses(3, token, path=path) == [refused, refused, 429]


def test_guessed_tokens_count_for_their_address_and_lock_no_account_out(ana):
    """Security: each guess is another token, of nobody."""
    guesses = [ask(f"{number:064x}").status_code for number in range(3)]
    assert guesses == [401, 401, 429]
    assert ask("f" * 64, address="192.0.2.2").status_code == 401
    assert ask(token_of(ana)).status_code == 200


def test_without_a_token_addresses_count_apart():
    """Issue 8, 8: by address where nobody is signed in."""
    assert statuses(3, path=SCHEMA) == [200, 200, 429]
    refused = ask(path=SCHEMA)
    assert refused.json()["code"] == "throttled" and 58 <= int(refused["Retry-After"]) <= 60
    assert ask(path=SCHEMA, address="192.0.2.2").status_code == 200


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_nobody_chooses_who_they_are(token, settings):
    """Security: a client may write what it likes into X-Forwarded-For; only what a proxy of ours adds counts."""
    path = COHORTS if token else SCHEMA
    claimed = [
        ask(token, path=path, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}").status_code for number in range(3)
    ]
    assert claimed[-1] == 429
    settings.BEHIND_PROXY = True
    claimed = [
        ask(token, path=path, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 198.51.100.7").status_code
        for number in range(3)
    ]
    assert claimed[-1] == 429
    assert ask(token, path=path, HTTP_X_FORWARDED_FOR="198.51.100.7, 198.51.100.8").status_code != 429


def test_an_ipv6_customer_is_one_and_ipv4_in_ipv6_is_ipv4():
    """Security: whoever has one IPv6 address has 2⁶⁴ of them."""
    customer = [ask(path=SCHEMA, address=f"2001:db8:0:1::{number}").status_code for number in (1, 2, 3)]
    assert customer == [200, 200, 429]
    assert ask(path=SCHEMA, address="2001:db8:0:2::1").status_code == 200
    mapped = [ask(path=SCHEMA, address=f"::ffff:192.0.2.{number}").status_code for number in (1, 2, 3)]
    assert mapped == [200, 200, 200]
    assert ask(path=SCHEMA, address="").status_code == 200, "no address is one as well"
    assert set(Count.objects.values_list("key", flat=True)) >= {
        "address 2001:db8:0:1::/64",
        "address 192.0.2.1",
    }


@pytest.mark.parametrize("path", [COHORTS, SCHEMA])
def test_what_cannot_be_counted_is_not_answered(ana, path, monkeypatch):
    """Issue 8, 8: 503 as a problem, not a rate without a limit."""

    def away(*_: object, **__: object) -> None:
        raise DatabaseError("the connection is lost")

    token = token_of(ana) if path == COHORTS else ""
    monkeypatch.setattr(statements, "read", away)
    answer = ask(token, path=path)
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["code"] == "unavailable"


@pytest.mark.services
def test_redis_counts_accounts_and_guesses_alike(in_redis, key, ana, monkeypatch):
    """Issue 8, 8: Redis by CACHE_URL; PostgreSQL keeps no count then."""
    monkeypatch.setattr("ground.counts_in_redis.PREFIX", f"metric-charter:{key}:")
    first, second = token_of(ana), token_of(ana)
    assert [ask(first).status_code, ask(second).status_code, ask(first).status_code] == [200, 200, 429]
    assert [ask(f"{number:064x}").status_code for number in range(3)] == [401, 401, 429]
    assert statuses(1, path=SCHEMA) == [429], "the address has guessed"
    assert not Count.objects.exists()
