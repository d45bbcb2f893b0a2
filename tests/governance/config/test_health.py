"""What is asked of the process from outside: does it live, can it answer, does its clock go."""

from datetime import timedelta
from threading import Event, Thread
from time import perf_counter

import pytest
from django.db import connection
from django.http import HttpRequest

from governance.config import health, tasks
from ground import clock, heartbeats, scans
from ground.models import Heartbeat
from tests import factories
from tests.charter.rules.upgrades import upgraded_house

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(by, client, monkeypatch, settings):
    """The answer of /readyz, whatever broker this machine has, just after the beat has started."""
    settings.LEDGER_PROMISE_SECONDS = 3600.0  # nobody sequences here
    tasks.beat_begins()
    monkeypatch.setattr("governance.config.health.is_broker_there", lambda: True)

    def _ready():
        response = client.get("/readyz")
        return response.status_code, response.json()

    return _ready


def _find(name):
    return next(each for each in scans.declared() if each.name == name)


def test_without_rules_nothing_is_ready(ready):
    """DESIGN, Interfaces: 503 naming the part that is missing."""
    status, told = ready()
    assert (status, told["status"], told["parts"]["rulebook"]) == (503, "not ready", "missing")
    factories.the_rules()
    assert ready() == (
        200,
        {
            "status": "ready",
            "parts": {"database": "ok", "rulebook": "ok", "broker": "ok", "log": "ok", "clock": "ok"},
        },
    )


def test_rules_of_an_earlier_version_are_told_and_the_pages_stay_open(ready, tmp_path):
    """Issue 4, item 2: taken out of service, the board could not pass new rules; so 200, and limited."""
    factories.the_rules()
    with upgraded_house(tmp_path):
        status, told = ready()
    assert (status, told["status"], told["parts"]["rulebook"]) == (200, "limited", "outdated")
    assert "board has passed new ones" in told["detail"]


def test_the_clock_may_stand_still_for_two_minutes(ready):
    """Issue 8, 9: then /readyz fails, and names the beat that has fallen silent."""
    factories.the_rules()
    begun = Heartbeat.objects.get(scan=heartbeats.BEAT)
    with clock.stopped_at(begun.at + timedelta(seconds=119)):
        assert ready()[0] == 200
    with clock.stopped_at(begun.at + timedelta(seconds=121)):
        status, told = ready()
    assert (status, told["status"], told["parts"]["clock"]) == (503, "not ready", "standing still")
    [of_beat] = [each for each in told["standing_still"] if each["scan"] == "beat"]
    assert of_beat == {
        "scan": "beat",
        "worker": begun.worker,
        "at": begun.at.isoformat().replace("+00:00", "Z"),
    }
    assert sorted(each["scan"] for each in told["standing_still"]) == [
        "account_mail",
        "asked_publishing",
        "beat",
        "bulk_checks",
        "replays",
        "tick",
    ]


def test_a_worker_that_does_nothing_of_what_the_beat_sends_is_named(ready):
    """Issue 8, 9: where the beat goes on and the pool does not, it is the tick that nobody does."""
    factories.the_rules()
    now = clock.now()
    scans.run(scans.TICK, by=None, worker="celery@one")
    scans.run(scans.TICK, by=None, worker="celery@two")
    with clock.stopped_at(now + timedelta(seconds=125)):
        tasks.beat_sends()
        for name in ("account_mail", "asked_publishing", "bulk_checks", "replays"):
            scans.run(_find(name), by=factories.system(), worker="celery@two")
        status, told = ready()
        assert status == 503
        assert [(each["scan"], each["worker"]) for each in told["standing_still"]] == [("tick", "celery@two")]
        scans.run(scans.TICK, by=None, worker="celery@one")
        assert ready()[0] == 200


def test_a_scan_that_misses_its_turn_is_named_and_one_that_never_came_too(ready):
    """Issue 8, 9: each scan by itself, while beat and workers go on."""
    factories.the_rules()
    now = clock.now()
    scans.run(_find("mail"), by=factories.system(), worker="a")
    with clock.stopped_at(now + timedelta(minutes=18)):
        tasks.beat_sends()
        scans.run(scans.TICK, by=None, worker="a")
        told = ready()[1]
    assert [(each["scan"], each["worker"]) for each in told["standing_still"]] == [
        ("account_mail", ""),
        ("agreement_clock", ""),
        ("appeals_clock", ""),
        ("asked_publishing", ""),
        ("board_clock", ""),
        ("bulk_checks", ""),
        ("delayed_notices", ""),
        ("evidence_packs", ""),
        ("inclusions_told", ""),
        ("kept_answers", ""),
        ("leaver_mail", ""),
        ("mail", "a"),
        ("registry_clock", ""),
        ("replays", ""),
        ("training_clock", ""),
    ]


def test_without_any_beat_the_clock_stands_still(ready):
    """Issue 8, 9: a site that was started without its clock is not ready."""
    factories.the_rules()
    Heartbeat.objects.all().delete()
    status, told = ready()
    assert (status, told["standing_still"]) == (503, [{"scan": "beat", "worker": "", "at": None}])


def test_whoever_asks_on_and_on_keeps_one_thread_at_most(ready, monkeypatch, client):
    """Issue 9: anybody may ask; a broker that was away kept each asker's thread for seconds, and four of them all threads."""
    factories.the_rules()
    before = ready()[1]
    looking, done = Event(), Event()

    def slow():
        looking.set()
        return done.wait(20)

    monkeypatch.setattr("governance.config.health.is_broker_there", slow)

    def ask():
        health.readyz(HttpRequest())
        connection.close()

    first = Thread(target=ask)
    first.start()
    try:
        assert looking.wait(10)
        begun = perf_counter()
        assert client.get("/readyz").json() == before
        assert perf_counter() - begun < 5
    finally:
        done.set()
        first.join()
