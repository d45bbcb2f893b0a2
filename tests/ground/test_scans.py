"""The one runner of scans: alone, thing by thing, with signs of life and counts."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from ground import clock, heartbeats, scans
from ground.errors import Conflict, Unavailable
from ground.models import Heartbeat

MINUTE = timedelta(minutes=1)


def a_scan(*steps: scans.Step, **more: object) -> scans.Scan:
    return scans.Scan("a_scan", every=MINUTE, steps=steps, **more)


def a_step(act, items=(1, 2, 3), name="done") -> scans.Step:
    return scans.Step(name, lambda _: items, lambda item, _: act(item))


@pytest.mark.django_db
def test_what_fails_stops_nothing_else_and_is_told_at_the_end(caplog):
    """Issue 8, 9: one failing thing stops no other, nor a step that follows; done and failed are counted."""

    def act(item: int) -> None:
        if item == 1:
            raise Unavailable("Not now.")
        if item == 2:
            raise ZeroDivisionError

    scan = a_scan(a_step(act), a_step(lambda item: item, name="counted"))
    with pytest.raises(ExceptionGroup) as raised:
        scans.run(scan, by="me", worker="w")
    assert [type(each) for each in raised.value.exceptions] == [ZeroDivisionError]
    row = Heartbeat.objects.get(scan="a_scan")
    assert (row.worker, row.done, row.failed, row.running) == ("w", 1 + 6, 2, False)
    assert "a_scan: done: 1: left to the next pass: Not now." in caplog.text
    assert "a_scan: done: 2" in caplog.text and "ZeroDivisionError" in caplog.text


@pytest.mark.django_db
def test_what_has_moved_on_is_no_failure():
    """Issue 3, 6: another worker, or a person, was first."""

    def act(_: int) -> None:
        raise Conflict("Closed already.")

    report = a_scan(a_step(act)).report("me")
    assert (report.done, report.failed, report.faults) == ({"done": 0}, 0, [])


@pytest.mark.django_db
def test_a_step_that_cannot_say_what_is_due_stops_no_other():
    """Issue 8, 9: a fault in one query leaves the rest of the clock going."""
    broken: scans.Step[str] = scans.Step("broken", lambda _: [1 / 0], lambda item, _: None)
    report = a_scan(broken, a_step(lambda _: True)).report("me")
    assert (report.done, report.failed) == ({"broken": 0, "done": 3}, 1)


def test_what_was_done_stays_where_a_later_thing_fails(committed_db):
    """Issue 8, 9: each thing in a transaction of its own."""

    @transaction.atomic(durable=True)
    def act(item: int) -> None:
        heartbeats.sign(f"made {item}", "w", within=MINUTE)
        if item == 2:
            raise ZeroDivisionError

    with pytest.raises(ExceptionGroup):
        scans.run(a_scan(a_step(act)), by="me", worker="w")
    made = Heartbeat.objects.filter(scan__startswith="made").values_list("scan", flat=True)
    assert list(made) == ["made 1", "made 3"]


def test_a_pass_goes_on_where_its_connection_breaks(committed_db, server):
    """Issue 8, 9: a database that was restarted costs the thing that was at it, and no other."""
    done = []

    def act(item: int) -> None:
        if item == 1:
            connection.connection.close()
        Heartbeat.objects.count()
        done.append(item)

    with pytest.raises(ExceptionGroup):
        scans.run(a_scan(a_step(act)), by="me", worker="w")
    assert done == [2, 3]
    assert Heartbeat.objects.get(scan="a_scan").failed == 1


def test_of_two_at_once_one_runs(committed_db):
    """Issue 8, 9: a pass is alone, and another may follow when it has ended."""
    inside, leave = threading.Event(), threading.Event()

    def act(_: int) -> None:
        inside.set()
        assert leave.wait(20)

    def run(worker: str) -> scans.PassReport | None:
        try:
            return scans.run(a_scan(a_step(act, items=[1])), by="me", worker=worker)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(run, "first")
        assert inside.wait(20)
        assert Heartbeat.objects.get().running
        assert pool.submit(run, "second").result(20) is None
        leave.set()
        assert first.result(20).done == {"done": 1}
    assert run("third").done == {"done": 1}
    assert set(Heartbeat.objects.values_list("worker", "running")) == {("first", False), ("third", False)}


@pytest.mark.django_db
def test_a_long_pass_says_that_it_goes_on(monkeypatch):
    """Issue 8, 9: what is long is not taken to stand still as long as its parts come in time."""
    monkeypatch.setattr(scans, "_SIGN_SECONDS", 0.0)
    begun = clock.now()
    signs = []

    def act(item: int) -> None:
        with clock.stopped_at(begun + item * MINUTE):
            scans.alive()
        signs.append(Heartbeat.objects.get().due_at)

    scans.run(a_scan(a_step(act), silence=timedelta(minutes=5)), by="me", worker="w")
    assert signs == [begun + item * MINUTE + timedelta(minutes=7) for item in (1, 2, 3)]
    scans.alive()  # outside of any pass it says nothing


@pytest.mark.django_db
def test_a_beat_that_starts_forgets_scans_and_workers_that_are_gone():
    """Issue 8, 9: a scan that a new version does not have any more is not missed for ever."""
    for scan, worker, days in (("renamed", "w", 0), ("kept", "w", 0), ("kept", "gone", 2)):
        with clock.stopped_at(clock.now() - timedelta(days=days)):
            heartbeats.sign(scan, worker, within=MINUTE)
    with clock.stopped_at(clock.now() + timedelta(hours=1)):
        heartbeats.announce({"kept": timedelta(hours=2)}, "beat@here")
        assert heartbeats.standing_still() == []
    assert set(Heartbeat.objects.values_list("scan", "worker")) == {
        ("beat", "beat@here"),
        ("kept", ""),
        ("kept", "w"),
    }


def test_two_scans_of_one_name_are_refused(monkeypatch):
    """Issue 8, 9: they would hold each other's lock and write each other's signs."""
    from django.core.exceptions import ImproperlyConfigured

    from charter.measures import scans as module

    monkeypatch.setattr(module, "ANOTHER", scans.Scan("mail", every=MINUTE, steps=()), raising=False)
    scans.declared.cache_clear()
    try:
        with pytest.raises(ImproperlyConfigured, match="“mail”"):
            scans.declared()
    finally:
        monkeypatch.undo()
        scans.declared.cache_clear()
