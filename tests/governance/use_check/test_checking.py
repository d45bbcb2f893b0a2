"""May we use this? Over the API: answer, rules, clauses, and the changes that the engine finds (issue 14; S35, S62, S92, S93)."""

import json
from datetime import timedelta

import pytest

from audits.ledger.models import Entry, Payload
from charter.registry.models import Clearance
from governance.decisions.facts import coverage
from governance.decisions.models import DecisionRecord
from governance.people.models import Person, User
from ground import calendar
from tests import factories
from tests.governance.decisions.people import DELIVERY, HEALTH
from tests.governance.use_check.conftest import write

RATING = {"decision": "performance_rating", "metrics": ["commit-count"], "grain": "person"}
CALIBRATION = {
    "decision": "calibration_input",
    "metrics": [DELIVERY],
    "grain": "person",
    "persons": ["payments-3"],
}
RETROSPECTIVE = {
    "decision": "retrospective",
    "metrics": ["lead-time-for-changes"],
    "grain": "team",
    "cohorts": ["team:payments"],
}


@pytest.fixture(autouse=True)
def covered(monkeypatch):
    """Nobody's coverage is thin: there is no warehouse here to read it from."""
    monkeypatch.setattr(coverage, "compute_own_rows", lambda **_: ())


def check(call, by, asked=RATING, **changes):
    status, body = call("post", "use-checks", {**asked, **changes}, by=by)
    assert status == 200, body
    return body


def test_an_activity_metric_in_a_rating_is_never_a_yes(call, hr):
    """S62, S35: no; every rule once, every clause once; and no change helps."""
    told = check(call, hr)
    ids = [rule["id"] for rule in told["rules"]]
    assert told["answer"] == "no" and {"AR07", "AR08", "AR10"} <= set(ids)
    assert len(ids) == len(set(ids))
    clauses = [(each["metric"], each["clause"]) for each in told["clauses"]]
    assert clauses and len(clauses) == len(set(clauses))
    assert told["changes"] == []
    assert "may not be used for a performance rating" in told["statement"]
    assert "No change to the question would make it a yes." in told["statement"]


def test_a_check_is_one_entry_marked_as_a_check(call, hr):
    """Issue 14, 1: nothing is read, one entry, and its receipt is the entry's."""
    check(call, hr)  # with a token that is made
    before, decisions = Entry.objects.count(), DecisionRecord.objects.count()
    told = check(call, hr, {**RATING, "metrics": ["commit-count", "lead-time-for-changes"]})
    assert (Entry.objects.count(), DecisionRecord.objects.count()) == (before + 1, decisions + 1)
    decision = DecisionRecord.objects.latest("at")
    assert decision.checked_only and decision.content_hash == "" and decision.door == "api"
    assert told["receipt"]["id"] == str(decision.entry_id)
    payload = json.loads(bytes(Payload.objects.get(entry=decision.entry_id).body))
    assert payload["checked_only"] is True and "rows" not in told
    assert [rule["id"] for rule in told["rules"]] == decision.rules


def test_what_is_allowed_is_a_yes_with_its_clause(call, judged):
    """S8: the clause of the charter that allows it, in words."""
    told = check(call, judged["manager"], RETROSPECTIVE)
    assert (told["answer"], told["rules"], told["changes"]) == ("yes", [], [])
    assert any("It allows retrospective at this level: team." in each["says"] for each in told["clauses"])
    assert "may be used for a retrospective" in told["statement"]


def bring(request, by):
    """The request with the evidence that it wants written down and opened by somebody else."""
    from governance.evidence.services import check_evidence

    pieces = []
    for piece in request.get("evidence", ()):
        record = write(by, "payments-3" if request.get("persons") else "", kind=piece["kind"])
        check_evidence(record=record, holds=True, says="", by=User.objects.get(username="evidence-hr"))
        pieces.append({"id": str(record.pk)})
    return {**request, "evidence": pieces}


