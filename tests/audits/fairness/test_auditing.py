"""Audits from handing in to what follows: who may, what is found, what is told, what is cleared (issue 17, 1 to 3)."""

from datetime import date, timedelta

import pytest
from msgspec import structs

from audits.fairness import grouping, queries, reporting, services
from audits.fairness.comparing import ComparedGroup, Comparison, GroupFinding
from audits.fairness.limits import COUNTS_FOR
from audits.fairness.models import AuditedMetric, OutcomeSet, VarianceTask
from audits.fairness.outcome_rows import OutcomeRow, read_csv
from audits.fairness.scans import FAIRNESS_CLOCK
from audits.fairness.states import FairnessState, HarmAnswer, HarmHypothesis
from audits.ledger.models import Entry
from charter.rules.vocabulary import DecisionType
from governance.board.models import Case
from governance.desk import merging
from governance.notices.models import Notice
from governance.people.models import Person
from ground import clock
from ground.errors import BadInput, Conflict, NotFound, NotPermitted
from tests import factories
from tests.audits.fairness.conftest import METRICS, PERIOD, conclude, hand_in, list_workers, make_rows, run
from tests.governance.decisions.people import DELIVERY, HEALTH
from tests.governance.decisions.test_answer import ask
from tests.governance.decisions.test_holds import CALIBRATION, rules_of

# Checked evidence of one person, as a record of another says nothing of them (AR07).
OF_ONE = [
    {"kind": kind, "ref": ref} for (kind, whose), ref in factories.EVIDENCE_OF_PERSONS.items() if whose == "payments-2"
]  # fmt: skip


def find(audit, *labels):
    """A group of a report."""
    return next(each for each in audit.results["groups"] if set(each["labels"]) == set(labels))


def test_a_planted_bias_is_found_and_a_planted_null_is_not(workforce):
    """Done when: made-up people with a bias against remote ones, which the audit flags; without it nothing is."""
    null = run(workforce)
    assert {each["finding"] for each in null.results["groups"]} == {"not_ruled_out"}
    biased = run(workforce, make_rows(bias=True), starts_on=date(2025, 4, 1), ends_on=date(2025, 10, 1))
    flagged = [each for each in biased.results["groups"] if each["finding"] == GroupFinding.FLAGGED]
    assert flagged[0]["labels"] == ["remote"]
    assert flagged[0]["ratio"] < 0.8 and flagged[0]["holm"] < 0.05 and flagged[0]["people"] == 120
    assert all("remote" in each["labels"] for each in flagged)


def test_what_was_handed_in_is_sealed_and_erased_by_the_audit(workforce):
    """Issue 17, 1: whose outcome was which stands in no table, and is gone once it was audited."""
    outcomes = hand_in(workforce)
    assert b"w-001" not in bytes(outcomes.sealed)
    services.run_audit(outcomes=outcomes, by=workforce["second-auditor"])
    outcomes.refresh_from_db()
    assert outcomes.sealed is None and outcomes.erased_at is not None
    told = str(list(Entry.objects.values_list("payload__body", flat=True)))
    assert "w-001" not in told
    with pytest.raises(Conflict):
        services.run_audit(outcomes=outcomes, by=workforce["second-auditor"])


def test_a_second_report_of_the_same_outcomes_tells_no_numbers(workforce):
    """Issue 17, 1: report against report. Corrected outcomes of a period are judged, and told in words alone."""
    first = run(workforce)
    rows = make_rows()
    second = run(
        workforce, [*rows[:-1], OutcomeRow("w-000", rating=1.0, manager="lead-3")], starts_on=date(2026, 1, 1)
    )
    assert any("people" in each for each in first.results["groups"])
    assert not any("people" in each for each in second.results["groups"])
    other = run(workforce, rows[:-1], starts_on=date(2025, 1, 1), ends_on=date(2025, 4, 1))
    assert any("people" in each for each in other.results["groups"])


@pytest.mark.parametrize(
    ("who", "refused"),
    [("hr", NotPermitted), ("employee", NotPermitted), ("manager", NotPermitted), ("board", NotPermitted)],
)
def test_only_auditors_audit(workforce, who, refused):
    outcomes = hand_in(workforce)
    with pytest.raises(refused):
        services.run_audit(outcomes=outcomes, by=workforce[who])


