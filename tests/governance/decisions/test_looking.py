"""Looking has limits: what a series of questions shows is noticed while each is decided (AR13; issue 4, item 6)."""

import json
import re
import threading
from contextvars import copy_context
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from charter.rules.vocabulary import DecisionType as Use
from charter.rules.vocabulary import Outcome
from governance.decisions.facts import access_history
from governance.decisions.models import DecisionRecord
from governance.people.models import AccountKind, Cohort, GrantedRole, Person, Team, User
from governance.training import services as training
from ground import clock
from ground import statements as statements_of
from tests import factories, on_the_log
from tests.governance.decisions.looks import BY_PERSON, LOOK, a_charter_of_people, look, people
from tests.governance.decisions.test_answer import LEAD_TIME, ask

__all__ = ["people"]

RATING = {**LEAD_TIME, "decision": "performance_rating"}
STAFFING = {**LEAD_TIME, "decision": "staffing"}
# Six of payments' nine and four of search's eight: many people, and most of no group.
TEN = [f"payments-{n}" for n in range(2, 8)] + [f"search-{n}" for n in range(1, 5)]
REFUSED_AS_RATING = "was not allowed for performance rating on 14 April 2026"


def set_limits(**limits) -> None:
    factories.settings(**limits)


@pytest.fixture
def manager(people):
    """Leads payments and search."""
    factories.a_role(people.manager, GrantedRole.MANAGER, team=Team.objects.get(slug="search"))
    return people.manager


def look_at(by, persons) -> None:
    for person in persons:
        assert look(by, person).verdict.permits, person


def here(given) -> str:
    """Why AR13 matched; empty where it did not."""
    return " ".join(match.here for match in given.verdict.rules if match.id == "AR13")


def refers(given) -> bool:
    """Whether AR13, and it alone, sends a question to the board."""
    return given.verdict.outcome is Outcome.REFER and {match.id for match in given.verdict.rules} == {"AR13"}


# ── distinct persons a day ──────────────────────────────────────────────────────────────────────────────────────────


def test_ten_people_a_day_and_the_eleventh_goes_to_the_board(manager):
    """Issue 4, 6: distinct persons a day at person grain; whoever was looked at already is no new person."""
    look_at(manager, TEN)
    given = look(manager, "search-5")
    assert refers(given) and given.rows == ()
    assert here(given) == "This would be person number 11 today. The limit is 10 a day."
    assert look(manager, TEN[0]).verdict.permits


def test_the_number_is_the_programmes_to_set(manager):
    """Requirements: numbers that the product chooses are settings."""
    set_limits(looks_a_day=2)
    look_at(manager, TEN[:2])
    assert refers(look(manager, TEN[2]))


def test_checks_neither_count_nor_get_past(manager):
    """AR13: a check tells nothing about anybody, and gets the verdict that the question would."""
    set_limits(looks_a_day=2)
    for person in TEN:
        assert look(manager, person, rows=False).verdict.permits
    look_at(manager, TEN[:2])
    assert refers(look(manager, TEN[2], rows=False))
    assert look(manager, TEN[1], rows=False).verdict.permits


def test_what_was_refused_does_not_count(manager):
    """AR13: a mistake closes nobody's day, as nothing was seen."""
    set_limits(looks_a_day=1)
    for person in TEN:
        assert not look(manager, person, export=True).verdict.permits
    assert look(manager, TEN[0]).verdict.permits


def test_ones_own_values_are_no_look(people):
    """AR13: oneself is nobody else, whether asked for as own values or by name."""
    set_limits(looks_a_day=0)
    own = ask(
        people.employee,
        LOOK,
        grain="self",
        persons=[],
        metrics=["lead-time-for-changes"],
        decision="one_on_one",
    )
    assert own.verdict.permits
    assert DecisionRecord.objects.get(pk=own.id).facts[0]["looking"]["persons_today"] == 0


