"""The line: what comes back, what is written, and that nothing leaves before it is."""

import hashlib
import json
import threading
from contextvars import copy_context
from datetime import timedelta

import msgspec
import psycopg
import pytest
import rfc8785
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audits.ledger.models import Entry, Outbox, Payload
from audits.ledger.receipts import verify_receipt
from audits.ledger.signing import public_key
from charter.registry.models import CharterVersion
from charter.rules.request import Request
from charter.rules.vocabulary import Outcome
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.services import answer
from ground import clock
from ground.errors import BadInput, Unavailable
from tests import databases, factories, on_the_log

LEAD_TIME = {
    "decision": "retrospective",
    "metrics": ["lead-time-for-changes"],
    "grain": "team",
    "cohorts": ["team:payments"],
    "window": {"from": "2026-01-01", "to": "2026-04-01"},
    "period": "month",
}
RANKING = {
    "decision": "performance_rating",
    "metrics": ["commit-count"],
    "grain": "person",
    "cohorts": ["team:payments"],
    "window": {"from": "2026-01-01", "to": "2026-04-01"},
    "period": "month",
    "order_by": "value",
}


def ask(by, question=LEAD_TIME, *, rows=True, **changes):
    request = msgspec.convert({**question, **changes}, Request)
    return answer(request=request, by=by, door=Door.API, rows=rows)


def test_a_manager_gets_the_lead_time_of_the_team_they_lead(house):
    """Issue 2, Done when: the monthly lead time for a retrospective, with withheld months said to be."""
    given = ask(house.manager)
    assert given.verdict.outcome is Outcome.PERMIT
    january, february, march = given.rows
    assert (january.period, january.value, january.n, january.people) == (
        "2026-01",
        20.0,
        40,
        "5\N{EN DASH}9",
    )
    assert (february.value, february.low, february.n, february.people, february.coverage) == (None,) * 5
    assert february.withheld == "too_few" and february.withheld_because.startswith("Withheld: ")
    assert march.value == 20.0
    assert given.snapshot == house.snapshot.content_hash


def test_ranking_people_by_activity_for_a_rating_is_refused_by_every_rule_it_breaks(house):
    """Issue 2, Done when: AR04, AR07, AR08 and AR14 at least. S55, S35, S62, S60."""
    given = ask(house.manager, RANKING)
    assert given.verdict.outcome is Outcome.DENY
    assert {"AR04", "AR07", "AR08", "AR14"} <= {match.id for match in given.verdict.rules}
    assert all(match.text and match.why and match.here and match.fix for match in given.verdict.rules)
    assert given.rows == ()


@pytest.mark.parametrize("question", [LEAD_TIME, RANKING])
def test_each_question_is_in_the_tables_of_the_ledger(house, question):
    """Issue 2, 7 and Done when: one Decision and one entry for a permit and for a refusal alike."""
    given = ask(house.manager, question)
    decision = DecisionRecord.objects.get(pk=given.id)
    payload = json.loads(bytes(Payload.objects.get(entry=decision.entry_id).body))
    assert payload["verdict"] == decision.verdict == given.verdict.outcome
    assert payload["request"]["metrics"] == question["metrics"]
    assert Outbox.objects.filter(entry=decision.entry_id).exists()
    assert decision.facts[0]["charter"]["metric"] == question["metrics"][0]
    assert decision.rulebook_hash == given.rulebook_hash
    assert decision.actor == house.manager


def test_the_content_hash_is_of_the_rows_that_left(house):
    """S14: what was shown can be proved; a refusal has nothing to hash."""
    given = ask(house.manager)
    assert (
        DecisionRecord.objects.get(pk=given.id).content_hash
        == hashlib.sha256(rfc8785.dumps(msgspec.to_builtins(given.rows))).hexdigest()
    )
    assert DecisionRecord.objects.get(pk=ask(house.manager, RANKING).id).content_hash == ""


def test_a_check_decides_and_gives_no_rows(house):
    """DESIGN, Interfaces: checks decide only, and are logged as checks."""
    given = ask(house.manager, rows=False)
    decision = DecisionRecord.objects.get(pk=given.id)
    assert given.verdict.permits and given.rows == ()
    assert decision.checked_only and decision.entry.kind == "decisions.checked"


def test_a_receipt_is_signed_and_is_that_of_the_entry(house, settings):
    """Issue 2, 8: a signed receipt at once."""
    receipt = ask(house.manager).receipt
    entry = Entry.objects.get(pk=receipt.id)
    assert receipt.leaf_hash == bytes(entry.leaf_hash).hex()
    assert verify_receipt(receipt, public_key(settings.LEDGER_SIGNING_KEY_FILE))


@pytest.mark.parametrize("role", [None, "hr", "admin"])
def test_a_role_that_the_charter_does_not_list_is_refused_with_the_rule(house, role):
    """Issue 2, Bad input: refused with the rule. S60."""
    if role:
        factories.a_role(house.stranger, role)
    given = ask(house.stranger)
    assert [match.id for match in given.verdict.rules] == ["AR14"]


def test_a_manager_of_another_team_is_refused(house):
    """S60: a scoped role counts for the cohorts it is held over alone."""
    assert not ask(house.manager, cohorts=["team:search"]).verdict.permits
    assert not ask(house.manager, cohorts=["team:payments", "team:search"]).verdict.permits


def test_a_member_may_ask_about_their_own_team(house):
    """S42: the team itself sees its diagnostic metrics."""
    assert ask(house.employee).verdict.permits
    assert not ask(house.employee, cohorts=["team:search"]).verdict.permits


