"""Counts that all processes share: exact, committed, over in time, and never unlimited."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import redis
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction

from governance.config.addresses import shared_cache
from ground import clock, counts_in_redis, scans
from ground.counts import spend
from ground.counts_in_redis import PREFIX
from ground.models import Count
from ground.rates import Rate, parse_rate
from ground.spent import NotCounted, Spent
from tests import databases

REDIS = "redis://127.0.0.1:6379/9"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOURLY = Rate(150, 3600)
# What a process of its own does: spend one by one, and say how much was granted.
SPENDING = """
import sys, django
django.setup()
from ground.counts import spend
from ground.rates import Rate
print(sum(spend(sys.argv[1], Rate(150, 3600)).granted for _ in range(100)))
"""


@pytest.fixture
def key() -> str:
    return f"test {uuid.uuid4()}"


@pytest.fixture
def in_redis(settings, key) -> Iterator[redis.Redis]:
    """Counts in the machine's Redis; gives a client of it, and leaves nothing there."""
    client = redis.Redis.from_url(REDIS)
    try:
        client.ping()
    except redis.ConnectionError:
        missing = "Redis does not listen on 127.0.0.1:6379"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    settings.CACHE_URL = REDIS
    yield client
    client.delete(PREFIX + key)
    client.close()


@pytest.fixture(params=["postgresql", pytest.param("redis", marks=pytest.mark.services)])
def counter(request, committed_db, settings) -> None:
    """Each of the two that keep counts."""
    if request.param == "redis":
        request.getfixturevalue("in_redis")


@pytest.fixture
def elsewhere(server, committed_db) -> Iterator[psycopg.Connection]:
    """Another connection to the test's database."""
    with psycopg.connect(databases.owner_url(server, committed_db), autocommit=True) as other:
        yield other


def spend_in_processes(key: str, url: str, cache: str, *, processes: int) -> list[int]:
    """How much was granted to each of some processes that spend at once."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "CACHE_URL": cache,
        "DJANGO_SETTINGS_MODULE": "governance.config.settings",
    }
    command = [sys.executable, "-c", SPENDING, key]
    started = [
        subprocess.Popen(command, cwd=databases.PROJECT, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    return [int(each.communicate(timeout=60)[0]) for each in started]


def spend_in_threads(key: str, rate: Rate, *, times: int) -> list[bool]:
    def once(_: int) -> bool:
        try:
            return spend(key, rate).granted
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(once, range(times)))


def test_processes_together_are_granted_exactly_the_rate(counter, settings, key, server):
    """Issue 8, 8: counts are atomic across processes."""
    url = databases.runtime_url(server, connection.settings_dict["NAME"])
    granted = spend_in_processes(key, url, settings.CACHE_URL, processes=3)
    assert sum(granted) == HOURLY.most
    assert not spend(key, HOURLY).granted


def test_threads_together_are_granted_exactly_the_rate(counter, key):
    """Issue 8, 8: also those of a window that none of them has found yet."""
    assert sum(spend_in_threads(key, Rate(30, 3600), times=80)) == 30


def test_what_is_refused_spends_nothing(counter, key):
    """Issue 9: rates by cost; a large cost that does not fit leaves room for small ones."""
    rate = Rate(10, 60)
    spent = [spend(key, rate, cost=cost) for cost in (4, 7, 6, 1)]
    assert [(each.granted, each.spent) for each in spent] == [(True, 4), (False, 4), (True, 10), (False, 10)]
    assert all(59 < each.wait <= 60 for each in spent)
    assert spend(f"{key} of another", rate).granted


@pytest.mark.parametrize("cost", [0, -1, 11])
def test_a_cost_gives_nothing_back_and_can_be_granted(key, cost):
    """Who asks for more than is ever granted would wait for nothing."""
    with pytest.raises(ValueError, match="never be granted"):
        spend(key, Rate(10, 60), cost=cost)


def at(moment: datetime, key: str, rate: Rate) -> Spent:
    with clock.stopped_at(moment):
        return spend(key, rate)


@pytest.mark.django_db
def test_a_window_begins_with_the_first_and_is_over_in_time(key):
    """Issue 8, 8: not a moment before, and says how long that is."""
    rate, second = Rate(2, 60), timedelta(seconds=1)
    assert [at(NOON + after * second, key, rate).granted for after in (0, 30, 31, 59.999)] == [
        True,
        True,
        False,
        False,
    ]
    assert at(NOON + 45 * second, key, rate).wait == 15
    after = at(NOON + 60 * second, key, rate)
    assert (after.granted, after.spent, after.wait) == (True, 1, 60)


@pytest.mark.django_db
def test_a_window_is_no_longer_than_the_rate_says(key):
    """A slower rate before, or a clock that was put back, locks nobody out for longer."""
    at(NOON, key, Rate(1, 86_400))
    refused = at(NOON, key, Rate(1, 60))
    assert (refused.granted, refused.wait) == (False, 60)
    assert at(NOON + timedelta(seconds=60), key, Rate(1, 60)).granted


@pytest.mark.committed
def test_a_count_is_committed_at_once_and_holds_nobody_up(elsewhere, key, committed_db):
    """Issue 8, 8: what was granted stays counted, and no row is locked when the request begins its work."""
    spend(key, HOURLY)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        connection.ensure_connection()
        elsewhere.execute("SET lock_timeout = '1s'")
        row = elsewhere.execute("SELECT spent FROM ground_count WHERE key = %s FOR UPDATE", [key])
        assert row.fetchone() == (1,)
        raise ZeroDivisionError
    assert spend(key, HOURLY).spent == 2


@pytest.mark.committed
def test_inside_a_transaction_nothing_is_counted(key, committed_db):
    """Issue 8, 8: there a count could be undone, and would hold its row until the commit."""
    with transaction.atomic(), pytest.raises(RuntimeError, match="before the transaction"):
        spend(key, HOURLY)
    assert not Count.objects.exists()


@pytest.mark.committed
def test_a_lost_connection_grants_nothing(elsewhere, key, committed_db):
    """Issue 8, 8: a counter that cannot be reached is not one without a limit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    elsewhere.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    with pytest.raises(NotCounted) as raised:
        spend(key, HOURLY)
    assert raised.value.status == 503 and isinstance(raised.value.__cause__, DatabaseError)
    connection.close()  # as Django does at the end of a request
    assert spend(key, HOURLY).granted