def test_a_day_ends_at_midnight_in_the_programmes_zone(manager):
    """Issue 4, 6: neither at midnight UTC nor 24 hours later."""
    set_limits(looks_a_day=1)
    factories.move_programme("America/New_York")
    late = datetime(2026, 4, 14, 23, 30, tzinfo=UTC)  # half past seven in the evening there
    with clock.stopped_at(late):
        look_at(manager, TEN[:1])
    with clock.stopped_at(late + timedelta(hours=1)):  # the next day by UTC
        assert refers(look(manager, TEN[1]))
    with clock.stopped_at(datetime(2026, 4, 15, 4, 1, tzinfo=UTC)):
        assert look(manager, TEN[1]).verdict.permits


def test_a_batch_is_a_series(manager, client):
    """AR13: the eleventh of a batch is the eleventh."""
    token = factories.a_token(manager)
    body = {"requests": [{**LOOK, "persons": [person]} for person in [*TEN, "search-5"]]}
    reply = client.post(
        "/api/v1/queries",
        json.dumps(body),
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Token {token}",
    )
    told = reply.json()["answers"]
    assert [each["status"] for each in told] == [200] * 10 + [403]
    assert told[-1]["code"] == "use_referred"


@pytest.mark.committed
def test_two_at_once_do_not_pass_the_limit_together(manager):
    """AR13: the questions of one asker about others are decided one after the other."""
    set_limits(looks_a_day=3)
    look_at(manager, TEN[:2])
    start, given = threading.Barrier(4), []

    def question(person: str) -> None:
        start.wait(10)
        given.append(look(manager, person))
        connection.close()

    threads = [threading.Thread(target=copy_context().run, args=(question, person)) for person in TEN[2:6]]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(each.verdict.outcome for each in given) == [Outcome.PERMIT] + [Outcome.REFER] * 3


# ── enumeration ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_going_through_most_of_a_group_within_an_hour_goes_to_the_board(people):
    """Issue 4, 6: one metric, at least 80 % of a group; payments has nine people, and eight of nine are 89 %."""
    look_at(people.manager, [f"payments-{n}" for n in range(2, 9)])
    given = look(people.manager, "payments-9")
    assert refers(given)
    assert here(given) == "You are going through team payments one by one."


def test_what_is_an_hour_ago_is_no_series(people):
    """Issue 4, 6: within an hour."""
    look_at(people.manager, [f"payments-{n}" for n in range(2, 9)])
    with clock.stopped_at(clock.now() + timedelta(minutes=60)):
        assert look(people.manager, "payments-9").verdict.permits


def test_fewer_than_five_people_are_no_series(people):
    """Issue 4, 6: at least five people, however large their share."""
    set_limits(enumeration_share=40)
    look_at(people.manager, [f"payments-{n}" for n in range(2, 6)])
    assert refers(look(people.manager, "payments-6"))


def test_who_asks_is_left_out_of_their_own_group(people):
    """AR13: a lead who belongs to the team has gone through it once they have seen the others."""
    set_limits(enumeration_share=100)
    factories.change(people.manager, person=Person.objects.get(external_id="payments-9"))
    look_at(people.manager, [f"payments-{n}" for n in range(1, 8)])
    assert refers(look(people.manager, "payments-8"))


def test_a_second_metric_beside_it_hides_no_series(people):
    """AR13: the count is by metric, whatever was asked beside it each time."""
    others = [a_charter_of_people(slug).metric.slug for slug in ("wait-by-person", "pause-by-person")]
    for n in range(2, 9):
        assert look(people.manager, f"payments-{n}", metrics=[BY_PERSON, others[n % 2]]).verdict.permits
    given = look(people.manager, "payments-9", metrics=[others[0], BY_PERSON])
    assert {match.metric for match in given.verdict.rules} == {BY_PERSON}


def test_what_stands_beside_is_looked_at_too(people):
    """AR13, S26: values of a counter-metric that left beside others count as values of that metric."""
    other = a_charter_of_people("wait-by-person", counter=BY_PERSON).metric.slug
    for n in range(2, 6):
        given = look(people.manager, f"payments-{n}", metrics=[other])
        assert [each.metric for each in given.paired if each.permitted] == [BY_PERSON]
    look_at(people.manager, [f"payments-{n}" for n in range(6, 9)])
    assert refers(look(people.manager, "payments-9"))
    (beside,) = look(people.manager, "payments-9", metrics=[other]).paired
    assert beside.rules == ("AR13",) and beside.rows == ()


