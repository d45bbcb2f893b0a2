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
from tests.ground.test_transactions import round_trips, traced

pytestmark = pytest.mark.committed


def test_a_statement_waits_three_times_for_our_own_database(house, committed_db):
    """The token with its count, what is true with BEGIN, and the entry with COMMIT, which ends before the rows are there."""
    factories.a_token(house.manager, Scope.ASK)
    terms = Terms(Token.objects.get(user=house.manager).pk, DecisionType.RETROSPECTIVE)
    (statement,) = read_statements(f"SELECT value FROM {LEAD_TIME} WHERE cohort = 'team:payments'")
    for _ in range(2):  # what is remembered under data versions is read once
        release(statement.query, (), terms)
    with traced() as lines:
        release(statement.query, (), terms)
    open("/tmp/door/trips.txt", "w").write("\n".join(lines))
    assert round_trips(lines) <= 3, lines
    assert DecisionRecord.objects.filter(door="sql").count() == 3
