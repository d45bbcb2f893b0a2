"""Which version governs a metric: kept beside it by the database, whatever the code above it does."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from charter.registry.models import CharterVersion, Metric
from charter.registry.states import StandingChoices
from ground import clock
from ground.ids import new_id
from tests import databases, factories, on_the_log

ORDER = [StandingChoices.ACTIVE, StandingChoices.SUSPENDED, StandingChoices.PILOT]
# One step of a history: the number of a version, and where it stands from then on; None takes it away.
STEPS = st.lists(
    st.tuples(st.integers(1, 4), st.none() | st.sampled_from(StandingChoices.values)), max_size=12
)


class Versions:
    """One metric's versions, written past every service by the owner of the tables."""

    def __init__(self, owner: psycopg.Connection, programme, account) -> None:
        self.owner, self.account = owner, account
        metric = Metric(
            slug=f"m-{new_id()}", name="M", programme=programme, owner=account, created_by=account
        )
        metric.save()
        self.metric = metric.pk
        self.standing: dict[int, str] = {}

    def take(self, number: int, standing: str | None) -> None:
        if standing == StandingChoices.ACTIVE and StandingChoices.ACTIVE in self.standing.values():
            return  # a constraint allows one
        if standing is None:
            self.run("DELETE FROM registry_charterversion WHERE metric_id = %s AND number = %s", number)
            self.standing.pop(number, None)
            return
        if number in self.standing:
            text = "UPDATE registry_charterversion SET standing = %s WHERE metric_id = %s AND number = %s"
            self.owner.execute(text, [standing, self.metric, number])
        else:
            self.insert(number, standing)
        self.standing[number] = standing

    def run(self, text: str, number: int) -> None:
        self.owner.execute(text, [self.metric, number])

    def insert(self, number: int, standing: str) -> None:
        row = {
            "id": new_id(), "metric_id": self.metric, "number": number, "document": Jsonb({}), "content_hash": "",
            "category": "", "layer": "", "kind": "", "view": "", "created_at": clock.now(),
            "created_by_id": self.account.pk, "standing": standing, "activated_at": clock.now(),
            "activated_by_id": self.account.pk, "case_id": new_id(), "expires_at": clock.now(), "pilot_cohort": "team:any",
            "bounds": Jsonb({}),
        }  # fmt: skip
        names, values = ", ".join(row), ", ".join(["%s"] * len(row))
        self.owner.execute(
            f"INSERT INTO registry_charterversion ({names}) VALUES ({values})", list(row.values())
        )

    def governs(self) -> int | None:
        text = """SELECT v.number FROM registry_metric m
                  LEFT JOIN registry_charterversion v ON v.id = m.current_id AND v.metric_id = m.id WHERE m.id = %s"""
        return self.owner.execute(text, [self.metric]).fetchone()[0]

    def ought(self) -> int | None:
        """The active one, else the suspended, else the one in pilot, else the newest."""
        ranked = sorted(self.standing, key=lambda number: (self._rank(number), -number))
        return ranked[0] if ranked else None

    def _rank(self, number: int) -> int:
        standing = self.standing[number]
        return ORDER.index(standing) if standing in ORDER else len(ORDER)


# The trigger's function does what the runtime role may not; a table of one's own would lend it other rows.
BORROWED = """
CREATE TEMPORARY TABLE borrowed (metric_id uuid);
CREATE TRIGGER borrowed AFTER INSERT ON borrowed
FOR EACH ROW EXECUTE FUNCTION pgtrigger_registry_charterversion_says_which_governs();
"""


@pytest.fixture
def owner(committed_db, server):
    """The owner's connection to a database in which any version may move to any standing, whatever the board says."""
    with psycopg.connect(databases.owner_url(server, committed_db), autocommit=True) as found:
        for name in ("by_a_passed_case", "stands_by_the_table"):
            trigger = f"pgtrigger_registry_charterversion_{name}"
            found.execute(f"ALTER TABLE registry_charterversion DISABLE TRIGGER {trigger}")
        with on_the_log.set_aside(found, "registry_charterversion", "registry_metric"):
            yield found


def test_no_history_leaves_another_version_governing(owner):
    """DESIGN, Charters: whatever happens to a metric's versions, in any order, the one that ought to governs."""
    programme, account = factories.a_programme(), factories.system()

    @given(steps=STEPS)
    def holds(steps):
        versions = Versions(owner, programme, account)
        for number, standing in steps:
            versions.take(number, standing)
            assert versions.governs() == versions.ought()

    holds()


def test_two_at_once_leave_the_right_one(owner, committed_db, server):
    """DESIGN, The line: who changes a version while another does waits, and then sees what the other did."""
    versions = Versions(owner, factories.a_programme(), factories.system())
    versions.take(1, StandingChoices.ACTIVE)
    versions.take(2, StandingChoices.DRAFT)
    with (
        psycopg.connect(databases.owner_url(server, committed_db)) as first,
        ThreadPoolExecutor(1) as elsewhere,
    ):
        text = "UPDATE registry_charterversion SET standing = 'retired' WHERE metric_id = %s AND number = 1"
        first.execute(text, [versions.metric])
        second = elsewhere.submit(versions.insert, 3, StandingChoices.DRAFT)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.3)  # it waits
        first.commit()
        second.result(timeout=10)
    assert versions.governs() == 3


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
def test_nobody_who_serves_requests_says_which_version_governs():
    """Least privilege: only the trigger writes it, so that no code of ours can be wrong about it."""
    version = factories.a_submitted_charter("pr-age")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("UPDATE registry_metric SET current_id = NULL")
    with pytest.raises(DatabaseError, match="permission denied for function"), transaction.atomic():
        connection.cursor().execute(BORROWED)
    other = Metric(
        slug="another", name="Another", programme=version.metric.programme, owner=version.created_by,
        created_by=version.created_by, current=version,
    )  # fmt: skip
    other.save()
    other.refresh_from_db()
    assert other.current is None
    document = version.document
    on_the_log.tell_of(
        CharterVersion.objects.create(
            metric=other, number=1, document=document, created_by=version.created_by
        )
    )


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
def test_the_levels_of_a_charter_are_those_of_its_document():
    """S8: lists show and filter by a column that the database reads from the document itself."""
    version = CharterVersion.objects.get(pk=factories.a_submitted_charter("pr-age").pk)
    assert version.grains == version.document["what"]["grains"] != []
