"""What runs when: every scan that an app declares is a task that the beat sends, which forgets itself before the next."""

from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from celery.beat import PersistentScheduler
from celery.schedules import crontab
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from charter.registry.models import CharterVersion
from charter.registry.states import StandingChoices
from governance.config import celery, tasks
from governance.config.beat import STAND_BY_SECONDS, Fence, FencedScheduler
from ground import clock, heartbeats, scans
from ground.models import Heartbeat
from tests import factories


@pytest.fixture(scope="module")
def app():
    """The application with its tasks, as a worker or a beat has it."""
    celery.app.finalize()
    celery.app.loader.import_default_modules()
    return celery.app


def test_every_scan_is_a_task_that_the_beat_sends(app):
    """Issue 3, 6: what the beat calls by name is there, else nothing would ever run and nobody would know."""
    names = {scan.name for scan in scans.declared()}
    assert {
        "registry_clock",
        "board_clock",
        "training_clock",
        "delayed_notices",
        "inclusions_told",
        "mail",
        "publishing",
    } < names
    assert {name: entry["task"] for name, entry in app.conf.beat_schedule.items()} == {
        name: f"scans.{name}" for name in names
    }
    assert {f"scans.{name}" for name in names} <= set(app.tasks)


def test_entries_come_as_often_as_declared_and_expire_before_they_come_again(app):
    """DESIGN, Parts: a broker that was full for a week holds one scan of each, not a week of them."""
    for scan in scans.declared():
        entry = app.conf.beat_schedule[scan.name]
        assert _apart(entry["schedule"]) == scan.every, scan.name
        assert 0 < entry["options"]["expires"] < scan.every.total_seconds(), scan.name
        assert app.tasks[entry["task"]].expires == entry["options"]["expires"], scan.name


def test_the_clock_ticks_four_times_before_it_is_said_to_stand_still(app, settings):
    """Issue 8, 9: two minutes, of which no single lost message is enough."""
    assert settings.CLOCK_STILL_SECONDS == 120
    assert app.conf.beat_schedule["tick"]["schedule"] == timedelta(seconds=30)


@pytest.mark.django_db
def test_a_task_runs_its_scan_and_signs(app, caplog):
    """Issue 3, 6 and 8, 9: the beat's task does what is due, once, says what it did, and leaves its sign of life."""
    version = factories.an_active_charter()
    with clock.stopped_at(version.expires_at), caplog.at_level("INFO"):
        app.tasks["scans.registry_clock"].apply()
        app.tasks["scans.registry_clock"].apply()
    assert CharterVersion.objects.get(pk=version.pk).standing == StandingChoices.EXPIRED
    assert [record.getMessage() for record in caplog.records if "expired" in record.getMessage()] == [
        "registry_clock: expired: 1"
    ]
    sign = Heartbeat.objects.get(scan="registry_clock")
    assert (sign.at, sign.running, sign.failed) == (version.expires_at, False, 0)


@pytest.mark.django_db
def test_the_beat_signs_as_it_starts_and_with_each_task_it_sends():
    """Issue 8, 9: a heartbeat of its own, so that one can tell a dead beat from a dead worker."""
    tasks.beat_begins()
    first = Heartbeat.objects.get(scan=heartbeats.BEAT)
    assert set(Heartbeat.objects.values_list("scan", flat=True)) == {
        heartbeats.BEAT,
        *(scan.name for scan in scans.declared()),
    }
    with clock.stopped_at(first.at + timedelta(seconds=30)):
        tasks.beat_sends(sender="scans.tick")
    first.refresh_from_db()
    assert first.at + timedelta(seconds=120) == first.due_at
    assert Heartbeat.objects.filter(scan=heartbeats.BEAT).count() == 1


@pytest.mark.django_db
def test_a_database_that_is_away_does_not_end_the_beat(monkeypatch, caplog):
    """Issue 8, 9: it goes on sending, and signs when the database is back."""

    def away(*_: object, **__: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(heartbeats, "sign", away)
    tasks.beat_sends(sender="scans.tick")
    assert "The beat could not sign: gone" in caplog.text


def _apart(schedule: crontab | timedelta) -> timedelta:
    """The time from one message to the next, which must be the same all day."""
    if isinstance(schedule, timedelta):
        return schedule
    minutes = sorted(schedule.minute)
    (apart,) = {later - sooner for sooner, later in pairwise([*minutes, minutes[0] + 60])}
    return timedelta(minutes=apart)


@pytest.mark.committed
@pytest.mark.usefixtures("committed_db")
def test_one_beat_has_the_clock_and_the_next_takes_over_from_it():
    """Issue 19, 3: fenced by the session of its own; whoever loses that sends nothing until it has the lock again."""
    one, other = Fence(), Fence()
    try:
        assert one.take() and one.take() and not other.take()
        with connection.cursor() as cursor:  # its host is gone, or the network between
            cursor.execute(
                # Of this database alone, as others are tested beside it; and waited for, as it is another process that ends.
                """
                SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """
            )
        assert other.take() and not one.take()
        assert not one.take()
        other.leave()
        assert one.take()
    finally:
        one.leave()
        other.leave()


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_beat_that_cannot_ask_stands_by_and_does_not_end(monkeypatch, error):
    """Issue 19, 3: also where its connection was closed under it, which is no error of the database."""
    fence, closed = Fence(), list[bool]()

    def away() -> None:
        raise error("the connection is closed")

    monkeypatch.setattr(fence, "_session", SimpleNamespace(cursor=away, close=lambda: closed.append(True)))
    assert not fence.take() and closed


@pytest.mark.django_db
def test_a_beat_that_stands_by_sends_and_signs_nothing(app, monkeypatch, tmp_path):
    """Issue 19, 3: it signs as it takes over, which grants each scan the time until its next turn."""
    sent, held = [], [False]

    def send(*given: object) -> float:
        sent.append(given)
        return 1.0

    scheduler = FencedScheduler(app, schedule_filename=str(tmp_path / "beat"))
    monkeypatch.setattr(scheduler._fence, "take", lambda: held[0])
    monkeypatch.setattr(PersistentScheduler, "tick", send)
    try:
        assert scheduler.tick() == STAND_BY_SECONDS and not sent and not Heartbeat.objects.exists()
        held[0] = True
        assert scheduler.tick() == 1.0 and len(sent) == 1
        assert Heartbeat.objects.filter(scan=heartbeats.BEAT).exists()
    finally:
        scheduler.close()