def test_two_metrics_in_turn_make_no_list_of_one(people):
    """Issue 4, 6: one metric. Whom one has seen by another is counted in the day, not in the group."""
    other = a_charter_of_people("wait-by-person").metric.slug
    for n in range(2, 10):
        assert look(people.manager, f"payments-{n}", metrics=[(BY_PERSON, other)[n % 2]]).verdict.permits


# ── purpose-hopping ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_refused_use_is_not_had_under_another_name(people):
    """Issue 4, 6: denied, then the same metric and people under another decision."""
    assert ask(people.manager, RATING).verdict.outcome is Outcome.DENY
    given = ask(people.manager, STAFFING)
    assert refers(given)
    assert REFUSED_AS_RATING in here(given) and "for staffing" in here(given)


def test_another_spelling_of_the_refused_question_changes_nothing(people):
    """AR13: evidence, reason, months and order are not what makes it the same people and metric."""
    evidence = [{"kind": "design_review", "ref": "DR-1"}]
    ask(people.manager, RATING, evidence=evidence, order_by="value", reason="Spring")
    window = {"from": "2026-02-01", "to": "2026-03-01"}
    other = [{"kind": "mentoring", "ref": "M-2"}]
    assert refers(ask(people.manager, STAFFING, evidence=other, reason="Autumn", window=window))


def test_a_coarser_form_of_the_same_question_is_free(people):
    """Issue 11, AR13: fewer details of the same people, for the same decision, is what a refusal asks for."""
    person = {**LOOK, "metrics": ["lead-time-for-changes"], "decision": "retrospective"}
    ask(people.manager, person, order_by="value")
    assert ask(people.manager).verdict.permits
    quarter = {"from": "2026-01-01", "to": "2026-04-01"}
    assert ask(people.manager, period="quarter", window=quarter).verdict.permits


def test_what_was_lacking_is_brought_and_nothing_is_left_over(people):
    """Issue 11, AR13: once the refused use was permitted, with what it lacked, the next decision goes round nothing."""
    assert not ask(people.manager, LEAD_TIME, combine="quota").verdict.permits
    assert refers(ask(people.manager, STAFFING))
    assert ask(people.manager).verdict.permits
    assert ask(people.manager, STAFFING).verdict.permits


def test_a_permit_of_less_settles_nothing(manager):
    """AR13: in disguise: the refused use permitted of one team, then another decision about the other."""
    both = ["team:payments", "team:search"]
    assert not ask(manager, LEAD_TIME, cohorts=both, combine="quota").verdict.permits
    assert ask(manager, cohorts=["team:payments"]).verdict.permits
    assert refers(ask(manager, STAFFING, cohorts=["team:search"]))
    assert ask(manager, cohorts=both).verdict.permits
    assert ask(manager, STAFFING, cohorts=["team:search"]).verdict.permits


def test_a_check_settles_nothing(people):
    """AR13: in disguise: a check gives no values, so the use was not had."""
    ask(people.manager, LEAD_TIME, combine="quota")
    assert ask(people.manager, rows=False).verdict.permits
    assert refers(ask(people.manager, STAFFING))


def test_going_to_and_fro_between_decisions_opens_nothing(people):
    """AR13: in disguise: a refused use, another, the refused one again, and another once more."""
    ask(people.manager, RATING)
    for _ in range(2):
        assert refers(ask(people.manager, STAFFING))
        assert ask(people.manager, RATING).verdict.outcome is Outcome.DENY
    assert refers(ask(people.manager))


def test_a_question_that_was_a_hop_begins_no_other(people):
    """AR13: one may go back from it to the use that was refused first, with what that lacks."""
    ask(people.manager, RATING)
    ask(people.manager, LEAD_TIME, decision="compensation")
    assert here(ask(people.manager, RATING)) == ""
    assert "performance rating" in here(ask(people.manager, STAFFING))