@pytest.mark.parametrize(
    "stake",
    ["handed it in", "handed it in before a merge", "owns a metric", "was rated", "rated", "is above"],
)
def test_an_auditor_has_no_stake(workforce, stake):
    """Issue 17, 2: an auditor who has no stake: none who handed in, owns a metric, was rated, rated, or is in the line."""
    from charter.registry.models import Metric
    from governance.people.models import GrantedRole, ReportingLine
    from tests import on_the_log

    outcomes = hand_in(workforce)
    account = {"handed it in": "hr", "was rated": "rated", "rated": "lead"}.get(stake)
    auditor = (
        workforce[account] if account else factories.an_account("above", person=factories.a_person("above"))
    )
    if stake == "handed it in before a merge":  # issue 16, attack
        merging.merge_accounts(
            account=workforce["hr"],
            into=auditor,
            because="One person.",
            by=factories.an_administrator("merges"),
        )
    if stake == "owns a metric":
        auditor = Metric.objects.get(slug=METRICS[0]).owner
    if stake == "is above":
        on_the_log.make(
            ReportingLine,
            person=workforce["lead"].person,
            manager=auditor.person,
            valid_from=factories.LONG_AGO,
        )
    factories.a_role(auditor, GrantedRole.AUDITOR)
    with pytest.raises(NotPermitted) as refused:
        services.run_audit(outcomes=outcomes, by=auditor)
    assert refused.value.code == "has_a_stake"


def test_a_passed_audit_clears_until_a_day_and_a_failed_one_ends_it(workforce):
    """AR25, S104: a decision about people is permitted after a passed audit, refused the day after a failed one, and the last day counts."""
    passed = conclude(workforce)
    assert (passed.state, passed.valid_until) == (FairnessState.PASSED, clock.now().date() + COUNTS_FOR)
    assert rules_against(workforce["manager"]) == set()
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        failed = conclude(
            workforce, make_rows(bias=True), starts_on=date(2025, 4, 1), ends_on=date(2025, 10, 1)
        )
        assert (failed.state, failed.valid_until) == (FairnessState.FAILED, None)
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        assert rules_against(workforce["manager"]) == {"AR25"}


def test_an_overdue_audit_suspends_decisions_about_people(workforce):
    """S104: the day after the last one that a clearance counts for, AR25 refuses."""
    passed = conclude(workforce)
    last = clock.now().replace(
        year=passed.valid_until.year, month=passed.valid_until.month, day=passed.valid_until.day
    )
    for moment, refused in ((last, False), (last + timedelta(days=1), True)):
        with clock.stopped_at(moment):
            assert ("AR25" in rules_against(workforce["manager"])) == refused


def rules_against(manager) -> set[str]:
    """The rules that refuse calibration with the audited metrics."""
    return rules_of(ask(manager, CALIBRATION))


def test_context_that_explains_a_metric_goes_to_the_board_and_clears_nothing(workforce):
    """S103: a metric that follows people's place comes before the board, once, to be revised or retired; the other is cleared."""
    rows = [
        OutcomeRow(each.person, rating=each.rating, evidence=each.evidence, manager=each.manager, values={DELIVERY: one, HEALTH: other})
        for each, one, other in zip(
            make_rows(), *([row.values[DELIVERY] for row in make_rows(context=of)] for of in (True, False)), strict=True
        )
    ]  # fmt: skip
    audit = conclude(workforce, rows)
    found = {each.charter_version.metric.slug: each for each in audit.metrics.all()}
    assert found[DELIVERY].exceeds and found[DELIVERY].context["low"] > 0.5
    assert not found[HEALTH].exceeds
    cleared = {slug: queries.find_clearance(each.charter_version).passed for slug, each in found.items()}
    assert cleared == {DELIVERY: False, HEALTH: True}
    for _again in range(2):
        FAIRNESS_CLOCK.once(by=factories.system())
    [case] = Case.objects.filter(
        charter_version=found[DELIVERY].charter_version, kind="unintended_consequences"
    )
    assert "Revise or retire" in case.subject
    assert AuditedMetric.objects.get(pk=found[DELIVERY].pk).case == case


