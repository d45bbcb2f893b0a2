"""SCIM by the letter: scim2-tester holds the door to its standard."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import override_settings

from governance.directory.configuration import DirectorySettings
from ground.rates import parse_rate
from tests.governance.directory.scim_client import Directory

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


@pytest.fixture
def in_one_transaction() -> Iterator[None]:
    """Requests of this process keep to the test's connection, as those of Django's own client do."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.proof(alone=True)
@pytest.mark.usefixtures("in_one_transaction")
def test_scim2_tester_reports_no_failure():
    """Issue 19, 1: conformance by `scim2-tester`."""
    # Loaded here: it takes a seventh of what collecting the suite takes, and this test is for the proof.
    from scim2_client.engines.wsgi import WSGISCIMClient
    from scim2_tester import Status, check_server

    told = {
        "DIRECTORY": DirectorySettings(scim=True),
        "API_RATE": parse_rate("100000/min", setting="API_RATE"),
    }
    with override_settings(**told):
        bearer = {"Authorization": f"Bearer {Directory().token}"}
        client = WSGISCIMClient(WSGIHandler(), base_url="http://localhost/scim/v2", headers=bearer)
        results = check_server(client)
    wrong = [
        f"{each.title}: {each.reason}" for each in results if each.status in {Status.ERROR, Status.CRITICAL}
    ]
    assert not wrong, "\n".join(wrong)
    assert Counter(each.status for each in results)[Status.SUCCESS] > 50
