"""How often the door waits for our own database before a statement's rows may leave (issue 20, Measured)."""

import pytest

from charter.rules.vocabulary import DecisionType
from governance.decisions.models import DecisionRecord
from governance.people.models import Token
from governance.people.scopes import Scope
from governance.sql_door.asking import Terms, release
from governance.sql_door.reading import read_statements
from tests import factories
from tests.governance.sql_door.conftest import LEAD_TIME
from tests.ground.test_transactions import traced

pytestmark = pytest.mark.committed


def test_a_statement_waits_four_times_for_our_own_database(house, committed_db):
    """Issue 20: the token with its count, what is true with BEGIN, the values, and the entry with COMMIT, which ends before rows leave."""
    factories.a_token(house.manager, Scope.ASK)
    terms = Terms(Token.objects.get(user=house.manager).pk, DecisionType.RETROSPECTIVE)
    (statement,) = read_statements(f"SELECT value FROM {LEAD_TIME} WHERE cohort = 'team:payments'")
    for _ in range(2):  # what is remembered under data versions is read once
        release(statement.query, (), terms)
    with traced() as lines:
        release(statement.query, (), terms)
    assert sum(line.split("\t")[2:3] == ["ReadyForQuery"] for line in lines) == 4, lines
    assert DecisionRecord.objects.filter(door="sql").count() == 3
