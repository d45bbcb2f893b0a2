"""Settings that reach rules through facts alone, tried on recorded questions: their facts are rebuilt from what lay before (issue 16)."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from charter.programme import reach
from charter.programme.settings import OF_DECISIONS, SettingRows
from charter.registry import queries as registry
from charter.rules import find_outcome
from charter.rules.facts import Facts
from charter.rules.rulebook import Rulebook
from charter.rules.vocabulary import Outcome
from governance.board import services as board
from governance.board.screens.case_details import describe_settings
from governance.board.states import CaseKind
from governance.decisions.models import DecisionRecord
from governance.decisions.replay.counting import AsProposed
from governance.decisions.replay.deciding import Deciding
from governance.decisions.replay.proposals import set_otherwise
from governance.decisions.replay.rebuilding import BUDGETS, COVERAGE, LOOKS, RULINGS, make_rebuild
from governance.decisions.replay.recorded import RecordedQuestion, list_recorded, read_recorded
from ground import clock
from tests import factories
from tests.governance.decisions.looks import look, people
from tests.governance.decisions.people import DELIVERY
from tests.governance.decisions.plain_count import AskedBefore, count_moved
from tests.governance.decisions.test_answer import ask
from tests.governance.decisions.test_holds import CALIBRATION
from tests.governance.decisions.test_looking import RATING, STAFFING, manager, refers
from tests.governance.decisions.test_referrals import ruled, the_decision
from tests.governance.decisions.test_values import NUMBERS, OF_ONE, own, published

__all__ = ["manager", "own", "people"]
pytestmark = [pytest.mark.django_db]
TEAM = [f"payments-{number}" for number in range(2, 10)]


def recorded() -> list[RecordedQuestion]:
    """All that was asked, the oldest first."""
    now = clock.now()
    found = list_recorded(now - timedelta(days=90), now + timedelta(days=90))
    return read_recorded(found, after=None, most=1_000)


def in_force() -> Rulebook:
    return registry.load_rulebook(factories.the_rules().pk)


def rebuilt(question: RecordedQuestion, **changes: object) -> tuple[Facts, ...]:
    rebuild = make_rebuild(changes, in_force())
    assert rebuild is not None
    return tuple(map(set_otherwise(changes), rebuild(question.by, question.read_facts())))


def outcomes(**changes: object) -> list[Outcome]:
    """What all that was asked would have come to under other settings."""
    return [find_outcome(rebuilt(each, **changes), in_force())[0] for each in recorded()]


def as_they_are() -> dict[str, object]:
    rows = SettingRows()
    return {key: rows.value(key) for key in (*LOOKS, *BUDGETS, COVERAGE, RULINGS)}


def check_nothing_changes() -> None:
    """Rebuilt under the settings as they are, every question reads as it was decided: a guard of what is rebuilt."""
    questions = recorded()
    assert questions
    for each in questions:
        assert rebuilt(each, **as_they_are()) == each.read_facts()


# What each reaches


def test_every_setting_says_what_it_reaches() -> None:
    """A new setting fails here until it says so; what is replayed is in no other list."""
    own_keys = {key for key in _keys() if "." not in key}
    assert own_keys == set(reach.REACH) and set(OF_DECISIONS) == set(reach.OF_DECISIONS)
    for each in (*reach.REACH.values(), *reach.OF_DECISIONS.values()):
        assert bool(each.says) is each.replayed and (each.replayed or each.aside)
        assert bool(each.facts) or not each.replayed


def _keys() -> list[str]:
    from charter.programme.settings import PARTS

    return [key for part in PARTS.values() for key in part.keys]


def test_what_is_said_to_be_replayed_is(house) -> None:
    """Each such setting changes facts as they are recorded, or has facts rebuilt; no other does."""
    questions_facts = {"minimum_group", "minimum_group_strain", "looks_a_day"}
    replayed = {key for key, each in reach.REACH.items() if each.replayed}
    assert replayed == questions_facts | LOOKS | BUDGETS | {COVERAGE, RULINGS}
    for key in reach.REACH:
        rebuilds = make_rebuild({key: 1}, in_force()) is not None
        assert rebuilds is (key in replayed - questions_facts | {"looks_a_day"})


def test_every_fact_that_is_named_is_one() -> None:
    for each in (*reach.REACH.values(), *reach.OF_DECISIONS.values()):
        for place in each.facts:
            shape = Facts
            for name in place.split("."):
                assert name in shape.__struct_fields__, place
                kind = shape.__annotations__[name]
                shape = (
                    getattr(kind, "__args__", (kind,))[0] if not hasattr(kind, "__struct_fields__") else kind
                )


def test_a_case_says_what_its_settings_reach(house) -> None:
    """No setting says “not worked out”: what it reaches is replayed, or it says in its own words why not."""
    factories.a_board()
    case = board.open_case(
        kind=CaseKind.SETTINGS, subject="Settings", question="Other?", by=factories.system(),
        details={"hop_days": 2, "least_events": 20, "review_days": 60},
    )  # fmt: skip
    said = [text for label, text in describe_settings(case) if label == "What that reaches"]
    assert len(said) == 3 and sum("the questions of the last 90 days" in each for each in said) == 1
    assert any("No rule is told of it" in each for each in said)
    assert any("is on no record" in each for each in said)


# Looking


def test_going_through_a_group_is_replayed(people) -> None:
    """S26's kin, AR13: with more people to a series the last is no series; with fewer, an earlier one is."""
    for person in TEAM:
        look(people.manager, person)
    came = [find_outcome(each.read_facts(), in_force())[0] for each in recorded()]
    assert Outcome.REFER in came
    check_nothing_changes()
    assert set(outcomes(enumeration_people=9)) == {Outcome.PERMIT}
    fewer = outcomes(enumeration_people=2, enumeration_share=20)
    assert fewer.index(Outcome.REFER) == 1 < came.index(Outcome.REFER)
    assert set(outcomes(enumeration_minutes=1)) >= {Outcome.REFER}  # all within the minute