def test_a_metric_whose_context_is_not_known_is_not_cleared(workforce):
    """Bad input, missing values: what was not looked at is not cleared, and says so."""
    audit = conclude(
        workforce, [OutcomeRow(row.person, rating=row.rating, evidence=row.evidence) for row in make_rows()]
    )
    assert audit.state == FairnessState.PASSED
    assert {each.context for each in audit.metrics.all()} == {None}
    assert not any(queries.find_clearance(each.charter_version).passed for each in audit.metrics.all())
    assert audit.results["managers"] is None


def test_all_four_hypotheses_are_answered_before_an_audit_is_concluded(workforce):
    """S102: yes, no or unknown, with evidence; one yes and nothing is cleared."""
    audit = run(workforce)
    with pytest.raises(Conflict, match="Answer these first"):
        services.conclude_audit(audit=audit, by=workforce["second-auditor"])
    with pytest.raises(BadInput):
        services.answer_harm(
            audit=audit,
            hypothesis=HarmHypothesis.REMOTE,
            answer=HarmAnswer.NO,
            evidence=" ",
            by=workforce["second-auditor"],
        )
    with pytest.raises(NotPermitted):
        services.answer_harm(
            audit=audit,
            hypothesis=HarmHypothesis.REMOTE,
            answer=HarmAnswer.NO,
            evidence="x",
            by=workforce["auditor"],
        )
    harmed = conclude(workforce, answer=HarmAnswer.YES, starts_on=date(2025, 4, 1), ends_on=date(2025, 10, 1))
    assert harmed.state == FairnessState.FAILED


def test_who_was_decided_about_under_an_earlier_clearance_is_told(workforce, monkeypatch):
    """Issue 17, 2: what was decided by a metric that is now flagged is told to those concerned, once."""
    for module in ("measures.queries", "measures.own"):
        monkeypatch.setattr(
            f"charter.{module}.compute_own_rows", lambda **_: ()
        )  # the values do not matter here
    monkeypatch.setattr("governance.decisions.facts.coverage.compute_own_rows", lambda **_: ())
    conclude(workforce)
    concerned = factories.an_account("concerned", person=Person.objects.get(external_id="payments-2"))
    asked = {"persons": ["payments-2"], "evidence": OF_ONE}
    decided = ask(workforce["manager"], CALIBRATION, grain="person", cohorts=[], **asked)
    assert decided.verdict.permits, rules_of(decided)
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        audit = conclude(
            workforce, make_rows(bias=True), starts_on=date(2025, 4, 1), ends_on=date(2025, 10, 1)
        )
    told = Notice.objects.filter(kind="fairness.flagged")
    assert {each.to for each in told} == {concerned}
    assert told.first().path == f"/fairness/{audit.pk}"
    again = Notice.objects.filter(kind="fairness.look_again", path="/calibration")
    assert {each.to for each in again} == {workforce["manager"]}
    back = Notice.objects.filter(kind="fairness.goes_back")
    assert {each.to for each in back} >= {workforce["hr"], workforce["hr-two"]}


def test_a_question_about_a_team_for_somebody_counts_as_about_them(workforce):
    """Issue 17, 2: where a charter lets only the team be looked at, the person decided about is told all the same."""
    conclude(workforce)
    concerned = factories.an_account("concerned", person=Person.objects.get(external_id="payments-2"))
    decided = ask(workforce["manager"], CALIBRATION, about=["payments-2"], evidence=OF_ONE)
    assert decided.verdict.permits, rules_of(decided)
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        conclude(workforce, make_rows(bias=True), starts_on=date(2025, 4, 1), ends_on=date(2025, 10, 1))
    assert {each.to for each in Notice.objects.filter(kind="fairness.flagged")} == {concerned}