def test_what_it_lacks_is_found_and_asking_with_it_is_a_yes(call, judged):
    """Issue 14, 1; S92: one more metric, evidence and somebody who answers; the change as it is told gives its verdict."""
    manager = judged["manager"]
    told = check(call, manager, CALIBRATION)
    assert told["answer"] == "no" and told["changes"]
    for change in told["changes"]:
        assert change["verdict"] == "permit"
        assert check(call, manager, bring(change["request"], manager))["answer"] == "yes"
    assert [need["kind"] for need in told["changes"][0]["needs"]].count("evidence") >= 1
    assert set(told["changes"][0]["request"]["metrics"]) == {DELIVERY, HEALTH}


def test_no_part_of_a_change_can_be_left_out(call, judged):
    """Issue 14, 1: the smallest changes: each part of the first is needed."""
    manager = judged["manager"]
    best = bring(check(call, manager, CALIBRATION)["changes"][0]["request"], manager)
    fewer = [{**best, "metrics": [DELIVERY]}]
    fewer += [{**best, "evidence": best["evidence"][:-1]}] if best.get("evidence") else []
    fewer += (
        [{key: value for key, value in best.items() if key != "accountable"}] if "accountable" in best else []
    )
    assert {check(call, manager, each)["answer"] for each in fewer} == {"no"}


def test_an_audit_that_is_not_passed_is_named(call, judged):
    """Issue 14, 1: an audit is among the changes, of the metrics that need it."""
    for clearance in Clearance.objects.filter(charter_version__metric__slug__in=(DELIVERY, HEALTH)):
        factories.change(clearance, valid_until=calendar.today() - timedelta(days=1))
    told = check(call, judged["manager"], CALIBRATION, metrics=[DELIVERY, HEALTH])
    assert "AR25" in {rule["id"] for rule in told["rules"]}
    audits = {n["metric"] for n in told["changes"][0]["needs"] if n["kind"] == "fairness_audit"}
    assert audits == {DELIVERY, HEALTH}


def test_another_level_is_found(call, judged):
    """Issue 14, 1: what is refused of one person is allowed of the team."""
    told = check(
        call,
        judged["manager"],
        {**RETROSPECTIVE, "grain": "person", "cohorts": [], "persons": ["payments-3"]},
    )
    assert told["answer"] == "no"
    assert (told["changes"][0]["request"]["grain"], told["changes"][0]["request"]["cohorts"]) == (
        "team",
        ["team:payments"],
    )
    assert "of team payments instead" in told["statement"]