def test_the_same_people_by_another_slug_are_the_same_people(people):
    """AR13: in disguise: a second cohort that holds the same team."""
    cohort = Cohort.objects.get(slug="team:payments")
    ask(people.manager, RATING)
    factories.change(cohort, retired_at=clock.now(), retired_by=cohort.registered_by)
    again = on_the_log.make(
        Cohort, slug="team:pay", kind=cohort.kind, name="Pay", registered_by=cohort.registered_by
    )
    again.teams.set(cohort.teams.all())
    assert refers(ask(people.manager, STAFFING, cohorts=["team:pay"]))


def test_a_batch_is_no_way_round(people, client):
    """AR13: in disguise: the second of two questions sent together is after the first."""
    reply = client.post(
        "/api/v1/queries",
        json.dumps({"requests": [RATING, STAFFING]}),
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Token {factories.a_token(people.manager)}",
    )
    assert [each["code"] for each in reply.json()["answers"]] == ["use_denied", "use_referred"]


@pytest.mark.parametrize(
    ("refused", "then", "is_hop"),
    [
        (["team:payments"], ["team:payments"], True),
        (["team:payments"], ["team:search"], False),
        (["team:payments"], ["team:search", "team:payments"], True),  # what stands beside it hides nobody
        (["team:payments", "team:search"], ["team:search"], True),
    ],
)
def test_the_people_are_compared_group_by_group(manager, refused, then, is_hop):
    """AR13: truth table of the people asked about then and now."""
    ask(manager, RATING, cohorts=refused)
    assert refers(ask(manager, STAFFING, cohorts=then)) == is_hop


def test_half_of_a_larger_group_is_enough_and_less_is_not(people):
    """Issue 4, 6: payments are nine of the seventeen in commerce."""
    factories.a_role(
        people.manager,
        GrantedRole.VALUE_STREAM_LEAD,
        value_stream=Team.objects.get(slug="payments").value_stream,
    )
    wider = {**LEAD_TIME, "decision": "tooling_investment", "grain": "value_stream"}
    wider["cohorts"] = ["value_stream:commerce"]
    ask(people.manager, RATING)
    assert refers(ask(people.manager, wider))
    set_limits(hop_share=60)
    assert ask(people.manager, wider).verdict.permits


def test_one_of_the_persons_refused_is_half_of_those_asked_about(people):
    """AR13: asking for fewer of them is no way round."""
    persons = ["payments-2", "payments-3", "payments-4"]
    ask(people.manager, LOOK, decision="performance_rating", persons=persons)
    given = look(people.manager, "payments-3")
    assert refers(given) and REFUSED_AS_RATING in here(given)
    assert look(people.manager, "payments-5").verdict.permits


def test_a_person_refused_does_not_close_the_team(people):
    """AR13: a team's value says little of one person in it, and is what one should ask for."""
    ask(people.manager, LOOK, decision="performance_rating", persons=["payments-2"])
    assert ask(people.manager, LEAD_TIME, metrics=[BY_PERSON], decision="retrospective").verdict.permits


def test_after_seven_days_it_is_forgotten(people):
    """Issue 4, 6: within seven days."""
    ask(people.manager, RATING)
    with clock.stopped_at(clock.now() + timedelta(days=7)):
        assert ask(people.manager, STAFFING).verdict.permits
    with clock.stopped_at(clock.now() + timedelta(days=6, hours=23)):
        assert refers(ask(people.manager, STAFFING))


def test_a_check_is_no_attempt(people):
    """AR13: who asks first whether it would be allowed has not tried to get at values."""
    ask(people.manager, RATING, rows=False)
    assert ask(people.manager, STAFFING).verdict.permits


def test_the_refused_use_itself_is_no_hop(people):
    """AR13: asking the same again is refused as it was, with nothing added."""
    first, second = ask(people.manager, RATING), ask(people.manager, RATING)
    assert first.verdict == second.verdict