def test_a_manager_who_rates_apart_is_a_task_for_hr_and_nothing_else(workforce):
    """S105, S106: found within cells of equal evidence, with sample sizes; only HR sees it, and it stands in no report."""
    audit = run(workforce, make_rows(strict_lead=True))
    [task] = VarianceTask.objects.all()
    assert task.manager.external_id == "lead-0" and task.people == 60 and task.gap < -0.8
    assert "lead-0" not in str(audit.results) and audit.results["managers"]["compared"] == 4
    for who in ("second-auditor", "board", "lead", "rated", "manager"):
        with pytest.raises(NotPermitted):
            queries.get_task(task.pk, by=workforce[who])
    assert queries.get_task(task.pk, by=workforce["hr"]) == task
    services.close_task(task=task, done="We read all of their ratings again.", by=workforce["hr-two"])
    with pytest.raises(Conflict):
        services.close_task(task=task, done="Again.", by=workforce["hr"])


def test_a_report_singles_nobody_out(workforce):
    """Issue 17, 1: people whom all told groups together tell apart are at least five, with both outcomes among them."""
    rows = make_rows()
    audit = run(workforce, rows)
    told = [each for each in audit.results["groups"] if "people" in each]
    people = reporting._merge(rows, 3.5)
    attributes = grouping.group_people(people.persons, on=date(2026, 3, 31))
    signatures: dict[tuple, list[bool]] = {}
    for at, selected in enumerate(people.selected):
        signature = tuple(
            all(attributes[name].codes[at] >= 0 and attributes[name].labels[attributes[name].codes[at]] == label for name, label in zip(each["of"], each["labels"], strict=True))
            for each in told
        )  # fmt: skip
        signatures.setdefault(signature, []).append(bool(selected))
    assert len(told) > 5
    assert all(len(each) >= 5 and 0 < sum(each) < len(each) for each in signatures.values())


def test_those_who_see_to_it_are_told_before_an_audit_ends_and_after(workforce):
    """S104: the metric's owner, HR and auditors, thirty days before and when it is over, once each."""
    passed = conclude(workforce)
    FAIRNESS_CLOCK.once(by=factories.system())
    assert not Notice.objects.filter(kind="fairness.due").exists()
    counts = []
    for days in (160, 170, 190):
        with clock.stopped_at(clock.now() + timedelta(days=days)):
            FAIRNESS_CLOCK.once(by=factories.system())
            counts.append(Notice.objects.filter(kind="fairness.due", to=workforce["hr"]).count())
    assert counts == [2, 2, 4]
    assert passed.valid_until == (clock.now() + timedelta(days=182)).date()


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "no outcome"),
        ([OutcomeRow("nobody", rating=3.0)], "Outcome 1: there is nobody"),
        ([OutcomeRow("w-001", rating=3.0, manager="w-001")], "rates themself"),
        ([OutcomeRow("w-001", selected=True)], "give a rating"),
        ([OutcomeRow("w-001", rating=float("nan"))], "not finite"),
        ([OutcomeRow("w-001", rating=3.0), OutcomeRow("w-001", rating=4.0)], "Outcome 2: this person"),
        ([OutcomeRow("w-001", rating=3.0, values={"commit-count": 3.0})], "not among those audited"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(workforce, rows, says):
    """Bad input: persons unknown, twice or rated by themselves, NaN, and values of something else."""
    with pytest.raises(BadInput, match=says) as refused:
        hand_in(workforce, rows)
    assert refused.value.field == "rows"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decision": DecisionType.RETROSPECTIVE}, "decision"),
        ({"ends_on": date(2027, 1, 1)}, "ends_on"),
        ({"starts_on": PERIOD["ends_on"]}, "ends_on"),
        ({"metrics": []}, "metrics"),
        ({"metrics": ["no-such-metric"]}, "metrics"),
    ],
)
def test_what_outcomes_are_about_is_checked(workforce, changes, field):
    with pytest.raises(BadInput) as refused:
        hand_in(workforce, **changes)
    assert refused.value.field == field


