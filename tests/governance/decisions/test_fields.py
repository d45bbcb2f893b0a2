"""Nothing is permitted and then ignored: each field of a request changes the rows, is refused by a rule, or is 400."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from django.db import transaction

from charter.measures.models import PublishedValue
from charter.measures.rows import Row
from charter.rules.request import Request
from charter.rules.vocabulary import Combine, OrderBy
from governance.board import services as board
from governance.board.states import CaseKind, SeatKind
from governance.decisions.requests.parsing import WORDS, parse
from governance.decisions.rows.arranging import relate
from governance.people.models import AccountKind, Cohort, GrantedRole, Team, User
from ground import calendar
from ground.errors import BadInput
from tests import factories, on_the_log, snapshots
from tests.governance.decisions.test_answer import LEAD_TIME, RANKING, ask

TWO = {**LEAD_TIME, "cohorts": ["team:payments", "team:search"]}
FAULT = (
    "A fault in the team's workflow is being looked for."  # as the charter of commit counts has it affirmed
)
COMMITS = {**TWO, "metrics": ["commit-count"], "decision": "workflow_debugging", "affirms": [FAULT]}
JANUARY = {"from": "2026-01-01", "to": "2026-02-01"}


@snapshots.fixture
def with_two_teams(governed) -> User:
    factories.a_role(governed.manager, GrantedRole.MANAGER, team=Team.objects.get(slug="search"))
    factories.a_role(governed.manager, GrantedRole.METRIC_OWNER)
    search = Cohort.objects.get(slug="team:search")
    for month, value in enumerate((10.0, 30.0, 50.0), 1):
        _copy(
            PublishedValue.objects.get(metric__slug="lead-time-for-changes", starts_on=date(2026, month, 1)),
            search,
            value,
        )
    for found in PublishedValue.objects.filter(metric__slug="lead-time-for-changes"):
        _copy(found, found.cohort, found.value, version=governed.commit_count)
    return governed.manager


@pytest.fixture
def two_teams(stopped, with_two_teams) -> User:
    """The manager leads both teams, and search has values as well: 10, 30 and 50 beside 20, none and 20."""
    return with_two_teams


@transaction.atomic
def _copy(found: PublishedValue, cohort: Cohort, value: float | None, *, version: Any = None) -> None:
    """The same value of another group or metric, published beside it."""
    found = PublishedValue.objects.get(pk=found.pk)
    found.cohort = cohort
    if value is not None:
        found.value, found.low, found.high = value, value, value
        found.n, found.people, found.coverage, found.withheld = 40, 8, 1.0, ""
    if version is not None:
        found.metric, found.charter_version = version.metric, version
    found.pk, found._state.adding = None, True
    found.save()
    on_the_log.tell_of(found)


def places(rows: tuple[Row, ...]) -> list[tuple[str, str]]:
    return [(row.cohort.removeprefix("team:"), row.period[-2:]) for row in rows]


def test_rows_come_in_the_order_asked_for(two_teams):
    """Issue 9: at team grain `order_by` was permitted and changed nothing."""
    assert places(ask(two_teams, TWO).rows) == [
        *(("payments", month) for month in ("01", "02", "03")), *(("search", month) for month in ("01", "02", "03")),
    ]  # fmt: skip
    highest = ask(two_teams, TWO, cohorts=["team:search"], order_by="value").rows
    assert [row.value for row in highest] == [50.0, 30.0, 10.0]
    assert places(ask(two_teams, TWO, order_by="period").rows)[:3] == [
        ("payments", "01"),
        ("search", "01"),
        ("payments", "02"),
    ]
    turned = ask(two_teams, TWO, cohorts=["team:search", "team:payments"], order_by="cohort").rows
    assert places(turned) == places(ask(two_teams, TWO).rows)


def test_several_teams_stand_by_their_names_and_in_no_other_order(two_teams):
    """Issue 16, AR29, S154: named in another order they stand as before; ranked, cut short or placed they are refused."""
    turned = ask(two_teams, TWO, cohorts=["team:search", "team:payments"]).rows
    assert places(turned) == places(ask(two_teams, TWO).rows)
    for ranked in (
        {"order_by": "value"},
        {"limit": 1},
        {"percentile": True},
        {"order_by": "value", "limit": 1},
    ):
        assert _rules(ask(two_teams, TWO, **ranked)) == {"AR14", "AR29"}  # its charter forbids it, too
        assert ask(two_teams, TWO, **ranked).rows == ()
    waived(factories.a_board()[SeatKind.ENGINEERING])
    assert _rules(ask(two_teams, TWO, order_by="value")) == {
        "AR14"
    }  # no waiver reaches what a charter forbids


def waived(by: User) -> None:
    """The board lets teams be ranked."""
    details = {
        "rule_id": "AR29", "metric": "lead-time-for-changes", "reason": "A court asks.", "starts_on": calendar.today(),
        "ends_on": calendar.today() + timedelta(days=9),
    }  # fmt: skip
    factories.a_decided_case(
        board.open_case(kind=CaseKind.WAIVER, subject="Ranks", question="May we?", details=details, by=by)
    )


def test_unlike_teams_are_looked_at_one_by_one_and_planned_for_by_name(two_teams):
    """Issue 16, AR11: side by side in a retrospective they are compared; in staffing they stand by name."""
    factories.change(Team.objects.get(slug="search"), context_class="rescue")
    assert ask(two_teams, TWO, decision="staffing").verdict.permits
    assert ask(two_teams, TWO, cohorts=["team:search"]).verdict.permits
    assert _rules(ask(two_teams, TWO, decision="staffing", compare=True)) == {"AR11", "AR14"}
    assert "AR11" in _rules(ask(two_teams, TWO))


def test_only_the_first_rows_of_each_metric_are_given(two_teams):
    """Issue 9: `limit` was permitted and changed nothing. What follows beside is in `test_pairing`."""
    given = ask(two_teams, TWO, cohorts=["team:search"], order_by="value", limit=2)
    assert places(given.rows) == [("search", "03"), ("search", "02")]
    assert places(ask(two_teams, TWO, cohorts=["team:payments"], limit=1).rows) == [("payments", "01")]


def test_groups_are_held_against_each_other(two_teams):
    """Issue 9: `compare` and `percentile` were permitted and changed nothing; what is withheld is in no comparison."""
    plain = ask(two_teams, TWO).rows
    assert all(row.difference is None and row.percentile is None for row in plain)
    compared = ask(two_teams, TWO, compare=True).rows
    assert [row.difference for row in compared] == [0.0, None, 0.0, -10.0, None, 30.0]
    request = msgspec.convert({**TWO, "percentile": True}, Request)  # which the board may waive AR29 for
    assert [row.percentile for row in relate(plain, request)] == [100.0, None, 0.0, 0.0, None, 100.0]
    for part in ("compare", "percentile"):
        with pytest.raises(BadInput) as raised:
            ask(two_teams, **{part: True})
        assert raised.value.field == part


def test_periods_are_made_into_one_value_where_that_says_something(two_teams):
    """Issue 9: `combine` was permitted and changed nothing. Counts add up, medians do not."""
    asked = {**COMMITS, "cohorts": ["team:search"]}
    (added,) = ask(two_teams, asked, combine="sum").rows
    (mean,) = ask(two_teams, asked, combine="mean").rows
    assert (added.value, added.period, added.n, added.people) == (90.0, "2026-01/2026-03", 120, None)
    assert (mean.value, mean.low, mean.high) == (30.0, None, None)
    both = ask(two_teams, COMMITS, combine="sum", compare=True, window=JANUARY).rows
    assert [(row.value, row.difference) for row in both] == [(20.0, 0.0), (10.0, -10.0)]
    for question, how in ((TWO, "sum"), (TWO, "mean"), (COMMITS, "score")):
        with pytest.raises(BadInput) as raised:
            ask(two_teams, question, combine=how)
        assert raised.value.field == "combine"


def test_what_a_withheld_month_is_part_of_is_withheld(two_teams):
    """A sum less the other months would tell what a month may not."""
    (added,) = ask(two_teams, COMMITS, cohorts=["team:payments"], combine="sum").rows
    assert (added.value, added.n, added.withheld) == (None, None, "too_few")


def test_a_check_says_what_the_question_would_be_told(two_teams):
    """Issue 9: a check that permits what the question is then told to be 400 would be a permit that is ignored."""
    for asked in (
        {"time_filter": "weekend"},
        {"combine": "score"},
        {"cohorts": ["team:search"], "compare": True},
    ):
        for rows in (True, False):
            with pytest.raises(BadInput) as raised:
                ask(two_teams, TWO, rows=rows, **asked)
            assert raised.value.field in asked


def _rules(given: Any) -> set[str]:
    return {match.id for match in given.verdict.rules}


# Each field of a request, by what it does: another value of it and whether the answer to it is another.
CHANGES: Mapping[str, tuple[Mapping[str, Any], Callable[[Any, Any], bool]]] = {
    "decision": ({"decision": "compensation"}, lambda plain, other: "AR14" in _rules(other)),
    "metrics": ({"metrics": ["commit-count"], "decision": "workflow_debugging", "affirms": [FAULT]}, lambda plain, other: other.rows[0].metric == "commit-count"),
    "grain": ({"grain": "value_stream", "cohorts": ["value_stream:commerce"]}, lambda plain, other: "AR14" in _rules(other)),
    "window": ({"window": JANUARY}, lambda plain, other: {row.period for row in other.rows} == {"2026-01"}),
    "period": ({"period": "quarter"}, lambda plain, other: {row.period for row in other.rows} == {"2026-Q1"}),
    "view": ({"view": "performance"}, lambda plain, other: "AR10" in _rules(other)),
    "cohorts": ({"cohorts": ["team:search"]}, lambda plain, other: {row.cohort for row in other.rows} == {"team:search"}),
    "affirms": ({"affirms": ["My aunt asked for it."]}, lambda plain, other: other.field == "affirms"),
    "persons": ({"persons": ["payments-1"]}, lambda plain, other: other.field == "persons"),
    "about": ({"about": ["payments-1"]}, lambda plain, other: other.field == "about"),
    "order_by": ({"order_by": "value"}, lambda plain, other: "AR29" in _rules(other)),
    "limit": ({"limit": 1}, lambda plain, other: "AR29" in _rules(other)),
    "percentile": ({"percentile": True}, lambda plain, other: "AR29" in _rules(other)),
    "compare": ({"compare": True}, lambda plain, other: other.rows[0].difference is not None),
    "combine": ({"combine": "sum"}, lambda plain, other: other.field == "combine"),
    "time_filter": ({"time_filter": "weekend"}, lambda plain, other: other.field == "time_filter"),
    "export": ({"export": True}, lambda plain, other: "no_export" in set(plain.verdict.obligations) - set(other.verdict.obligations)),
}  # fmt: skip
# These say what stands behind a decision about a person: with them fewer rules refuse it.
BACKING = {
    "evidence": ({"evidence": [{"kind": "mentoring", "ref": "M-1"}]}, "One piece is no record that somebody else has opened and checked."),
    "accountable": ({"accountable": "manager"}, "AR18"),
}  # fmt: skip
KEPT = {"reason"}  # and nothing else


def test_every_field_is_spoken_of_here():
    """A field that is added has to say what it does, and one of closed words to name them."""
    assert set(Request.__struct_fields__) == {*CHANGES, *BACKING, *KEPT}


@pytest.mark.parametrize("field", CHANGES)
def test_each_field_changes_what_is_given(two_teams, field):
    """Issue 9: every field of a request is carried out, refused with a rule, or 400."""
    changes, differs = CHANGES[field]
    assert differs(ask(two_teams, TWO), _asked(two_teams, changes))


def _asked(by: User, changes: Mapping[str, Any]) -> Any:
    try:
        return ask(by, TWO, **changes)
    except BadInput as error:
        return error


def test_what_stands_behind_a_decision_counts(two_teams):
    """Issue 9: evidence and who answers change the verdict, by what the rules say of them."""
    plain = ask(two_teams, RANKING)
    evidenced = ask(two_teams, RANKING, **BACKING["evidence"][0])
    assert BACKING["evidence"][1] in next(
        match.here for match in evidenced.verdict.rules if match.id == "AR07"
    )
    assert BACKING["accountable"][1] in _rules(plain) - _rules(
        ask(two_teams, RANKING, **BACKING["accountable"][0])
    )


NAMED = ("hr", "out-of-use", "robot", "nobody-here")


@pytest.mark.parametrize(("who", "told"), [("stranger", 1), ("employee", 1), ("manager", 2)])
def test_who_has_no_role_over_those_asked_about_learns_of_no_account(two_teams, house, who, told):
    """Issue 9: to them every name reads the same; a manager learns who can answer, and nothing of the rest."""
    factories.change(factories.an_account("out-of-use"), is_active=False)
    factories.a_role(factories.an_account("hr"), GrantedRole.HR)
    factories.an_account("robot", kind=AccountKind.MACHINE)
    by = getattr(house, who)
    said = [repr(ask(by, RANKING, accountable=name).verdict).replace(name, "") for name in NAMED]
    assert len(set(said)) == told and len(set(said[1:])) == 1
    assert "AR18" in _rules(ask(by, RANKING, accountable="nobody-here"))


@pytest.mark.parametrize(("who", "answers"), [("manager", True), ("employee", False), ("stranger", False)])
def test_who_answers_leads_those_concerned_and_is_none_of_them(two_teams, house, who, answers):
    """Issue 16, AR18: their manager does, whoever asks; one of them, or a stranger, does not, though they name themself."""
    for by in (house.manager, getattr(house, who)):
        assert ("AR18" not in _rules(ask(by, RANKING, accountable=who))) is answers


def test_a_manager_who_is_on_the_team_answers_for_no_decision_about_it(house):
    """Issue 16, AR18: leading them does not make up for being one of them; HR answers for everybody."""
    team = Team.objects.get(slug="payments")
    person = team.memberships.exclude(person=house.employee.person).first().person
    factories.change(house.manager, person=person)
    assert "AR18" in _rules(ask(house.manager, RANKING, accountable="manager"))
    factories.a_role(factories.an_account("hr"), GrantedRole.HR)
    assert "AR18" not in _rules(ask(house.manager, RANKING, accountable="hr"))


@pytest.mark.parametrize("said", ["who appealed", "quota of teams", "weekends only", "combine: sum"])
def test_free_text_decides_nothing(two_teams, said):
    """Issue 9: a reason is kept, and the answer is the same."""
    assert ask(two_teams, TWO, reason=said).rows == ask(two_teams, TWO).rows


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("order_by", "who appealed"), ("order_by", "Value"), ("order_by", ""), ("order_by", "stack rank"),
        ("combine", "20-70-10"), ("combine", "target distribution"), ("combine", " "), ("combine", "sum\n"),
    ],
)  # fmt: skip
def test_another_word_is_refused_with_those_that_exist(field, said):
    """Issue 9: `order_by: "who appealed"`, `combine: "20-70-10"` and "target distribution" were permitted."""
    with pytest.raises(BadInput) as raised:
        parse(msgspec.json.encode({**LEAD_TIME, field: said}))
    assert (raised.value.field, raised.value.status) == (field, 400)
    assert all(word in raised.value.detail for word in WORDS[field])


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ({"order_by": OrderBy.APPEALS.value}, "AR22"),
        ({"combine": Combine.QUOTA.value}, "AR17"),
        ({"combine": Combine.CURVE.value}, "AR17"),
    ],
)
def test_abuse_can_be_said_and_is_refused_by_its_rule(two_teams, asked, rule):
    """Issue 9: closed words have abuse among them, so that it is on the log."""
    assert _rules(ask(two_teams, TWO, **asked)) == {rule}
