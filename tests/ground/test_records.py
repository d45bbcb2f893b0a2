"""Writing one record: what is wrong with it is said in words, and asked for only where the database refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from ground import clock, records
from ground.errors import BadInput, Conflict
from ground.models import Heartbeat

pytestmark = pytest.mark.django_db


def a_heartbeat(**changes) -> Heartbeat:
    return Heartbeat(
        **{
            "scan": "mail",
            "at": clock.now(),
            "due_at": clock.now() + timedelta(minutes=1),
            "took": 1.0,
            **changes,
        }
    )


def test_a_record_is_written_without_asking_the_database_of_its_constraints_first():
    with CaptureQueriesContext(connection) as captured:
        records.insert(a_heartbeat())
    assert [query["sql"].split()[0] for query in captured] == ["SAVEPOINT", "INSERT", "RELEASE"]


def test_what_the_database_refuses_is_said_in_words_and_the_transaction_goes_on():
    records.insert(a_heartbeat())
    with pytest.raises(BadInput, match="already exists"):
        records.insert(a_heartbeat())
    assert Heartbeat.objects.filter(scan="mail").count() == 1


def test_a_field_is_looked_at_before_anything_is_written(django_assert_num_queries):
    with django_assert_num_queries(0), pytest.raises(BadInput) as refused:
        records.insert(a_heartbeat(scan="x" * 61))
    assert refused.value.field == "scan"


def test_who_was_first_at_the_same_moment_is_a_conflict(monkeypatch):
    """The other's record is gone, or not to be seen, when it is asked what was wrong."""

    def refused(*_: object, **__: object) -> None:
        raise IntegrityError("duplicate key")

    monkeypatch.setattr(Heartbeat, "save", refused)
    with pytest.raises(Conflict):
        records.insert(a_heartbeat())
