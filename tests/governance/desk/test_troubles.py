"""What needs somebody, with its remedy (issue 19, 4)."""

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from governance.config import tasks
from governance.config.operating_settings import read_operating
from governance.desk import installation_state, operating, troubles
from governance.installation.backups import age
from governance.sql_door import probe
from ground import clock, heartbeats, scans
from ground.models import Heartbeat
from tests import factories
from tests.governance.decisions.screens.test_receipts import place_all

pytestmark = pytest.mark.django_db

FIND_LAST = age.find_last


@pytest.fixture
def calm(by, monkeypatch):
    """An installation in order: its clock goes, the log is signed, and there is room."""
    factories.the_rules()
    tasks.beat_begins()
    place_all()
    monkeypatch.setattr(operating, "read_disk", lambda: operating.Disk(2**40, 2**41))
    assert told() == {}


def told() -> dict[str, str]:
    return {each.part: f"{each.sentence} {each.remedy}" for each in troubles.list_troubles()}


def test_a_clock_that_stands_still_is_told_by_what_does(calm):
    Heartbeat.objects.filter(scan=heartbeats.BEAT).update(due_at=clock.now() - timedelta(hours=1))
    assert "Start the beat again" in told()["clock"]
    tasks.beat_sends()
    Heartbeat.objects.filter(scan=scans.TICK.name).update(due_at=clock.now() - timedelta(hours=1))
    assert "Start the worker again" in told()["clock"]
    Heartbeat.objects.update(due_at=clock.now() + timedelta(hours=1))
    Heartbeat.objects.filter(scan="mail").update(failed=2)
    assert "could not do all: mail." in told()["clock"]


def test_a_log_that_is_behind_is_told_once(calm, settings):
    factories.an_account("another")  # its entry waits
    with clock.stopped_at(clock.now() + timedelta(seconds=settings.LEDGER_PROMISE_SECONDS + 60)):
        Heartbeat.objects.update(due_at=clock.now() + timedelta(hours=1))
        assert "Start the sequencer" in told()["log"]


def test_states_that_are_not_signed_are_told(calm, monkeypatch):
    lag = operating.LogLag(waiting=0, oldest=0.0, unsigned=3, signed_before=601.0)
    monkeypatch.setattr(operating, "read_log_lag", lambda: lag)
    assert "witnesses" in told()["log"]


def test_little_room_is_told(calm, monkeypatch):
    monkeypatch.setattr(operating, "read_disk", lambda: operating.Disk(2**30, 2**40))
    assert "Make room" in told()["disk"]


@pytest.mark.parametrize(
    ("days", "said"), [(60, None), (13, "Exchange it"), (0, "Exchange it"), (None, "cannot be read")]
)
def test_a_certificate_is_told_two_weeks_before_it_ends(calm, settings, tmp_path, days, said):
    path = tmp_path / "charter.pem"
    path.write_text("nothing") if days is None else write_certificate(path, days)
    settings.OPERATING = read_operating({"CERTIFICATE_FILES": f"{path}, "}, tmp_path)
    assert (said is None and told() == {}) or said in told()["certificates"]


def write_certificate(path: Path, days: int) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "charter.example.org")])
    made = x509.CertificateBuilder(
        name, name, key.public_key(), 1, now - timedelta(days=90), now + timedelta(days=days)
    )
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def test_sources_and_mail_are_told(calm, monkeypatch):
    monkeypatch.setattr(
        installation_state, "judge_mail", lambda: installation_state.MailState(True, False, False)
    )
    state = installation_state.SourceState("reviews", True, clock.now(), True, 0, 0)
    monkeypatch.setattr(installation_state, "list_sources", lambda: [state])
    assert "doctor" in told()["mail"] and "reviews is stale" in told()["sources"]


def test_an_administrator_reads_them_first(calm, browse):
    boss = factories.an_administrator("boss")
    place_all()
    assert browse("/administration", by=boss).says("In order", "The clock goes")
    Heartbeat.objects.filter(scan=heartbeats.BEAT).update(due_at=clock.now() - timedelta(hours=1))
    assert browse("/administration", by=boss).says("What to do", "Start the beat again")


def test_a_sql_door_that_does_not_answer_is_told(calm, settings, tmp_path):
    """Issue 20, 2: where one is meant to be open. What answers otherwise than PostgreSQL's protocol is none."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = str(silent.getsockname()[1])
        settings.OPERATING = read_operating({"SQL_DOOR_PORT": port}, tmp_path)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(probe, "SECONDS", 0.2)
            assert "manage.py sql_door" in told()["SQL door"]
    settings.OPERATING = read_operating({}, tmp_path)
    assert "SQL door" not in told()


def test_backups_that_are_old_or_cannot_be_read_are_told(calm, settings, tmp_path, monkeypatch):
    """Issue 19, 4."""
    settings.BACKUP_FOLDER = str(tmp_path)
    assert "no whole backup" in told()["backups"]
    monkeypatch.setattr(age, "find_last", lambda: clock.now() - age.OLD - timedelta(minutes=1))
    assert "manage.py backup" in told()["backups"]
    monkeypatch.setattr(age, "find_last", clock.now)
    assert told() == {}
    monkeypatch.setattr(age, "find_last", FIND_LAST)
    (tmp_path / "manifest.json").write_text("nothing")
    assert "manifest" in told()["backups"]
