"""What Prometheus is told of an installation, and who may ask."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLResolver, get_resolver
from prometheus_client.parser import text_string_to_metric_families

from audits.ledger.models import Outbox
from governance.config.operating_settings import read_operating
from governance.config.telemetry import requests
from governance.desk import installation_state
from governance.notices import services as notices
from governance.notices.states import Mail
from ground import clock, heartbeats
from ground.models import Heartbeat
from tests import factories

TOKEN = "t" * 32


@pytest.fixture
def figures(client, settings, tmp_path):
    """Reads the door: the value of each sample by its name and labels."""
    settings.OPERATING = read_operating({"PROMETHEUS_TOKEN": TOKEN}, tmp_path)

    def _figures():
        answer = client.get("/-/prometheus", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
        families = text_string_to_metric_families(answer.text)
        return {
            (each.name.removeprefix("metric_charter_"), *each.labels.values()): each.value
            for family in families
            for each in family.samples
        }

    return _figures


@pytest.mark.django_db
def test_without_a_token_of_its_own_the_door_is_not_there(client, settings, tmp_path):
    """Issue 19, 2: off until told."""
    settings.OPERATING = read_operating({}, tmp_path)
    assert settings.OPERATING.middleware == []
    assert client.get("/-/prometheus", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "said", ["", "Bearer ", "Bearer " + "t" * 31, "Token " + TOKEN, "Bearer é" + TOKEN, TOKEN]
)
def test_nobody_else_is_told_anything(client, settings, tmp_path, said):
    """Issue 19, 2: behind a token."""
    settings.OPERATING = read_operating({"PROMETHEUS_TOKEN": TOKEN}, tmp_path)
    answer = client.get("/-/prometheus", headers={"Authorization": said})
    assert (answer.status_code, answer.content, answer["WWW-Authenticate"]) == (401, b"", "Bearer")


@pytest.mark.parametrize(
    "said", [{"PROMETHEUS_TOKEN": "short"}, {"LOG_FORMAT": "xml"}, {"SQL_DOOR_PORT": "70000"}]
)
def test_what_cannot_be_meant_is_refused_by_name(said, tmp_path):
    with pytest.raises(ImproperlyConfigured, match=next(iter(said))):
        read_operating(said, tmp_path)


@pytest.mark.django_db
def test_it_tells_of_jobs_of_the_log_of_disk_and_certificates(by, figures, settings, tmp_path):
    """Issue 19, 2 and 4: jobs' last signs and failures, entries that wait, free disk, certificates."""
    factories.the_rules()
    heartbeats.announce({"mail": timedelta(minutes=5)}, "beat@here")
    Heartbeat.objects.filter(scan="mail").update(failed=3)
    waiting = Outbox.objects.count()
    before = figures()
    assert before["database_up",] == 1 and before["disk_free_bytes",] > 0
    assert before["log_waiting_entries",] == waiting > 0
    assert ("certificate_seconds_left",) not in before
    settings.OPERATING = settings.OPERATING._replace(certificates=(tmp_path / "none.pem",))
    with clock.stopped_at(clock.now() + timedelta(minutes=15)):
        after = figures()
    assert after["scan_failed_things", "mail"] == 3 and before["scan_overdue_seconds", "mail"] == 0
    assert 590 < after["scan_overdue_seconds", "mail"] < 610
    assert 890 < after["scan_last_sign_age_seconds", "beat"] < 910
    assert after["log_oldest_waiting_seconds",] >= 900 > before["log_oldest_waiting_seconds",]
    assert after["certificate_seconds_left",] == 0


@pytest.mark.django_db
def test_a_notice_more_changes_nothing_until_it_is_stuck(by, figures):
    """Issue 12, 7: a number of mails that wait would tell that somebody has just appealed confidentially."""
    factories.the_rules()

    def of_mail():
        return {name: value for name, value in figures().items() if "mail" in name[0]}

    before = of_mail()
    said = {
        "kind": "board.case.opened",
        "subject": "A case",
        "text": "Read it.",
        "path": "/cases",
        "once": "1",
    }
    notice = notices.notify(to=factories.an_account("other"), by=factories.system(), **said)
    factories.change(notice, mail=Mail.WAITING)
    assert of_mail() == before
    factories.change(notice, given_at=clock.now() - installation_state.STUCK)
    assert of_mail() == {**before, ("mail_stuck",): 1.0}


def test_no_route_is_named_by_which_one_would_know_that_somebody_has_just_acted():
    """Issue 12, 7: a request more for appeals, for what is held about oneself or for the pulse would tell."""
    told = {
        (path, requests.name_route(SimpleNamespace(resolver_match=SimpleNamespace(view_name=name))))
        for name, path in list_routes()
    }
    telling = {(path, route) for path, route in told if any(word in path for word in TELLING)}
    assert len(telling) > 40
    assert {route for _path, route in telling} == {requests.OTHER}
    assert ("", requests.OTHER) in told and ("readyz", "readyz") in told


TELLING = ("appeals", "about-me", "pulse")


def list_routes(patterns=None, before: str = "") -> Iterator[tuple[str, str]]:
    for each in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from list_routes(each.url_patterns, path)
        elif each.name:
            yield each.name, path
