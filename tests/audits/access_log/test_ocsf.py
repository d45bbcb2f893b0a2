"""The stream for a SIEM: valid events in pseudonyms, each once, from wherever the last was taken."""

import json
from io import StringIO
from pathlib import Path

import jsonschema
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from audits.access_log.events import LogStreamed
from audits.ledger import sequencer
from governance.decisions.models import DecisionRecord
from tests import factories
from tests.audits.access_log.conftest import OUTSIDERS
from tests.audits.access_log.test_reading import call, entries
from tests.governance.decisions.test_answer import ask

pytestmark = pytest.mark.django_db
SCHEMA = json.loads(Path(__file__).with_name("ocsf_api_activity.schema.json").read_text())


@pytest.fixture
def placed(people):
    """Those four decisions, with their places in the log."""
    sequencer.sequence()
    return people


def place() -> None:
    """Give what waits its place; a transaction in life would have ended before."""
    factories.as_owner("SET CONSTRAINTS ALL IMMEDIATE")
    sequencer.sequence()
    factories.as_owner("SET CONSTRAINTS ALL DEFERRED")


def take(user, after: int = -1, limit: int = 1000) -> dict:
    reply = call(user, f"/ocsf?after={after}&limit={limit}")
    assert reply.status_code == 200, reply.content
    return reply.json()


def test_each_event_keeps_to_its_schema_and_names_nobody(placed):
    """Issue 13 point 8: OCSF, class API Activity, checked against its schema."""
    told = take(placed["auditor"])
    assert len(told["events"]) == DecisionRecord.objects.count() == 4
    for each in told["events"]:
        jsonschema.validate(each, SCHEMA)
        assert each["type_uid"] == each["class_uid"] * 100 + each["activity_id"]
    text = json.dumps(told).lower()
    assert "payments-3" not in text and "rating week" not in text
    assert {each["metadata"]["uid"] for each in told["events"]} == {
        str(each) for each in DecisionRecord.objects.values_list("entry", flat=True)
    }


def test_the_schema_refuses_what_it_should(placed):
    """A check that could not fail would show nothing."""
    [event, *_] = take(placed["auditor"])["events"]
    for name in SCHEMA["required"]:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({key: value for key, value in event.items() if key != name}, SCHEMA)


def test_nothing_comes_twice_and_nothing_is_left_out(placed, house):
    """Issue 13 point 8: resumable; what waits for its place comes later, in the order of the log."""
    auditor = placed["auditor"]
    first = take(auditor, limit=3)
    assert len(first["events"]) == 3 and first["more"]
    ask(house.manager)
    second = take(auditor, after=first["next"])
    assert len(second["events"]) == 1 and not second["more"], "the newest waits for its place"
    assert take(auditor, after=second["next"]) == {"events": [], "next": second["next"], "more": False}
    place()
    third = take(auditor, after=second["next"])
    seen = [each["metadata"]["uid"] for part in (first, second, third) for each in part["events"]]
    assert len(seen) == len(set(seen)) == DecisionRecord.objects.count() == 5
    assert [each["count"] for each in entries(LogStreamed)] == [3, 1, 1], "an empty look writes nothing"


def test_an_administrator_streams_too_and_nobody_else(placed):
    assert len(take(placed["admin"])["events"]) == 4
    for name in OUTSIDERS:
        assert call(placed[name], "/ocsf").status_code == 403


@pytest.mark.parametrize(
    ("query", "field"), [("after=x", "after"), ("limit=0", "limit"), ("limit=99999", "limit")]
)
def test_bad_numbers_are_named(placed, query, field):
    reply = call(placed["auditor"], f"/ocsf?{query}")
    assert reply.status_code == 400 and field in reply.content.decode()


def test_the_command_goes_on_where_it_ended(placed, house, tmp_path):
    state, first, second = tmp_path / "state", StringIO(), StringIO()
    call_command("ocsf", "--as", placed["auditor"].username, "--state", str(state), stdout=first)
    ask(house.manager)
    place()
    call_command("ocsf", "--as", placed["auditor"].username, "--state", str(state), stdout=second)
    assert (len(first.getvalue().splitlines()), len(second.getvalue().splitlines())) == (4, 1)
    state.write_text("nonsense")
    with pytest.raises(CommandError, match="no place of the log"):
        call_command("ocsf", "--as", placed["auditor"].username, "--state", str(state), stdout=StringIO())