def test_being_a_superuser_opens_nothing(house):
    """DESIGN, ground rules: the checks ignore is_superuser."""
    factories.change(house.stranger, is_superuser=True)
    assert [match.id for match in ask(house.stranger).verdict.rules] == ["AR14"]


def test_without_acknowledging_the_rules_there_is_no_answer(house):
    """AR24, S54."""
    newcomer = factories.an_account(
        "newcomer", person=factories.a_person(team=factories.Team.objects.get(slug="payments"))
    )
    assert "AR24" in {match.id for match in ask(newcomer).verdict.rules}


def test_an_expired_charter_is_refused_when_no_job_ran(house):
    """AR15: expiry is read at the moment of asking."""
    with clock.stopped_at(house.lead_time.expires_at + timedelta(days=1)):
        given = ask(house.manager)
    assert "AR15" in {match.id for match in given.verdict.rules}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"metrics": ["no-such-metric"]}, "metrics"),
        ({"metrics": ["lead-time-for-changes"] * 2}, "metrics"),
        ({"cohorts": ["team:nobody"]}, "cohorts"),
        ({"cohorts": []}, "cohorts"),
        ({"cohorts": ["org:all"]}, "cohorts"),
        ({"persons": ["payments-1"]}, "persons"),
        ({"window": {"from": "2026-04-01", "to": "2026-01-01"}}, "window.to"),
        ({"window": {"from": "2026-01-02", "to": "2026-04-01"}}, "window.from"),
        ({"window": {"from": "2026-01-01", "to": "2026-05-01"}}, "window.to"),
        ({"grain": "person", "cohorts": []}, "persons"),
        ({"grain": "self", "cohorts": []}, "grain"),
    ],
)
def test_what_names_nothing_is_bad_input_and_writes_nothing(house, changes, field):
    """Issue 2, Bad input: unknown metric, cohort; inverted, unaligned or future window."""
    before = Entry.objects.count()
    with pytest.raises(BadInput) as raised:
        ask(house.manager, **changes)
    assert raised.value.field == field
    assert Entry.objects.count() == before and not DecisionRecord.objects.exists()


def test_an_unknown_person_reads_like_one_whom_one_may_not_ask_about(house):
    """Nothing leaks in ids: nobody learns who works here by asking."""
    known, unknown = (
        ask(house.manager, grain="person", cohorts=[], persons=[each]) for each in ("search-1", "nobody")
    )
    assert [match.id for match in known.verdict.rules] == [match.id for match in unknown.verdict.rules]


_COMMITS_FAIL = """
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
CREATE CONSTRAINT TRIGGER fails_at_commit AFTER INSERT ON decisions_decisionrecord
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail();
"""


@pytest.mark.committed
def test_a_failed_commit_gives_no_rows(house, server):
    """Issue 2, 7: rows leave only after COMMIT; if it fails, 503 and no rows."""
    with psycopg.connect(
        databases.owner_url(server, connection.settings_dict["NAME"]), autocommit=True
    ) as owner:
        owner.execute(_COMMITS_FAIL)
    with pytest.raises(Unavailable) as raised:
        ask(house.manager)
    assert raised.value.status == 503
    assert not DecisionRecord.objects.exists()


@pytest.mark.committed
def test_a_suspension_that_is_being_written_is_waited_for(house):
    """DESIGN, The line: a suspension takes the metric alone, so that none slips between facts and rows."""
    holding, asked, given = threading.Event(), threading.Event(), []

    def suspend():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('metric:lead-time-for-changes', 0))"
            )
            cursor.execute(
                "UPDATE registry_charterversion SET standing = 'suspended' WHERE standing = 'active'"
            )
            on_the_log.tell_of(*CharterVersion.objects.filter(standing="suspended"), word="update")
            holding.set()
            asked.wait(5)
            connection.cursor().execute("SELECT pg_sleep(0.2)")
        connection.close()

    def question():
        with clock.stopped_at(clock.now()):
            asked.set()
            given.append(ask(house.manager))
        connection.close()

    first = threading.Thread(target=suspend)
    first.start()
    holding.wait(5)
    second = threading.Thread(target=copy_context().run, args=(question,))
    second.start()
    first.join()
    second.join()
    assert "AR15" in {match.id for match in given[0].verdict.rules}


@pytest.mark.parametrize("metrics", [["lead-time-for-changes"], ["lead-time-for-changes", "commit-count"]])
@pytest.mark.parametrize("months", [1, 3])
def test_an_answer_takes_at_most_twelve_statements(house, metrics, months):
    """Issue 2, Measured: whatever the number of rows, and of metrics up to five."""
    window = {"from": "2026-01-01", "to": f"2026-0{1 + months}-01"}
    ask(house.manager, metrics=metrics, window=window)  # what a process reads once
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ask(house.manager, metrics=metrics, window=window)
    statements = [each for each in queries if "SAVEPOINT" not in each["sql"]]
    assert len(statements) <= 12, [each["sql"][:80] for each in statements]


@pytest.mark.parametrize("field", ["accountable"])
@pytest.mark.parametrize("nothing", ["", " ", "\t\n"])
def test_a_part_that_says_nothing_is_refused_by_name(house, field, nothing):
    """Issue 4, Bad input: nobody is not an accountable human. S67."""
    with pytest.raises(BadInput) as raised:
        ask(house.manager, **{field: nothing})
    assert (raised.value.field, raised.value.status) == (field, 400)
