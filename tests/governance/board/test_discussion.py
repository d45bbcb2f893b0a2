"""Discussion, conditions, batches, and what has changed since somebody looked."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from charter.registry.models import CharterVersion
from governance.board import permissions, queries, services
from governance.board.models import Ballot, Comment
from governance.board.states import ConditionKind, SeatKind, Vote
from ground import calendar, clock
from ground.errors import BadInput, Conflict, DomainError, NotPermitted, TooMuch
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


def test_a_comment_stays_as_it_is(case, board):
    """Design, board: the discussion is on record; the database lets nobody reword it."""
    said = services.comment(case=case, text=" Who reads it? ", by=board[SeatKind.HR])
    assert said.text == "Who reads it?"
    with pytest.raises(ProgrammingError), transaction.atomic():
        Comment.objects.update(text="I agree.")
    with pytest.raises(BadInput):
        services.comment(case=case, text="  ", by=board[SeatKind.HR])


def test_who_speaks_and_when(case, board, by):
    """Truth table: whoever works on the case, while it is open."""
    accounts = {
        "member": board[SeatKind.HR],
        "owner": factories.an_account("owner"),
        "nobody": factories.an_account("nobody"),
        "superuser": factories.an_account("root", is_superuser=True),
    }

    def speakers() -> set[str]:
        said = set()
        for name, user in accounts.items():
            try:
                services.comment(case=case, text="Hello.", by=user)
                said.add(name)
            except DomainError:
                pass
        return said

    assert speakers() == {"member", "owner"}
    factories.a_decided_case(case)
    case.refresh_from_db()
    assert speakers() == set()


def test_what_changed_since_i_looked(case, board):
    """Issue 3, 3: comments, seats heard (never how) and conditions by others, after my last look."""
    me, other = board[SeatKind.HR], board[SeatKind.LEGAL]
    services.comment(case=case, text="Before.", by=other)
    assert [change.what for change in queries.list_events_since(case, me)] == ["comment"]
    assert case.pk not in queries.find_changed_cases(me)
    services.look_at(case=case, by=me)
    assert queries.list_events_since(case, me) == ()
    services.propose_condition(case=case, kind=ConditionKind.GRAINS, value={"grains": ["team"]}, by=other)
    services.comment(case=case, text="Mine.", by=me)
    services.cast_ballot(case=case, seat_kind=SeatKind.LEGAL, vote=Vote.REJECT, reason="Secret.", by=other)
    changes = queries.list_events_since(case, me)
    assert [change.what for change in changes] == ["condition", "vote"]
    assert not any("Secret" in change.text or "eject" in change.text for change in changes)
    assert case.pk in queries.find_changed_cases(me)
    services.look_at(case=case, by=me)
    assert case.pk not in queries.find_changed_cases(me)


def test_needs_my_vote(case, board, by):
    """Issue 3, 3: my seat, still unheard, in an open case; for an alternate as well."""
    me, deputy = board[SeatKind.HR], factories.an_account("deputy")
    factories.an_alternate(SeatKind.HR, deputy)
    assert list(queries.list_cases_to_vote_on(me)) == list(queries.list_cases_to_vote_on(deputy)) == [case]
    assert not queries.list_cases_to_vote_on(factories.an_account("root", is_superuser=True)).exists()
    with clock.stopped_at(case.closes_at):
        assert not queries.list_cases_to_vote_on(me).exists()
    services.cast_ballot(case=case, seat_kind=SeatKind.HR, vote=Vote.APPROVE, by=deputy)
    assert (
        not queries.list_cases_to_vote_on(me).exists() and not queries.list_cases_to_vote_on(deputy).exists()
    )


def test_lists_of_cases_cost_the_same_however_long(case, board, django_assert_num_queries):
    """Design, style: pinned numbers of statements."""
    factories.an_open_case("pr-age")
    me = board[SeatKind.HR]
    with django_assert_num_queries(1):
        assert len(queries.list_cases_to_vote_on(me)) == 2
    with django_assert_num_queries(1):
        queries.find_changed_cases(me)
    with django_assert_num_queries(2):  # whether they sit on the board, and the cases
        assert len(queries.list_visible_cases(me)) == 2


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ConditionKind.GRAINS, {"grains": ["person"]}),
        (ConditionKind.GRAINS, {"grains": []}),
        (ConditionKind.GRAINS, {"grains": "team"}),
        (ConditionKind.GRAINS, {"grains": [["team"]]}),
        (ConditionKind.GRAINS, {"levels": ["team"]}),
        (ConditionKind.DECISIONS, {"decisions": ["termination"]}),
        (ConditionKind.END_DATE, {"date": "soon"}),
        (ConditionKind.END_DATE, {"date": "2020-01-01"}),
        (ConditionKind.PILOT_TEAM, {"cohort": "team:nobody", "days": 42}),
        (ConditionKind.PILOT_TEAM, {"cohort": "team:nobody", "days": 41}),
        (ConditionKind.PILOT_TEAM, {"cohort": "team:nobody", "days": "42"}),
    ],
)
def test_conditions_that_narrow_nothing_are_refused(case, board, kind, value):
    """Design, board: a condition takes away from what the charter lists and never adds."""
    with pytest.raises(BadInput):
        services.propose_condition(case=case, kind=kind, value=value, by=board[SeatKind.HR])
    assert not queries.list_conditions(case)


def test_conditions_are_fixed_by_the_first_vote(case, board, by):
    """Design, board: all seats vote on the same text; only members set it, one of a kind."""
    grains = {"kind": ConditionKind.GRAINS, "value": {"grains": ["team"]}}
    for user in (factories.an_account("owner"), factories.an_account("root", is_superuser=True), by):
        with pytest.raises(NotPermitted):
            services.propose_condition(case=case, **grains, by=user)
    first = services.propose_condition(case=case, **grains, by=board[SeatKind.HR])
    with pytest.raises(BadInput, match="of this kind"):
        services.propose_condition(case=case, **grains, by=board[SeatKind.HR])
    services.withdraw_condition(condition=first, by=board[SeatKind.LEGAL])
    with pytest.raises(Conflict):
        services.withdraw_condition(condition=first, by=board[SeatKind.LEGAL])
    second = services.propose_condition(case=case, **grains, by=board[SeatKind.HR])
    services.cast_ballot(case=case, seat_kind=SeatKind.HR, vote=Vote.APPROVE, by=board[SeatKind.HR])
    for attempt in (
        lambda: services.withdraw_condition(condition=second, by=board[SeatKind.HR]),
        lambda: services.propose_condition(
            case=case, kind=ConditionKind.END_DATE, value={"date": "2099-01-01"}, by=board[SeatKind.HR]
        ),
    ):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.code == "voting_has_begun"


def test_an_end_date_ends_the_charter_and_the_minutes_say_so(case, board):
    """Design, board: conditions are enforced, not noted: the charter expires that midnight in the programme's zone."""
    day = calendar.today() + timedelta(days=60)
    services.propose_condition(
        case=case, kind=ConditionKind.END_DATE, value={"date": day.isoformat()}, by=board[SeatKind.HR]
    )
    outcome = factories.a_decided_case(case)
    version = CharterVersion.objects.get(pk=case.charter_version_id)
    assert version.expires_at.date() == day
    assert f"Bound to: Only until a day (date {day})." in outcome.minutes


