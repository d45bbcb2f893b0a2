"""The line's statements are planned once a connection, unless a pooler needs that they are not."""

import pytest
from django.db import connection

from governance.config.addresses import preparing
from tests.governance.decisions.test_answer import ask

PREPARED = "SELECT count(*), coalesce(sum(generic_plans + custom_plans), 0) FROM pg_prepared_statements"


def prepared() -> tuple[int, int]:
    """How many statements the server keeps prepared for this connection, and how often it ran them."""
    with connection.cursor() as cursor:
        cursor.execute(PREPARED)
        return cursor.fetchone()


@pytest.fixture
def unprepared(house, monkeypatch):
    """Behind a pooler that cannot keep prepared statements apart: the next connection is made as it asks."""
    monkeypatch.setenv("DATABASE_PREPARE", "false")
    options = {**connection.settings_dict["OPTIONS"], **preparing()}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    connection.close()


@pytest.mark.parametrize("rows", [True, False])
def test_a_question_asked_again_prepares_nothing_new(house, rows):
    """Issue 4, hot path: Django's own default for psycopg would plan each statement at each question."""
    ask(house.manager, rows=rows)
    statements, ran = prepared()
    assert statements >= 4
    ask(house.manager, rows=rows)
    again, ran_again = prepared()
    assert again == statements
    assert ran_again > ran


@pytest.mark.committed  # a database of its own, so that the connection to it is a new one
def test_behind_a_pooler_nothing_is_prepared(unprepared, house):
    """DATABASE_PREPARE=false: the same answers, and no statement is left on a connection that others will use."""
    given = ask(house.manager)
    assert given.verdict.permits and given.rows
    assert prepared() == (0, 0)
