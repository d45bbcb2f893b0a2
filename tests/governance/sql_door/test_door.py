"""The SQL door with psycopg: a token, a decision, rows with a receipt, refusals with rule and fix (issue 20)."""

import msgspec
import psycopg
import pytest

from charter.rules.request import Request
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.services import answer, place_hold
from governance.decisions.states import HoldCause
from governance.people import cohorts
from governance.people.models import Cohort, ContextClassChoices, GrantedRole, Team
from ground import calendar
from tests import factories
from tests.governance.decisions.test_holds import JANUARY
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


def test_what_is_released_is_what_every_door_answers(opened, house):
    """Issue 20, Done when: the question as it was recorded, asked again elsewhere, has the same rows, rules and hash."""
    with opened.connect() as client:
        shown = client.execute(f"SELECT cohort, period, value, n, withheld FROM {LEAD_TIME}").fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            client.execute(f"SELECT * FROM {LEAD_TIME} WHERE cohort = 'team:search'")
    permitted, denied = DecisionRecord.objects.order_by("at", "id")
    again = [
        answer(request=msgspec.convert(each.request, Request), by=house.manager, door=Door.API)
        for each in (permitted, denied)
    ]
    assert shown == [(row.cohort, row.period, row.value, row.n, row.withheld) for row in again[0].rows]
    assert DecisionRecord.objects.get(pk=again[0].id).content_hash == permitted.content_hash
    assert again[1].verdict.outcome == denied.verdict == "deny"
    assert sorted({rule.id for rule in again[1].verdict.rules}) == denied.rules


def test_a_value_under_review_is_shown_as_such(opened, house):
    """AR21: what bears on a value is joined by the line, and so stands in the view."""
    place_hold(
        metric=house.lead_time.metric,
        cohort=Cohort.objects.get(slug="team:payments"),
        cause=HoldCause.DATA_QUALITY,
        reason="Doubted.",
        by=house.auditor,
        **JANUARY,
    )
    with opened.connect() as client:
        context = client.execute(f"SELECT context FROM {LEAD_TIME} ORDER BY period").fetchone()
    assert context == ("Under review",)


def test_a_whole_view_is_of_all_that_the_account_may_see_beside_each_other(opened, house):
    """Issue 20, 2: groups that nobody named are those that the account may see; unlike ones are a comparison (AR11)."""
    whole = f"SELECT DISTINCT cohort FROM {LEAD_TIME} ORDER BY cohort"
    factories.a_team("rescue", people=9, context_class=ContextClassChoices.RESCUE)
    cohorts.register_tree(on=calendar.today(), minimum=5, by=factories.system())
    with opened.connect() as client:
        assert client.execute(whole).fetchall() == [("team:payments",)]
        factories.a_role(house.manager, GrantedRole.MANAGER, team=Team.objects.get(slug="search"))
        assert client.execute(whole).fetchall() == [("team:payments",), ("team:search",)]
        factories.a_role(house.manager, GrantedRole.MANAGER, team=Team.objects.get(slug="rescue"))
        with pytest.raises(psycopg.errors.InsufficientPrivilege) as refused:
            client.execute(whole)
        assert (
            "AR11" in refused.value.diag.message_detail and "WHERE cohort" in refused.value.diag.message_hint
        )
        assert client.execute(
            f"SELECT count(*) FROM {LEAD_TIME} WHERE cohort = 'team:rescue'"
        ).fetchone() == (3,)
