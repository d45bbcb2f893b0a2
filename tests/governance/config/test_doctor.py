"""Issue 15, item 1: the doctor says of each part how it is and what to do, and tells by its exit whether it works."""

import io
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection

from governance.config import doctor
from governance.config.looked_over import LookedOver, PartState
from ground import heartbeats
from tests import databases


def found() -> dict[str, list[LookedOver]]:
    parts: dict[str, list[LookedOver]] = {}
    for each in doctor.look():
        parts.setdefault(each.part, []).append(each)
    return parts


@pytest.fixture
def well(founded, settings, tmp_path, monkeypatch):
    """An installation whose parts are there."""
    settings.CELERY_BROKER_URL = "filesystem://"
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").write_text("{}")
    monkeypatch.setattr("governance.config.health.is_broker_there", lambda: True)
    monkeypatch.setattr("governance.config.health.read_log", lambda: "ok")
    monkeypatch.setattr(heartbeats, "standing_still", list)
    return settings


def test_where_all_is_well_it_says_so_and_exits_with_none(well):
    """Each fault has a remedy; notes fail nothing."""
    said = io.StringIO()
    call_command("doctor", stdout=said)
    assert "Nothing keeps it from its work." in said.getvalue()
    for parts in found().values():
        assert all(each.remedy or each.state is PartState.OK for each in parts)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda s, m, t: setattr(s, "LEDGER_SIGNING_KEY_FILE", t / "nowhere"), "keys"),
        (lambda s, m, t: m.setattr(doctor, "LEAST_FREE_BYTES", 1 << 70), "disk"),
        (lambda s, m, t: m.setattr("governance.config.health.is_broker_there", lambda: False), "broker"),
        (lambda s, m, t: m.setattr(doctor, "OLDEST_POSTGRESQL", 990000), "database"),
        (lambda s, m, t: m.setattr(doctor, "MOST_SKEW_SECONDS", -1), "time"),
        (lambda s, m, t: m.setattr("governance.config.health.read_log", lambda: "late"), "log"),
        (lambda s, m, t: m.setattr("governance.config.health.read_rulebook", lambda: "missing"), "rules"),
        (lambda s, m, t: setattr(s, "WAREHOUSE_URL", f"duckdb://{t}/nowhere.duckdb"), "warehouse"),
        (
            lambda s, m, t: m.setattr(
                heartbeats, "standing_still", lambda: [SimpleNamespace(scan="board", worker="", at=None)]
            ),
            "clock",
        ),
    ],
    ids=["keys", "disk", "broker", "old", "skew", "log", "rules", "warehouse", "clock"],
)
def test_each_fault_is_found_and_has_a_remedy(well, monkeypatch, tmp_path, change, part):
    """Issue 15, item 1: database, keys, broker, clock, warehouse, disk, each with a sentence and a remedy."""
    change(well, monkeypatch, tmp_path)
    faults = [each for each in found()[part] if each.state is PartState.FAULT]
    assert faults and all(each.sentence and each.remedy for each in faults)
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=io.StringIO())
    assert ended.value.code == 1


def test_a_key_that_others_may_read_is_a_fault(well, tmp_path):
    """Issue 15, item 1: keys and their modes."""
    copy = tmp_path / "ledger.pem"
    copy.write_bytes(well.LEDGER_SIGNING_KEY_FILE.read_bytes())
    copy.chmod(0o644)
    well.LEDGER_SIGNING_KEY_FILE = copy
    (only,) = found()["keys"]
    assert only.state is PartState.FAULT and "chmod 600" in only.remedy


def test_style_sheets_that_were_not_gathered_are_a_fault(well, tmp_path):
    """Without them every page fails, and the process looks well."""
    (tmp_path / "staticfiles.json").unlink()
    assert [each.state for each in found()["static files"]] == [PartState.FAULT]


def test_a_mail_server_that_is_away_is_a_fault(well):
    """Issue 15, item 1: mail."""
    well.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    well.EMAIL_HOST, well.EMAIL_PORT, well.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    (only,) = found()["mail"]
    assert only.state is PartState.FAULT and "127.0.0.1:1" in only.sentence


@pytest.mark.committed
def test_whoever_owns_the_tables_must_not_run_the_product(well, server):
    """Issue 15, item 1: roles. The owner could change the log."""
    from governance.config.addresses import database

    assert [each.state for each in found()["roles"]] == [PartState.OK]
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict.update(database(databases.owner_url(server, name)))
    (only,) = found()["roles"]
    assert only.state is PartState.FAULT and "may change the log" in only.sentence


def test_without_a_database_the_rest_is_told_all_the_same(well, monkeypatch):
    """Issue 15, bad input: the part that is down is the one that is named, and nothing raises."""
    down = LookedOver("database", PartState.FAULT, "It does not answer.", "Start it.")
    monkeypatch.setattr(doctor, "_database", lambda: iter([down]))
    parts = found()
    assert "tables" not in parts and "keys" in parts and parts["database"] == [down]
