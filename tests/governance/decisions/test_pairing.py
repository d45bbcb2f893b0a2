"""What stands beside: metrics that a charter wants shown with it, decided by their own charters (S26, S73)."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
import rfc8785
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audits.ledger.models import Payload
from charter.registry import locks, services
from charter.registry.models import CharterVersion, Metric
from charter.rules.vocabulary import ContextKind, Outcome
from governance.decisions.doors.replies import serialize_answer_with_rows
from governance.decisions.models import DecisionRecord
from tests import factories, snapshots
from tests.governance.decisions.conftest import publish_values
from tests.governance.decisions.people import DELIVERY, HEALTH
from tests.governance.decisions.test_answer import ask
from tests.governance.decisions.test_fields import places
from tests.governance.decisions.test_holds import CALIBRATION, RETROSPECTIVE, a_hold
from tests.governance.decisions.test_values import a_note

CFR, LEAD = "change-failure-rate", "lead-time-for-changes"
ALONE = {**RETROSPECTIVE, "metrics": [DELIVERY]}


@snapshots.fixture
def with_failures(governed) -> None:
    """The failures that go with lead time are measured too."""
    publish_values(factories.an_active_charter(CFR))


@pytest.fixture
def paired(house, with_failures):
    """The house where that is so."""
    return house


def test_speed_comes_with_what_it_may_cost(paired):
    """S26: the counter-metric's values for the same cohorts and months, though nobody asked for them."""
    given = ask(paired.manager)
    (beside,) = given.paired
    assert (beside.metric, beside.beside, beside.verdict) == (CFR, ("lead-time-for-changes",), Outcome.PERMIT)
    assert [(row.metric, row.cohort, row.period) for row in beside.rows] == [
        (CFR, "team:payments", month) for month in ("2026-01", "2026-02", "2026-03")
    ]
    assert {row.metric for row in given.rows} == {"lead-time-for-changes"}


def test_what_stands_beside_follows_the_rows_that_are_given(paired):
    """Issue 9: of the first row alone, a metric beside tells of the same group and month."""
    given = ask(paired.manager, order_by="value", limit=1)
    (beside,) = given.paired
    assert len(given.rows) == 1 and len(beside.rows) == 1
    assert places(beside.rows) == places(given.rows)


def test_the_api_tells_it_beside_the_rows(paired):
    """Issue 4, item 3: metric, with, version, verdict, rules, rows."""
    (told,) = serialize_answer_with_rows(ask(paired.manager))["paired"]
    assert told["metric"] == CFR and told["with"] == ("lead-time-for-changes",) and told["version"] == 1
    assert told["verdict"] == "permit" and told["rules"] == () and len(told["rows"]) == 3


def test_what_is_asked_for_anyway_is_not_told_twice(paired):
    """S26: beside each other they are already; the counter-metric has one of its own."""
    given = ask(paired.manager, metrics=["lead-time-for-changes", CFR])
    assert [each.metric for each in given.paired] == ["deployment-frequency"]


def test_two_metrics_with_one_counter_get_it_once(paired):
    """S26: told once, with those that want it."""
    factories.an_active_charter("deployment-frequency")
    given = ask(paired.manager, metrics=["lead-time-for-changes", "deployment-frequency"])
    (beside,) = given.paired
    assert beside.beside == ("lead-time-for-changes", "deployment-frequency")


def test_a_check_reads_nothing_beside(paired):
    """DESIGN, Interfaces: checks decide only."""
    assert ask(paired.manager, rows=False).paired == ()


def test_a_refusal_has_nothing_beside(paired):
    """Issue 4, item 3: what is refused gives no rows, neither its own nor others'."""
    given = ask(paired.stranger)
    assert not given.verdict.permits and given.paired == ()


def test_a_pair_is_decided_by_its_own_charter_and_changes_nothing_else(house):
    """Issue 4, item 3: where its charter does not permit the use it says so, and the request stays permitted."""
    factories.a_submitted_charter(CFR)  # not in force
    before = ask(house.manager)
    (beside,) = before.paired
    assert before.verdict.permits and before.rows[0].value == 20.0
    assert (beside.verdict, beside.rules, beside.rows) == (Outcome.DENY, ("AR15",), ())
    assert beside.because.startswith(
        "Change failure rate would stand beside it, but its values may not be shown"
    )


def test_a_use_that_only_the_metric_lists_brings_no_pair(paired):
    """S26, AR14: beside it, too, a metric has the uses that its own charter lists, and says so."""
    given = ask(paired.manager, decision="staffing")
    assert given.verdict.permits and given.rows[0].value == 20.0
    (beside,) = given.paired
    assert (beside.verdict, beside.rules, beside.rows) == (Outcome.DENY, ("AR14",), ())
    assert "lists" in beside.because