def test_only_what_lay_before_counts(people) -> None:
    """What was asked afterwards makes no series of what came before."""
    look(people.manager, "payments-2")
    with clock.stopped_at(clock.now() + timedelta(minutes=5)):
        for person in TEAM[1:]:
            look(people.manager, person)
        assert outcomes(enumeration_people=3, enumeration_share=20)[0] is Outcome.PERMIT
        check_nothing_changes()


def test_a_refused_use_that_is_gone_round_is_replayed(people) -> None:
    """AR13: by the days and the share that would have counted."""
    ask(people.manager, RATING)
    with clock.stopped_at(clock.now() + timedelta(days=3)):
        assert refers(ask(people.manager, STAFFING))
        ask(people.manager, RATING)
        check_nothing_changes()
        assert outcomes(hop_days=2)[1] is Outcome.PERMIT
        assert outcomes(hop_days=4)[1] is Outcome.REFER
    with clock.stopped_at(clock.now() + timedelta(days=20)):
        assert not refers(ask(people.manager, STAFFING))
        assert outcomes(hop_days=30)[-1] is Outcome.REFER


def test_how_long_a_ruling_lasts_is_replayed(people) -> None:
    ask(people.manager, RATING)
    ruled(the_decision(ask(people.manager, STAFFING)), people.manager)
    with clock.stopped_at(clock.now() + timedelta(days=5)):
        assert ask(people.manager, STAFFING).verdict.permits
        check_nothing_changes()
        assert outcomes(ruling_days=3)[-1] is Outcome.REFER
        assert outcomes(ruling_days=6)[-1] is Outcome.PERMIT


def test_what_is_noticed_only_under_other_settings_is_asked_under_the_rulings_of_its_day(people) -> None:
    """AR13: the board's yes lasts for a question that nothing was noticed about then, and so was asked under none."""
    ask(people.manager, RATING)
    ruled(the_decision(ask(people.manager, STAFFING)), people.manager)
    with clock.stopped_at(clock.now() + timedelta(days=20)):
        assert not refers(ask(people.manager, STAFFING))
        assert outcomes(hop_days=30)[-1] is Outcome.PERMIT
        assert outcomes(hop_days=30, ruling_days=3)[-1] is Outcome.REFER