def test_another_metric_is_another_question(people):
    """AR13: one metric."""
    ask(people.manager, RATING)
    assert ask(people.manager, STAFFING, metrics=[BY_PERSON], decision="retrospective").verdict.permits


def test_a_metric_that_was_only_beside_the_refused_one_is_free(people):
    """AR13: what no rule held against its use was not refused."""
    ask(people.manager, LEAD_TIME, metrics=["lead-time-for-changes", "commit-count"])
    assert here(ask(people.manager, STAFFING)) == ""


def test_a_refused_metric_does_not_come_beside_another(people):
    """AR13, S26: what stands beside is decided as if it had been asked for; it raises nobody else's verdict."""
    factories.an_active_charter("change-failure-rate")
    (beside,) = ask(people.manager).paired
    assert (beside.metric, beside.permitted) == ("change-failure-rate", True)
    ask(people.manager, RATING, metrics=["change-failure-rate"])
    given = ask(people.manager)
    (beside,) = given.paired
    assert given.verdict.permits and not beside.permitted
    assert beside.rules == ("AR13",) and REFUSED_AS_RATING in beside.because


def test_a_refusal_that_was_not_about_the_use_is_none(house):
    """AR13: whoever forgot to acknowledge the rules, or came while a charter was suspended, has hidden nothing."""
    from governance.training import services as training

    newcomer = factories.an_account("newcomer")
    factories.a_role(newcomer, GrantedRole.MANAGER, team=Team.objects.get(slug="payments"))
    assert [match.id for match in ask(newcomer).verdict.rules] == ["AR24"]
    training.acknowledge(rulebook_version=factories.the_rules(), by=newcomer)
    assert ask(newcomer, STAFFING).verdict.permits


def test_a_referral_of_a_hop_closes_nothing_further(people):
    """AR13: the rule that refers is no reason to refer again."""
    ask(people.manager, RATING)
    assert refers(ask(people.manager, STAFFING))
    with clock.stopped_at(clock.now() + timedelta(days=7)):
        assert ask(people.manager).verdict.permits


@pytest.fixture
def tool(people) -> User:
    """A machine that the manager answers for, with what it needs to ask as they do."""
    tool = factories.an_account("dashboard", kind=AccountKind.MACHINE, owner=people.manager)
    factories.a_role(tool, GrantedRole.MANAGER, team=Team.objects.get(slug="payments"))
    training.acknowledge(rulebook_version=factories.the_rules(), by=tool)
    return tool


def test_a_machine_of_one_s_own_is_no_second_account(people, tool):
    """Issue 16: what was refused to somebody is not had by their dashboard, nor the other way round."""
    assert ask(people.manager, RATING).verdict.outcome is Outcome.DENY
    assert refers(ask(tool, STAFFING))


def test_what_a_machine_was_refused_is_not_had_by_whom_it_belongs_to(people, tool):
    assert ask(tool, RATING).verdict.outcome is Outcome.DENY
    assert refers(ask(people.manager, STAFFING))


def test_looks_of_a_machine_count_with_those_of_whom_it_belongs_to(people, tool):
    """No second count of people a day."""
    set_limits(looks_a_day=2)
    look_at(people.manager, ["payments-2"])
    look_at(tool, ["payments-3"])
    assert refers(look(tool, "payments-4")) and refers(look(people.manager, "payments-4"))
    assert look(tool, "payments-2").verdict.permits


def test_others_refusals_are_not_mine(manager):
    """AR13: of the same asker."""
    colleague = factories.an_account("colleague")
    factories.a_role(colleague, GrantedRole.MANAGER, team=Team.objects.get(slug="payments"))
    ask(colleague, RATING)
    assert ask(manager, STAFFING).verdict.permits


def test_a_refused_use_of_ones_own_value_leaves_it_ones_own(people):
    """AR13: one's own values are always one's own."""
    own = {**LOOK, "metrics": ["lead-time-for-changes"], "grain": "self", "persons": []}
    assert not ask(people.employee, own, decision="promotion_evidence").verdict.permits
    assert ask(people.employee, own, decision="one_on_one").verdict.permits