@pytest.mark.django_db
def test_the_table_is_written_without_a_wait_for_the_disk():
    """DESIGN, Hot path: each request writes to it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE oid = 'ground_count'::regclass")
        assert cursor.fetchone()[0] in ("u", b"u")


@pytest.mark.django_db
def test_windows_that_are_over_are_forgotten(by, key):
    """Issue 8, 8: addresses are not kept for longer than they are counted."""
    Count.objects.create(key="over", spent=1, ends_at=datetime.now(UTC) - timedelta(seconds=1), granted=True)
    spend(key, HOURLY)
    assert scans.FORGET_COUNTS.once(by=by) == {"windows forgotten": 1}
    assert Count.objects.get().key == key


@pytest.mark.services
def test_redis_forgets_a_window_by_itself(in_redis, key):
    """Issue 8, 8: and says how long that takes."""
    rate = Rate(1, 1)
    assert spend(key, rate).granted
    refused = spend(key, rate)
    assert not refused.granted and 0 < refused.wait <= 1
    assert 0 < in_redis.pttl(PREFIX + key) <= 1000
    in_redis.pexpire(PREFIX + key, 3_600_000)  # as a slower rate before would have
    assert spend(key, rate).wait == 1
    in_redis.pexpire(PREFIX + key, 0)
    assert spend(key, rate).granted


@pytest.mark.services
def test_a_connection_that_redis_has_dropped_refuses_nobody(in_redis, key):
    """Issue 8, 8: a Redis that was started anew is found again."""
    assert spend(key, HOURLY).granted
    ours = counts_in_redis._script(REDIS).registered_client.client_id()
    assert in_redis.client_kill_filter(_id=ours) == 1
    assert spend(key, HOURLY).spent == 2


def test_a_redis_that_is_away_grants_nothing(settings, key):
    """Issue 8, 8: as a database that is away."""
    settings.CACHE_URL = "redis://127.0.0.1:1/0"
    with pytest.raises(NotCounted):
        spend(key, HOURLY)


@pytest.mark.parametrize(
    ("text", "rate"), [("600/min", Rate(600, 60)), ("1/s", Rate(1, 1)), (" 5/hour", Rate(5, 3600))]
)
def test_rates_are_read(text, rate):
    assert parse_rate(text, setting="API_RATE") == rate


@pytest.mark.parametrize(
    "text", ["", "many", "600", "0/min", "-1/min", "1.5/min", "600/month", "9999999999/s"]
)
def test_a_rate_that_is_none_is_refused_with_a_sentence(text):
    """A mistyped limit is not one that is absent."""
    with pytest.raises(ImproperlyConfigured, match="API_RATE must be a number"):
        parse_rate(text, setting="API_RATE")


@pytest.mark.parametrize("url", ["", REDIS, "rediss://:secret@cache.example:6380/0"])
def test_an_address_of_a_redis_is_taken(url):
    assert shared_cache(url) == url


@pytest.mark.parametrize(
    "url", ["yes", "locmem://", "memcached://cache", "redis://", "redis://cache:port", "redis://cache/a"]
)
def test_an_address_that_is_none_of_a_redis_is_refused_with_a_sentence(url):
    """A mistyped address must not mean that each process counts by itself."""
    with pytest.raises(ImproperlyConfigured, match="CACHE_URL must be the address of a Redis"):
        shared_cache(url)
