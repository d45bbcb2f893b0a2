"""A case tried on what was asked before: what changes, told by role, never of fewer than the smallest group (issue 16)."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from charter import rules
from charter.registry import queries as registry
from charter.rules.examples.base import about, team
from charter.rules.vocabulary import DecisionType, Grain, Outcome, Role
from governance.board import services as board
from governance.board.models import Case
from governance.board.states import CaseKind, SeatKind
from governance.decisions import scans
from governance.decisions.models import Replay, ReplayPart
from governance.decisions.replay import counting
from governance.decisions.replay.counting import AsProposed, CellTally, Moved
from governance.decisions.replay.proposals import make_proposal
from governance.decisions.services import replays
from ground import calendar, clock
from ground.errors import BadInput, NotPermitted
from tests import factories
from tests.governance.decisions.conftest import NOON
from tests.governance.decisions.plain_count import AskedBefore, count_moved
from tests.governance.decisions.test_answer import LEAD_TIME, ask
from tests.pages import browse

__all__ = ["browse"]
pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("governed")]

HOUSE = rules.compile_rulebook(rules.builtin_files())
SMALLER = replace(team().cohorts[0], people=4)

# Counting, pure


def asked(*askers: str, **changes) -> list[AskedBefore]:
    return [AskedBefore((team(**changes),), each, frozenset({Role.MANAGER})) for each in askers]


def larger_groups(minimum: int) -> AsProposed:
    return AsProposed(
        HOUSE,
        lambda facts: replace(facts, cohorts=tuple(replace(each, minimum=minimum) for each in facts.cohorts)),
    )


def test_what_comes_out_alike_is_left_out_and_the_rest_is_counted_by_role() -> None:
    """Nine people are asked about: a smallest group of ten refuses all, one of nine none."""
    questions = asked("a", "a", "b") + asked("c", decision=DecisionType.STAFFING)  # refused either way
    assert count_moved(questions, HOUSE, larger_groups(9)) == {}
    (found,) = count_moved(questions, HOUSE, larger_groups(10)).items()
    moved, tally = found
    assert moved == Moved(DecisionType.RETROSPECTIVE, Grain.TEAM, Role.MANAGER, Outcome.PERMIT, Outcome.DENY)
    assert (tally.questions, tally.askers, tally.rules) == (3, {"a", "b"}, {"AR12"})


def test_what_would_be_allowed_names_the_rule_that_refused_it() -> None:
    questions = asked("a", **about(SMALLER))
    ((moved, tally),) = count_moved(questions, HOUSE, larger_groups(3)).items()
    assert (moved.before, moved.after, tally.rules) == (Outcome.DENY, Outcome.PERMIT, {"AR12"})


def cell(role: Role, questions: int, *askers: str) -> dict[Moved, CellTally]:
    moved = Moved(DecisionType.RETROSPECTIVE, Grain.TEAM, role, Outcome.PERMIT, Outcome.DENY)
    return {moved: CellTally(questions, set(askers))}


def test_a_cell_of_few_people_is_told_with_others_or_not_at_all() -> None:
    """S130's likeness: neither a small cell nor what the sum would tell of it."""
    large = cell(Role.MANAGER, 9, *"abcde")
    alone = counting.tell(large | cell(Role.HR, 2, "x"), read=20, unreadable=0, smallest=5)
    assert [each.questions for each in alone.cells] == [9] and (alone.rest, alone.changed) == (None, None)
    more = large | cell(Role.HR, 2, "x", "y", "z") | cell(Role.AUDITOR, 4, "v", "w")
    together = counting.tell(more, read=20, unreadable=0, smallest=5)
    assert (together.rest, together.changed) == (6, 15)
    assert counting.tell(large, read=20, unreadable=0, smallest=5).changed == 9


CELLS = st.dictionaries(
    st.builds(
        Moved, st.sampled_from(DecisionType), st.just(Grain.TEAM), st.none() | st.sampled_from(Role),
        st.just(Outcome.PERMIT), st.sampled_from([Outcome.DENY, Outcome.REFER]),
    ),
    st.builds(CellTally, st.integers(1, 9), st.sets(st.sampled_from("abcdefgh"), min_size=1), st.just({"AR12"})),
    max_size=6,
)  # fmt: skip


@given(st.lists(CELLS, max_size=3), st.integers(2, 6))
def test_no_number_is_of_fewer_people_than_the_smallest_group(parts, smallest) -> None:
    """Whatever the cells: kept and read again they are the same, and each number told is of enough people."""
    kept = [counting.from_plain(json.loads(json.dumps(counting.to_plain(each)))) for each in parts]
    assert kept == parts
    whole = counting.add_up(kept)
    result = counting.tell(whole, read=99, unreadable=0, smallest=smallest)
    told = {each.moved for each in result.cells}
    assert all(len(whole[moved].askers) >= smallest for moved in told)
    hidden = [tally for moved, tally in whole.items() if moved not in told]
    few = 0 < len(set().union(*(each.askers for each in hidden))) < smallest
    assert (result.rest is None) is few and (result.changed is None) is few


# Recorded questions


@pytest.fixture
def case(house) -> Case:
    """To raise the smallest group above the nine people of payments."""
    factories.a_board()
    changes = {"minimum_group": 10, "minimum_group_strain": 10}
    return board.open_case(
        kind=CaseKind.SETTINGS, subject="Groups", question="Larger?", details=changes, by=factories.system()
    )


@pytest.fixture
def auditor(house):
    return house.auditor


def work() -> int:
    return scans.REPLAYS.once(by=factories.system())["questions decided anew"]