def test_edges_are_told(workforce):
    """Bad input: all-equal ratings, a manager who rates one person, attributes that nobody recorded, too few people."""
    rows = [
        OutcomeRow(each.person, rating=3.0, manager="lead-0" if at else "lead-1")
        for at, each in enumerate(make_rows())
    ]
    audit = run(workforce, rows)
    assert not any("people" in each for each in audit.results["groups"])
    assert audit.results["selected"] is None and audit.results["managers"]["too_few"] == 2
    with pytest.raises(BadInput):
        run(workforce, rows[:3], starts_on=date(2025, 1, 1), ends_on=date(2025, 2, 1))
    OutcomeSet.objects.get(audit__isnull=True)


def test_who_changes_teams_within_the_period_is_told(workforce):
    """Bad input, a person who changes team mid-period: counted in the team of its last day, and told as a count that points at nobody."""
    other = factories.a_team("comet", context_class="rescue")
    movers = list_workers()[:12]
    with factories.imported():
        for each in movers:
            each.memberships.update(valid_to=date(2026, 1, 1))
            each.memberships.create(team=other, valid_from=date(2026, 1, 1))
    audit = run(workforce)
    assert audit.results["moved"] == 10
    assert any(each["labels"] == ["rescue"] for each in audit.results["groups"])
    earlier = run(workforce, starts_on=date(2025, 4, 1), ends_on=date(2025, 10, 1))
    assert earlier.results["moved"] == 0 and not any(
        "rescue" in each["labels"] for each in earlier.results["groups"]
    )


def test_groups_are_those_of_the_day_of_the_decision(workforce):
    """Bad input, a person who changes location, role or arrangement: counted as on the last day of the period, whatever is so now."""
    movers, rows = list_workers()[:12], make_rows()
    with factories.imported():
        for each in movers:
            before = {"working_arrangement": each.working_arrangement, "role_family": each.role_family}
            each.circumstances.create(
                location="Utrecht", **before, valid_from=each.employed_from, valid_to=date(2026, 2, 1)
            )
            each.circumstances.create(location="Delft", **before, valid_from=date(2026, 2, 1))
        Person.objects.filter(pk__in=[each.pk for each in movers]).update(location="Delft")
    now = run(workforce, rows)
    assert now.results["moved"] == 10 and _places(movers, date(2026, 3, 31)) == {"Delft"}
    earlier = run(workforce, rows, starts_on=date(2025, 4, 1), ends_on=date(2025, 10, 1))
    assert earlier.results["moved"] == 0 and _places(movers, date(2025, 9, 30)) == {"Utrecht"}


def test_of_a_day_before_anything_was_recorded_the_first_that_was_counts(workforce):
    """Bad input: who was imported late is in a group of what was said first, and not of what is so now."""
    [one] = list_workers()[:1]
    with factories.imported():
        for place, since, until in (("Delft", date(2026, 3, 1), date(2026, 5, 1)), ("Oslo", date(2026, 5, 1), None)):  # fmt: skip
            one.circumstances.create(location=place, valid_from=since, valid_to=until)
    for day, place in ((date(2026, 1, 1), "Delft"), (date(2026, 4, 30), "Delft"), (date(2026, 5, 1), "Oslo")):
        found = grouping.group_people([one.external_id], on=day)["location"]
        assert found.labels == (place,), day


def _places(persons, on) -> set[str]:
    return set(grouping.group_people([each.external_id for each in persons], on=on)["location"].labels)


def test_the_same_ratings_as_another_decision_tell_no_numbers(workforce):
    """Attack, report against report: under another name and without one person, their difference would be that person's outcome."""
    first = run(workforce)
    second = run(workforce, make_rows()[1:], decision=DecisionType.CALIBRATION_INPUT)
    assert any("people" in each for each in first.results["groups"])
    assert not any("people" in each for each in second.results["groups"])


def test_a_group_that_may_not_be_named_is_not_the_one_that_is_missing(workforce):
    """Attack: what no report names is one of several, so that leaving a name out says nothing; the audit is flagged all the same."""
    found = {each.labels: each for each in _some_groups(quiet=3, told=2, unnamed=1)}
    named = reporting.list_by_name(list(found.values()), numbers=True)
    assert [each.labels for each in named] == [("told 0",), ("told 1",)]
    few = _some_groups(quiet=0, told=2, unnamed=1)
    assert reporting.list_by_name(few, numbers=True) == []