def test_what_was_noticed_is_in_the_facts(people):
    """S14: the receipt's facts say why."""
    ask(people.manager, RATING)
    given = ask(people.manager, STAFFING)
    facts = DecisionRecord.objects.get(pk=given.id).facts[0]["looking"]
    assert facts["hopped_from"] == Use.PERFORMANCE_RATING


# ── what it costs ───────────────────────────────────────────────────────────────────────────────────────────────────


def statements(by, question, *, rows: bool = True) -> list[str]:
    """The SQL of a question once the process is warm, without savepoints."""
    ask(by, question, rows=rows)
    with CaptureQueriesContext(connection) as captured:
        ask(by, question, rows=rows)
    return [each["sql"] for each in captured if "SAVEPOINT" not in each["sql"]]


@pytest.mark.committed
def test_a_warm_check_takes_four_statements_and_its_transaction(people):
    """Issue 2, Measured: locks, data versions with what was refused, the ledger's entry and the decision."""
    assert len(statements(people.manager, LEAD_TIME, rows=False)) == 4 + len(("BEGIN", "COMMIT"))


@pytest.mark.committed
def test_a_suspected_hop_stays_within_twelve_statements(people):
    """Issue 2, Measured: one more, however many questions were refused, and none for who was never refused."""
    for person in TEN:
        ask(people.manager, LOOK, metrics=["lead-time-for-changes"], persons=[person])
    ask(people.manager, RATING)
    assert len(statements(people.manager, STAFFING)) == 7
    assert len(statements(people.manager, LEAD_TIME)) == 7


@pytest.mark.parametrize(
    "read",
    [access_history.REFUSED, access_history.GRANTED, access_history.TODAY, access_history.LATELY],
    ids=["refused", "granted", "today", "hour"],
)
def test_what_is_looked_up_is_found_by_its_own_index(people, read):
    """Issue 2, Measured: however much somebody has asked, what was refused or about single people is found at once."""
    parameters = {
        "user": people.manager.pk, "now": clock.now(), "midnight": clock.now(), "since": clock.now(),
        "decision": "staffing", "uses": ["staffing"], "metrics": [BY_PERSON],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(f"EXPLAIN {read.sql}", parameters)
        plan = " ".join(line for (line,) in cursor.fetchall())
        cursor.execute("RESET enable_seqscan")
    assert re.search("decision_(refused|looks|actor_at|metrics)", plan), plan


def test_who_is_refused_the_same_over_and_over_is_read_of_once(people):
    """Issue 14, 6: 11,000 refusals of one asker cost every question 263 ms; the same question is one, by its newest."""
    for _ in range(3):
        ask(people.manager, RATING)
    ask(people.manager, RATING, window={"from": "2026-02-01", "to": "2026-04-01"})
    ask(people.manager, RATING, decision="promotion_evidence")
    parameters = access_history.make_refused_parameters(
        "staffing", RATING["metrics"], by=people.manager.pk, now=clock.now()
    )
    (found,) = statements_of.read(access_history.REFUSED, parameters=parameters)
    assert [each.use for each in found] == ["performance_rating"]
    newest = DecisionRecord.objects.filter(use="performance_rating").order_by("-at", "-pk").first()
    assert found[0].at == newest.at
    assert newest.refused_for == sorted(RATING["metrics"])
    # What was noticed as going round it begins nothing of its own.
    assert DecisionRecord.objects.get(use="promotion_evidence").refused_for == []


def test_what_an_account_was_refused_is_not_had_by_the_one_it_is_merged_into(people):
    """Issue 16, attack: a merge of two accounts of one person begins no second count either."""
    assert ask(people.manager, RATING).verdict.outcome is Outcome.DENY
    twin = factories.an_account("manager-again")
    training.acknowledge(rulebook_version=factories.the_rules(), by=twin)
    factories.a_merge(people.manager, twin)
    assert refers(ask(twin, STAFFING))