def result(case: Case) -> dict:
    return Replay.objects.get(case=case).result


def test_what_a_case_would_change_is_worked_out_by_the_clock(house, case, auditor):
    """Ninety days of recorded questions, and none from before or after."""
    with clock.stopped_at(NOON - timedelta(days=91)):
        ask(house.manager, LEAD_TIME | {"window": {"from": "2025-12-01", "to": "2026-01-01"}})
    for _each in range(3):
        ask(house.manager)
    ask(house.manager, decision="promotion_evidence")  # refused, and would be
    with clock.stopped_at(NOON + timedelta(minutes=1)):
        replay = replays.ask_for_replay(case=case, by=auditor)
        ask(house.manager)  # afterwards
        assert replay.total == 4 and work() == 4 and work() == 0
    told = result(case)
    assert (told["read"], told["unreadable"]) == (4, 0)
    # One manager asked, who is fewer than the smallest group: that something changes is told, and no more.
    assert told["cells"] == [] and told["changed"] is None and told["rest"] is None


def test_a_replay_goes_on_where_it_stopped(house, case, auditor, monkeypatch):
    """A part stays; the next pass begins behind it, and counts nothing twice."""
    monkeypatch.setattr(replays, "A_PART", 2)
    for _each in range(5):
        ask(house.manager)
    with clock.stopped_at(NOON + timedelta(minutes=1)):
        replay = replays.ask_for_replay(case=case, by=auditor)
        by, in_force = factories.system(), registry.find_rulebook(replay.rulebook_hash)
        proposal = make_proposal(case, in_force)
        deciding = replays.begin_deciding(replay, in_force, proposal)
        assert replays.decide_part(replay=replay, deciding=deciding, by=by) == 2
        assert work() == 3
    assert [part.start for part in ReplayPart.objects.all()] == [0, 2, 4] and result(case)["read"] == 5
    cells = counting.add_up(counting.from_plain(each.cells) for each in ReplayPart.objects.all())
    assert [tally.questions for tally in cells.values()] == [5]
    assert str(house.manager.pk) not in json.dumps([part.cells for part in ReplayPart.objects.all()])


def test_rules_charters_and_waivers_are_tried_likewise(house, auditor):
    """What each would change of the same question."""
    ask(house.manager)
    refused = ask(house.manager, cohorts=["team:payments"], order_by="value", limit=1, export=True)
    assert not refused.verdict.permits or refused.rows
    today = calendar.today()
    waiver = board.open_case(
        kind=CaseKind.WAIVER, subject="AR26", question="May we?", by=factories.a_board()[SeatKind.HR],
        details={"rule_id": "AR26", "metric": "lead-time-for-changes", "starts_on": today,
                 "ends_on": today + timedelta(days=9), "reason": "A court asks."},
    )  # fmt: skip
    changed = factories.an_open_case("lead-time-for-changes", document=_without_retrospective())
    with clock.stopped_at(NOON + timedelta(minutes=1)):
        for each in (waiver, changed):
            replays.ask_for_replay(case=each, by=auditor)
        work()
    of_charter = counting.from_plain(ReplayPart.objects.get(replay__case=changed).cells)
    assert {(moved.before, moved.after) for moved in of_charter} >= {(Outcome.PERMIT, Outcome.DENY)}
    tried = Replay.objects.get(case=waiver)
    assert tried.result is not None, tried.why


def _without_retrospective():
    base = factories.a_document("lead-time-for-changes")
    kept = tuple(
        use for use in base.which_decisions.allowed if use.decision is not DecisionType.RETROSPECTIVE
    )
    examples = replace(base.examples, correct=base.examples.correct[1:])
    return replace(
        base, which_decisions=replace(base.which_decisions, allowed=kept), examples=examples,
        why=replace(base.why, serves=DecisionType.STAFFING),
    )  # fmt: skip


def test_who_may_try_and_what_can_be_tried(house, case, auditor):
    for account in (house.manager, house.stranger):
        with pytest.raises(NotPermitted):
            replays.ask_for_replay(case=case, by=account)
    question = board.open_case(
        kind=CaseKind.EDGE_CASE, subject="A question", question="May we?", by=factories.system()
    )
    with pytest.raises(BadInput):
        replays.ask_for_replay(case=question, by=auditor)
    replays.ask_for_replay(case=case, by=auditor)
    with pytest.raises(BadInput):
        replays.ask_for_replay(case=case, by=auditor)


def test_the_database_keeps_what_was_worked_out(house, case, auditor):
    replay = replays.ask_for_replay(case=case, by=auditor)
    work()
    with pytest.raises(IntegrityError), transaction.atomic():
        Replay.objects.filter(pk=replay.pk).update(result={"changed": 0})


def test_page_and_command_tell_the_same(browse, house, case, auditor):
    """The board reads it from the case; the command works it out at once."""
    ask(house.manager)
    legal = factories.a_board()[SeatKind.LEGAL]
    address = f"/cases/{case.pk}/replay"
    assert browse(f"/cases/{case.pk}", by=legal).says("What would the questions of the last 90 days")
    assert browse(address, by=house.manager).status == 403
    assert browse(address, by=legal).says("This case has not been tried yet")
    with clock.stopped_at(NOON + timedelta(minutes=1)):
        assert browse(address, by=legal, data={}).status == 302
        assert browse(address, by=legal).says("0 of 1 questions are decided anew")
        out = StringIO()
        call_command("replay", str(case.number), "--as", legal.username, stdout=out)
        assert json.loads(out.getvalue())["read"] == 1
        assert browse(address, by=legal).says("What would change", "too few people asked them")