def test_only_charters_have_conditions(board, by):
    """Issue 3, 3: a question in words is answered, not bound."""
    case = services.open_case(kind="edge_case", subject="A week?", question="Is it meant?", by=by)
    with pytest.raises(BadInput):
        services.propose_condition(
            case=case, kind=ConditionKind.END_DATE, value={"date": "2099-01-01"}, by=board[SeatKind.HR]
        )


def test_a_batch_is_each_its_own_vote(board, by):
    """Issue 3, 3: low-risk cases may be taken together, each still voted."""
    cases = [factories.an_open_case(slug) for slug in ("slo-compliance", "time-to-restore-service")]
    low = [case for case in cases if permissions.is_low_risk(case)]
    assert low, "the catalogue has a harmless charter"
    ballots = services.cast_batch(
        cases=low, seat_kind=SeatKind.PRODUCT, vote=Vote.APPROVE, by=board[SeatKind.PRODUCT]
    )
    assert {ballot.case_id for ballot in ballots} == {case.pk for case in low}
    with pytest.raises(Conflict):
        services.cast_batch(
            cases=low, seat_kind=SeatKind.PRODUCT, vote=Vote.APPROVE, by=board[SeatKind.PRODUCT]
        )


def test_a_batch_is_all_or_none_and_never_of_what_needs_a_look(board, by):
    """Issue 3, 3: one case that is not low-risk, or a veto, stops all of it."""
    low = next(
        case
        for case in (factories.an_open_case(slug) for slug in ("slo-compliance", "time-to-restore-service"))
        if permissions.is_low_risk(case)
    )
    risky = factories.an_open_case("commit-count")
    asked = {"seat_kind": SeatKind.LEGAL, "by": board[SeatKind.LEGAL], "reason": "Because."}
    with pytest.raises(NotPermitted) as refused:
        services.cast_batch(cases=[low, risky], vote=Vote.APPROVE, **asked)
    assert refused.value.code == "not_low_risk"
    for cases, vote in (
        ([low], Vote.VETO),
        ([low], Vote.RECUSE),
        ([], Vote.APPROVE),
        ([low, low], Vote.APPROVE),
    ):
        with pytest.raises(BadInput):
            services.cast_batch(cases=cases, vote=vote, **asked)
    assert not Ballot.objects.exists()


def test_an_account_comments_so_often_a_day(case, board, settings):
    """Issue 9: each comment is told to all who work on the case."""
    settings.COMMENTS_A_DAY = 1
    first, second = list(board.values())[:2]
    services.comment(case=case, text="One.", by=first)
    with pytest.raises(TooMuch):
        services.comment(case=case, text="Two.", by=first)
    assert services.comment(case=case, text="One.", by=second)