@pytest.mark.parametrize(("unnamed", "told"), [(0, True), (1, False)])
def test_how_many_were_selected_is_not_told_beside_a_group_without_a_name(unnamed, told):
    """Attack: of 9 people and 31 others, of whom 20 were selected, the 31 cannot be the group with nearly none of them."""
    groups = tuple(_some_groups(quiet=1, told=1, unnamed=unnamed))
    found = Comparison(people=40, selected=20, groups=groups, recorded={}, left_out=0)
    assert reporting.tells_selected(found, least=5) is told


def _some_groups(*, quiet: int, told: int, unnamed: int):
    blank = dict.fromkeys(("ratio", "low", "high", "p", "holm", "discovery", "odds_ratio", "evidence_p"), 0.5)
    quiet_one = ComparedGroup(
        of=("role",), labels=("quiet",), people=9, selected=3, finding=GroupFinding.NOT_RULED_OUT, told=False, named=True, **blank
    )  # fmt: skip
    one = structs.replace
    return [
        *(one(quiet_one, labels=(f"quiet {at}",)) for at in range(quiet)),
        *(one(quiet_one, labels=(f"told {at}",), told=True) for at in range(told)),
        *(one(quiet_one, labels=(f"unnamed {at}",), named=False, finding=GroupFinding.FLAGGED) for at in range(unnamed)),
    ]  # fmt: skip


def test_a_programme_may_ask_for_larger_groups(workforce):
    """AR12: the smallest group of the programme holds in reports as well."""
    factories.settings(minimum_group=50, minimum_group_strain=50)
    audit = run(workforce)
    assert all(each["people"] >= 50 for each in audit.results["groups"] if "people" in each)


def test_outcomes_are_handed_in_by_hr_once_and_can_be_discarded(workforce):
    outcomes = hand_in(workforce)
    with pytest.raises(Conflict):
        hand_in(workforce, make_rows()[::-1])
    with pytest.raises(NotPermitted):
        hand_in(workforce, by=workforce["auditor"])
    with pytest.raises(NotPermitted):
        services.discard_outcomes(outcomes=outcomes, reason="Wrong.", by=workforce["auditor"])
    services.discard_outcomes(outcomes=outcomes, reason="The wrong month.", by=workforce["hr"])
    with pytest.raises(NotFound):
        queries.get_outcomes(outcomes.pk, by=workforce["hr"])


def test_an_audit_is_seen_by_all_once_it_is_concluded(workforce):
    """S107: before, by HR and auditors alone."""
    audit = run(workforce)
    with pytest.raises(NotFound):
        queries.get_audit(audit.pk, by=workforce["employee"])
    assert queries.get_audit(audit.pk, by=workforce["hr"]) == audit
    concluded = conclude(workforce, starts_on=date(2025, 4, 1), ends_on=date(2025, 10, 1))
    assert list(queries.list_audits(workforce["employee"])) == [concluded]


def test_a_file_is_read_by_its_columns():
    [row] = read_csv(b"person,rating,evidence,manager,metric:lead\nw-1, 3.5 ,high,lead-1,2\n\n")
    assert row == OutcomeRow("w-1", rating=3.5, evidence="high", manager="lead-1", values={"lead": 2.0})
    [row] = read_csv("\ufeffperson,selected\nw-1,Yes".encode())
    assert row == OutcomeRow("w-1", selected=True)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "person"), (b"person\nw-1", "either"), (b"person,rating,selected\n", "either"), (b"person,rating,rating\n", "twice"),
        (b"person,rating,pay\n", "pay"), (b"person,rating\nw-1,high", "Line 2"), (b"person,rating\nw-1", "Line 2"),
        (b"person,selected\nw-1,perhaps", "yes or no"), (b"\xff\xfe", "UTF-8"),
    ],
)  # fmt: skip
def test_a_file_at_fault_is_refused_by_its_line(body, says):
    with pytest.raises(BadInput, match=says) as refused:
        read_csv(body)
    assert refused.value.field == "file"
