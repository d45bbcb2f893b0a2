"""Data versions: what the line remembers is forgotten at the next committed write to a table that it was read from."""

import re

import psycopg
import pytest
import sqlglot
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from sqlglot import exp

from charter.registry import queries as registry
from governance.board import facts as board
from governance.decisions.facts import value_context
from governance.people import queries as people
from governance.people.authentication import RememberedTokenAuthentication
from governance.people.models import GrantedRole, Token
from governance.training import queries as training
from ground import calendar, data_versions, statements
from tests import factories
from tests.governance.decisions.test_answer import ask

READS = {
    "registry": (registry._PROGRAMME, registry._DECISION, registry._GOVERNING),
    "people": (people.ASKER, people.COHORTS, people.PERSONS, people.ACCOUNTABLE),
    "training": (training._TRAINED,),
    "board": (board.WAIVERS, board.PILOTS),
    # Remembered under the data versions of all the apps that they are read from.
    "decisions people registry": (value_context.HOLDS, value_context.NOTES, value_context.PROTECTED),
}


def tables_of(read: statements.Read) -> set[str]:
    tree = sqlglot.parse_one(re.sub(r"%\(\w+\)s", "NULL", read.sql), dialect="postgres")
    named = {each.alias for each in tree.find_all(exp.CTE)}
    return {table.name for table in tree.find_all(exp.Table) if table.name} - named


def bumping(name: str) -> set[str]:
    """The tables whose writes change a data version, as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'bump_data_version' AND tgenabled = 'O' "
            "AND encode(tgargs, 'escape') LIKE %s",
            [f"{name}%"],
        )
        return {table for (table,) in cursor.fetchall()}


@pytest.mark.django_db
@pytest.mark.parametrize("names", READS)
def test_every_table_that_facts_are_read_from_changes_a_data_version(names):
    """DESIGN, The line: nothing remembered outlives a write; a read from any other table would."""
    read = set().union(*(tables_of(each) for each in READS[names]))
    assert len(read) >= 1
    assert read <= set().union(*(bumping(each) for each in names.split()))


@pytest.mark.django_db
def test_tokens_change_one():
    """Least privilege: a token withdrawn is worth nothing at the next request."""
    assert bumping("tokens") == {"people_token"}


@pytest.mark.django_db
def test_nobody_who_serves_requests_can_keep_one():
    """Security: a data version that could be set back would bring back what was revoked."""
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("UPDATE data_version SET version = gen_random_uuid()")


@pytest.mark.django_db
def test_signing_in_leaves_them_alone():
    """Hot path: what everybody does all day must not empty everybody's memory."""
    user = factories.an_account("somebody")
    before = data_versions.read()
    user.last_login = timezone.now()
    user.save(update_fields=["last_login"])
    assert data_versions.read() == before


def test_a_role_taken_away_counts_at_the_next_question(house):
    """S60: what was remembered about an asker is forgotten with the role."""
    from governance.people import services

    assert ask(house.manager).verdict.permits
    grant = house.manager.role_grants.get(role=GrantedRole.MANAGER)
    services.end_role(grant=grant, valid_to=calendar.today(), by=factories.system())
    assert not ask(house.manager).verdict.permits


def test_a_suspension_counts_at_the_next_question(house):
    """AR15: a suspended metric is refused at the very next query."""
    from charter.registry import services

    assert ask(house.manager).verdict.permits
    services.suspend(version=house.lead_time, by=factories.system())
    assert "AR15" in {match.id for match in ask(house.manager).verdict.rules}


@pytest.mark.committed
def test_what_another_process_writes_counts_too(house, server):
    """DESIGN, The line: a write by any other connection, however made, changes the data version."""
    from tests import databases

    assert ask(house.manager).verdict.permits
    owner = databases.owner_url(server, connection.settings_dict["NAME"])
    with psycopg.connect(owner, autocommit=True) as elsewhere:
        elsewhere.execute("DELETE FROM training_acknowledgement")
    assert "AR24" in {match.id for match in ask(house.manager).verdict.rules}


def test_a_withdrawn_token_is_refused_though_it_was_remembered(house, client, django_assert_num_queries):
    """Least privilege: withdrawing a token needs no restart."""
    token = factories.a_token(house.manager)
    header = {"HTTP_AUTHORIZATION": f"Token {token}"}
    assert client.get("/api/v1/rules", **header).status_code == 200
    assert client.get("/api/v1/rules", **header).status_code == 200
    with django_assert_num_queries(1):  # the data versions
        RememberedTokenAuthentication().authenticate_credentials(token.encode())
    Token.objects.all().delete()
    assert client.get("/api/v1/rules", **header).status_code == 401


@pytest.mark.parametrize(
    "header", ["Token", "Token a b", "Token \xff\xfe", "Token " + "a" * 5000, "Bearer x"]
)
def test_a_strange_header_is_nobody(house, client, header):
    """Issue 2, Bad input: 401, never a 500."""
    assert client.get("/api/v1/rules", HTTP_AUTHORIZATION=header).status_code == 401