def test_a_change_is_laid_to_the_setting_that_is_changed(people) -> None:
    """Not to another that was changed since the question was asked: the limit of that day stays."""
    ask(people.manager, RATING)
    (question,) = recorded()
    then = tuple(
        replace(each, looking=replace(each.looking, persons_limit=1)) for each in question.read_facts()
    )
    rebuild = make_rebuild({"hop_days": 2}, in_force())
    assert rebuild is not None and rebuild(question.by, then) == then


# Values


@pytest.mark.stands_on("with_judged")
def test_coverage_of_groups_is_replayed_and_that_of_persons_stays(own) -> None:
    """AR27: a value that is shown with three quarters; of single people what was found of them stays."""
    published(DELIVERY, 3, **{**NUMBERS, "coverage": 0.75})
    assert ask(own["manager"], CALIBRATION).verdict.permits
    own["thin"].add("2026-02")
    assert not ask(own["manager"], OF_ONE).verdict.permits
    check_nothing_changes()
    assert outcomes(coverage_threshold=0.8) == [Outcome.DENY, Outcome.DENY]
    assert outcomes(coverage_threshold=0.6) == [Outcome.PERMIT, Outcome.DENY]


@pytest.mark.stands_on("with_judged")
def test_error_budgets_are_replayed_as_they_stood_then(own) -> None:
    """AR19: what was published later burned nothing then."""
    factories.a_submitted_charter("error-budget")
    asked_before = clock.now() - timedelta(minutes=5)
    published("error-budget", 2, **{**NUMBERS, "value": 1.2})
    ask(own["manager"], CALIBRATION)
    check_nothing_changes()
    (came,) = outcomes(error_budget_limit=5.0)
    assert came is Outcome.PERMIT
    (burned,) = outcomes(error_budget_limit=0.5)
    assert burned is Outcome.DENY
    (question,) = recorded()
    earlier = RecordedQuestion(
        type(question.by)(question.by.key, asked_before, question.by.actor, question.by.subjects, ()),
        question.roles, question.request, question.own_facts,
    )  # fmt: skip
    assert not rebuilt(earlier, error_budget_limit=0.5)[0].values.budget_burning


def test_records_are_read_as_they_were(house) -> None:
    """What is read raw is what the model reads."""
    ask(house.manager)
    (question,), record = recorded(), DecisionRecord.objects.get()
    assert question.by.key == record.pk and question.read_facts()[0].request.metrics == tuple(record.metrics)
    assert question.read_facts()[0].charter.metric == record.facts[0]["charter"]["metric"]


def test_only_what_reads_alike_on_the_same_day_is_decided_once(house) -> None:
    """Another hour is alike; another day, another asker's roles or another reason is not, and each question counts."""
    ask(house.manager)
    with clock.stopped_at(clock.now() + timedelta(hours=2)):
        ask(house.manager)
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        ask(house.manager)
    ask(house.stranger)
    ask(house.manager, reason="It is asked again.")
    keys = {each.hash_alike() for each in recorded()}
    assert len(recorded()) == 5 and len(keys) == 4


def test_what_is_remembered_changes_no_count(house) -> None:
    """Held to the plain count, which decides each question by itself."""
    for who in (house.manager, house.manager, house.stranger, house.auditor):
        ask(who)
        ask(who, decision="staffing")
    proposal = AsProposed(in_force(), set_otherwise({"minimum_group": 10}))
    counted, unreadable = Deciding(in_force(), proposal, hash_asker=str).count_part(recorded())
    plain = [AskedBefore(each.read_facts(), str(each.by.actor), each.held_roles()) for each in recorded()]
    assert counted == count_moved(plain, in_force(), proposal) and counted and unreadable == 0