def test_without_a_group_the_largest_of_the_askers_is_meant(call, judged):
    asked = {**RETROSPECTIVE}
    del asked["cohorts"]
    assert check(call, judged["manager"], asked)["answer"] == "yes"
    assert DecisionRecord.objects.latest("at").cohorts == ["team:payments"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"order_by": "value"}, "body"),
        ({"window": {"from": "2026-01-01", "to": "2026-02-01"}}, "body"),
        ({"decision": "firing"}, "decision"),
        ({"metrics": []}, "metrics"),
        ({"metrics": ["no-such-metric"]}, "metrics"),
        ({"cohorts": ["team:nowhere"], "grain": "team"}, "cohorts"),
        ({"evidence": [{"kind": "design_review"}]}, "evidence[0]"),
        ({"evidence": [{"id": "0198e3a0-0000-7000-8000-000000000000"}]}, "evidence[0].id"),
        ({"evidence": [{"id": "0198e3a0-0000-7000-8000-000000000000", "ref": "x"}]}, "evidence[0]"),
        ({"accountable": "nobody-here"}, "accountable"),
        ({"role_family": "no such family"}, "role_family"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_field(call, hr, changes, field):
    status, body = call("post", "use-checks", {**RATING, **changes}, by=hr)
    assert (status, body["code"] != "") == (400, True)
    assert field in (body.get("field"), body["detail"]) or field == "body"
    if field == "body":
        assert next(iter(changes)) in body["detail"]


def test_the_accountable_is_somebody_with_a_role_over_those_concerned_and_none_of_them(call, judged, hr):
    """S93: their manager may be it; the rated person, somebody without a role and a machine may not, in one sentence."""
    rated = factories.an_account("rated", person=Person.objects.get(external_id="payments-3"))
    factories.a_role(rated, "hr")
    bot = factories.an_account("rater-bot", kind="machine")
    said = set()
    for name in (rated.username, "stranger", "auditor", bot.username, "nobody-here"):
        status, body = call("post", "use-checks", {**CALIBRATION, "accountable": name}, by=hr)
        assert (status, body["code"], body["field"]) == (400, "accountable_unfit", "accountable")
        said.add(body["detail"])
    assert len(said) == 1
    assert (
        check(call, hr, CALIBRATION, accountable="manager")["answer"] == "no"
    )  # HR's role is not in the charter


def test_a_stranger_learns_of_no_account(call, judged):
    """S93: naming a manager is answered as naming nobody, by whoever has no role over those asked about."""
    told = [
        call("post", "use-checks", {**CALIBRATION, "accountable": name}, by=judged["stranger"])
        for name in ("manager", "nobody-here")
    ]
    assert told[0][0] == 400 and told[0][1]["detail"] == told[1][1]["detail"]


# ── evidence as records, and profiles ─────────────────────────────────────────────────────────────────────────────────


def test_a_record_is_named_by_its_id_and_its_check_is_a_fact(call, judged, hr):
    """S86, S95: the line knows which evidence somebody else has opened."""
    from governance.evidence.services import check_evidence

    record = write(judged["manager"])
    told = check(call, judged["manager"], CALIBRATION, evidence=[{"id": str(record.pk)}])
    assert "not_checked" in {each["code"] for each in told["warnings"]}
    facts = DecisionRecord.objects.latest("at").facts[0]
    assert facts["checked_evidence"] == 0
    check_evidence(record=record, holds=True, says="", by=hr)
    told = check(call, judged["manager"], CALIBRATION, evidence=[{"id": str(record.pk)}])
    assert "not_checked" not in {each["code"] for each in told["warnings"]}
    assert DecisionRecord.objects.latest("at").facts[0]["checked_evidence"] == 1


def test_evidence_that_is_not_theirs_is_not_there(call, judged):
    record = write(judged["manager"])
    status, body = call(
        "post", "use-checks", {**RETROSPECTIVE, "evidence": [{"id": str(record.pk)}]}, by=judged["stranger"]
    )
    assert (status, body["code"], body["field"]) == (400, "evidence_not_found", "evidence[0].id")


def test_a_profile_is_used_where_it_is_whole_and_of_their_family(call, judged, hr):
    """S36, S37: kinds are proposed from it, one of another role and one that is a beginning are refused."""
    manager = judged["manager"]
    for family, outcomes in (
        ("engineering", ["Customers see fewer faults"]),
        ("design", ["People find their way"]),
        ("sales", []),
    ):
        status, body = call(
            "post", "evidence-profiles", {"role_family": family, "outcomes": outcomes, "evidence_kinds": ["mentoring", "peer_feedback"]}, by=hr
        )  # fmt: skip
        assert status == 201 and body["complete"] is bool(outcomes)
    with factories.imported():
        Person.objects.filter(external_id="payments-3").update(role_family="engineering")
    told = check(call, manager, CALIBRATION, role_family="engineering")
    assert {n["evidence"] for n in told["changes"][0]["needs"] if n["kind"] == "evidence"} == {
        "mentoring",
        "peer_feedback",
    }
    assert "Customers see fewer faults" in told["statement"]
    for family, code in (("design", "profile_of_another_role"), ("sales", "profile_incomplete")):
        status, body = call("post", "use-checks", {**CALIBRATION, "role_family": family}, by=manager)
        assert (status, body["code"], body["field"]) == (400, code, "role_family")
    assert call("post", "evidence-profiles", {"role_family": "x"}, by=manager)[0] == 403
    # Of which family somebody is, whoever does not answer for them does not learn.
    assert check(call, judged["stranger"], CALIBRATION, role_family="design")["answer"] == "no"