def test_a_counter_metric_without_a_charter_is_said_to_be_missing(house):
    """S26: a reader learns that something belongs beside it."""
    (beside,) = ask(house.manager).paired
    assert (beside.version, beside.rows) == (None, ())
    assert beside.because == "Change failure rate would stand beside it, but it cannot be asked for now."


def test_a_pair_of_another_class_stays_out(judged):
    """AR10: views never mix classes, not even beside."""
    services.suspend(
        version=CharterVersion.objects.get(metric__slug=HEALTH, standing="active"), by=factories.system()
    )
    (beside,) = ask(judged["manager"], ALONE).paired
    assert beside.metric == HEALTH and beside.rules == ("AR15",)


def test_a_pair_in_a_decision_about_people_is_held_and_noted_like_any_value(judged):
    """AR21, AR16: beside it too, nothing contested and nothing excluded leaves."""
    a_note(ContextKind.TOOLING_CONSTRAINT)
    other = {**CALIBRATION, "metrics": [DELIVERY, HEALTH]}
    assert ask(judged["manager"], other).paired == ()
    (beside,) = ask(judged["manager"], ALONE).paired
    assert beside.rows[0].context[0].kind == "tooling_constraint"
    a_hold(HEALTH)
    (beside,) = ask(judged["manager"], ALONE).paired
    assert beside.rows[0].context[0].kind == "under_review"


def test_the_decision_and_the_log_hold_what_was_beside(paired):
    """S14: what was shown can be proved, rows beside among it; only a permit of rows has a hash."""
    given = ask(paired.manager)
    decision = DecisionRecord.objects.get(pk=given.id)
    leaving = (*given.rows, *given.paired[0].rows)
    assert decision.content_hash == hashlib.sha256(rfc8785.dumps(msgspec.to_builtins(leaving))).hexdigest()
    (kept,) = decision.paired
    assert (kept["metric"], kept["version"], kept["verdict"]) == (CFR, 1, "permit") and "rows" not in kept
    assert json.loads(bytes(Payload.objects.get(entry=decision.entry_id).body))["paired"] == [kept]


@pytest.mark.committed
def test_a_pair_costs_no_statement_of_its_own(paired):
    """Issue 4, item 3: answer() keeps within its twelve statements, also where nothing is remembered yet."""
    ask(paired.manager)
    factories.change(Metric.objects.get(slug=CFR), name="Failures")  # the registry's data version changes
    a_note()  # … and those of the people and of the decisions
    with CaptureQueriesContext(connection) as captured:
        ask(paired.manager)
    cold = [each["sql"] for each in captured if each["sql"] not in ("BEGIN", "COMMIT")]
    assert len(cold) <= 10, cold
    with CaptureQueriesContext(connection) as captured:
        ask(paired.manager)
    assert len([each for each in captured if each["sql"] not in ("BEGIN", "COMMIT")]) == 5


def elsewhere(slug: str) -> bool:
    """Whether another connection takes the metric alone at once."""

    def attempt() -> bool:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
                locks.take_metric(slug)
            return True
        except OperationalError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(attempt).result()


@pytest.mark.committed
def test_what_stands_beside_is_shared_with_what_was_asked_for(paired):
    """DESIGN, The line, 2: no hold on the pair slips between facts and rows either; all locks in one order."""
    with transaction.atomic():
        assert locks.share_with_counters([LEAD]) == {LEAD: (CFR, LEAD)}
        assert not elsewhere(CFR) and not elsewhere(LEAD) and elsewhere("commit-count")
    assert elsewhere(CFR)


def test_a_hold_on_the_pair_counts_at_the_next_question(paired):
    """AR21: facts about what stands beside are read under the same data versions."""
    assert not ask(paired.manager).paired[0].rows[0].context
    a_hold(CFR)
    assert ask(paired.manager).paired[0].rows[0].context[0].kind == "under_review"


def test_a_charter_revised_meanwhile_gives_no_pair_that_is_not_shared(paired, monkeypatch):
    """DESIGN, The line, 2: where the counter-metric changed between the locks and the facts, it is left out."""
    monkeypatch.setattr(locks, "share_with_counters", lambda slugs: {each: (each,) for each in slugs})
    (beside,) = ask(paired.manager).paired
    assert beside.rows == () and "cannot be asked for now" in beside.because
    assert ask(paired.manager).rows[0].value == 20.0
