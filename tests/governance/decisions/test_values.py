"""What bears on values: what the rules see of it, and what stands beside the rows that leave."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from charter.measures import queries as measures
from charter.measures.models import PublishedValue, Withheld
from charter.measures.rows import Place, make_row, make_withheld_row
from charter.measures.values.aggregation import Estimate
from charter.measures.values.calendar import split_window
from charter.registry.models import ClearanceKind, Metric
from charter.registry.services import grant_clearance
from charter.rules.vocabulary import ContextKind
from governance.board.models import Pilot
from governance.board.states import PilotState
from governance.decisions.facts import coverage, value_context
from governance.decisions.models import DecisionRecord
from governance.decisions.services import confirm_note, propose_note, protect, turn_down_note
from governance.people import cohorts
from governance.people.models import (
    AccountKind,
    Cohort,
    CohortTeam,
    GrantedRole,
    Membership,
    Person,
    ReportingLine,
    Team,
)
from ground import clock
from ground.errors import BadInput, NotPermitted
from tests import factories, on_the_log
from tests.governance.decisions.people import DELIVERY, HEALTH
from tests.governance.decisions.test_answer import LEAD_TIME, ask
from tests.governance.decisions.test_holds import (
    CALIBRATION,
    PERSONAL_EVIDENCE,
    RETROSPECTIVE,
    a_hold,
    rules_of,
)

JANUARY = {"starts_on": date(2026, 1, 10), "ends_on": date(2026, 1, 20)}
OF_ONE = {
    **CALIBRATION, "grain": "person", "cohorts": [], "persons": ["payments-2"], "evidence": PERSONAL_EVIDENCE,
}  # fmt: skip


def a_note(
    kind=ContextKind.MIGRATION, *, confirmed=True, says="Moved home.", person="", team="payments", **fields
):
    """A note of January, about payments unless somebody is named, confirmed by HR unless told otherwise."""
    whose = (
        {"person": Person.objects.get(external_id=person)}
        if person
        else {"team": Team.objects.get(slug=team)}
    )
    note = propose_note(kind=kind, says=says, by=factories.system(), **{**JANUARY, **whose, **fields})
    return confirm_note(note=note, by=hr()) if confirmed else note


def hr():
    account = factories.an_account("hr")
    if not account.role_grants.exists():
        factories.a_role(account, GrantedRole.HR)
    return account


def values_of(given) -> dict[str, object]:
    return DecisionRecord.objects.get(pk=given.id).facts[0]["values"]


# Notes beside values


def test_a_confirmed_note_stands_beside_the_values_of_its_time(house):
    """S46, S80: with kind, effect, label, days and what was said; the number stays as it was published."""
    a_note(says="To the new build farm.")
    january, february, march = ask(house.manager).rows
    (note,) = january.context
    assert (note.kind, note.effect, note.label, note.says) == (
        "migration", "annotate", "Migration", "To the new build farm.",
    )  # fmt: skip
    assert (note.start, note.end) == (date(2026, 1, 10), date(2026, 1, 20))
    assert january.value == 20.0 and february.context == march.context == []


@pytest.mark.parametrize("settled", [False, None])
def test_a_note_that_nobody_confirmed_annotates_nothing(house, settled):
    """Issue 4, item 3: typed notes with who confirmed them; unsettled or turned down they are nobody's word."""
    note = a_note(confirmed=False)
    if settled is None:
        turn_down_note(note=note, why="No.", by=hr())
    assert all(row.context == [] for row in ask(house.manager).rows)


def test_a_note_for_one_metric_says_nothing_of_others(judged):
    """S80: a note can be about one metric's value."""
    a_note(metric=Metric.objects.get(slug=HEALTH))
    rows = ask(judged["manager"], RETROSPECTIVE).rows
    assert {row.metric for row in rows if row.context} == {HEALTH}


def test_a_service_and_beside_wider_values_the_team_are_named(house):
    """S46: which service, and whose."""
    a_note(ContextKind.PRODUCTION_INCIDENT, service="checkout")
    a_note(ContextKind.FREEZE)
    assert [note.label for note in ask(house.manager).rows[0].context] == [
        "Production incident (checkout)",
        "Freeze",
    ]
    factories.a_role(house.manager, GrantedRole.LEADERSHIP)
    wide = ask(
        house.manager, decision="portfolio_planning", grain="value_stream", cohorts=["value_stream:commerce"]
    )
    assert {note.label for note in wide.rows[0].context} == {
        "Production incident (checkout)",
        "Freeze (Payments)",
    }
    whole = ask(house.manager, decision="portfolio_planning", grain="org", cohorts=["org:all"])
    assert not any(row.context for row in whole.rows)


def test_a_persons_note_never_stands_beside_their_teams_values(house):
    """Privacy: beside a team's value it would say of somebody that they were away."""
    a_note(ContextKind.LEAVE, person="payments-2")
    assert not any(row.context for row in ask(house.manager).rows)


def test_the_kinds_that_a_charter_names_are_never_left_unsaid(house):
    """S138: values of such a metric leave only with the note, or with the word that none is known."""
    factories.an_active_charter("pr-age")
    a_note(ContextKind.DEPENDENCY_DELAY, says="Waited for search.")
    january, february, _ = ask(house.manager, metrics=["pr-age"]).rows
    assert [(note.kind, note.effect) for note in january.context] == [("dependency_delay", "annotate")]
    assert [(note.kind, note.effect) for note in february.context] == [("dependency_delay", "none_known")]
    assert february.context[0].label == "None known: wait for another team"


# Decisions about people


def test_a_decision_about_people_waits_for_a_note_to_be_settled(judged):
    """AR16: refused while it is open, and permitted once it is confirmed or turned down."""
    note = a_note(confirmed=False)
    assert ask(judged["manager"], RETROSPECTIVE).verdict.permits
    given = ask(judged["manager"], CALIBRATION)
    assert rules_of(given) == {"AR16"} and values_of(given)["unsettled"] == 1
    confirm_note(note=note, by=hr())
    assert ask(judged["manager"], CALIBRATION).verdict.permits


def test_affected_periods_are_counted_once_each(judged):
    """AR16: periods that confirmed notes touch; an order of them is refused."""
    a_note()
    a_note(ContextKind.FREEZE, starts_on=date(2026, 1, 31), ends_on=date(2026, 2, 2))
    given = ask(judged["manager"], CALIBRATION)
    assert given.verdict.permits and values_of(given)["affected"] == 2
    assert "AR16" in rules_of(ask(judged["manager"], CALIBRATION, compare=True))


@pytest.mark.parametrize("kind", [ContextKind.TOOLING_CONSTRAINT, ContextKind.ONBOARDING])
def test_a_period_that_is_excluded_leaves_without_its_number(judged, kind):
    """S76, S123, AR16: excluded from evidence about people, said so in words; other uses get it with the note."""
    a_note(kind)
    january, february, march = ask(judged["manager"], CALIBRATION).rows[:3]
    assert (january.withheld, january.value, january.n) == ("excluded", None, None)
    assert january.withheld_because.startswith("Excluded: ") and january.context[0].effect == "exclude"
    assert (february.withheld, march.value) == ("too_few", 20.0)
    assert ask(judged["manager"], RETROSPECTIVE).rows[0].value == 20.0


def test_a_period_that_is_annotated_stays_evidence(judged):
    """S46: people decisions need the annotation."""
    a_note(ContextKind.PRODUCTION_INCIDENT)
    january = ask(judged["manager"], CALIBRATION).rows[0]
    assert january.value == 20.0 and january.context[0].kind == "production_incident"


def test_reading_drops_what_is_held_even_if_a_rule_let_it_pass(judged, monkeypatch):
    """AR21, belt and braces: a rulebook without the rule gives no contested value."""
    a_hold()
    counted = value_context.build_value_facts
    monkeypatch.setattr(value_context, "build_value_facts", lambda *given: replace(counted(*given), held=0))
    given = ask(judged["manager"], CALIBRATION)
    assert given.verdict.permits
    assert (given.rows[0].withheld, given.rows[0].value) == ("under_review", None)
    assert given.rows[0].withheld_because.startswith("Under review")


# One person's values


@pytest.fixture
def own(judged, monkeypatch):
    """The manager asks about somebody of payments, whose own values the warehouse would give."""
    person = Person.objects.get(external_id="payments-2")
    manager = judged["manager"]
    factories.change(manager, person=factories.a_person("boss"))
    on_the_log.make(ReportingLine, person=person, manager=manager.person, valid_from=factories.LONG_AGO)
    asked = []

    def rows(*, version, person, window, period):
        asked.append(person)
        metric = Metric.objects.get(versions=version).slug
        places = [Place(metric, "", span, "hour") for span in split_window(window, period)]
        return tuple(
            make_withheld_row(place, Withheld.LOW_COVERAGE) if place.span.label in thin
            else make_row(place, Estimate(7.0), n=4, people=1, coverage=0.9)
            for place in places
        )  # fmt: skip

    thin: set[str] = set()
    for room in (coverage, measures):
        monkeypatch.setattr(room, "compute_own_rows", rows)
    return {**judged, "asked": asked, "thin": thin}


def test_a_person_can_be_asked_about_where_nothing_stands_against_it(own):
    """The ground for what follows; the warehouse is asked once a metric, for coverage and rows alike."""
    given = ask(own["manager"], OF_ONE)
    assert given.verdict.permits and {row.value for row in given.rows} == {7.0}
    assert own["asked"] == ["payments-2"] * 2


@pytest.mark.parametrize(
    "whose", [{"person": "payments-2"}, {"cohort": "team:payments"}, {}], ids=["person", "team", "metric"]
)
def test_a_hold_on_a_person_their_team_or_the_metric_holds_their_value(own, whose):
    """AR21: a hold on a team's values holds those of its people too, so that none is pointed at."""
    found = {
        "person": {"person": Person.objects.filter(external_id=whose.get("person")).first()},
        "cohort": {"cohort": Cohort.objects.filter(slug=whose.get("cohort")).first()},
    }
    a_hold(**found[next(iter(whose))] if whose else {})
    assert rules_of(ask(own["manager"], OF_ONE)) == {"AR21"}


def test_a_hold_on_somebody_else_or_another_team_holds_nothing(own):
    """AR21: of the person asked about."""
    a_hold(person=Person.objects.get(external_id="payments-3"))
    a_hold(cohort=Cohort.objects.get(slug="team:search"))
    a_hold(cohort=Cohort.objects.get(slug="org:all"))
    assert ask(own["manager"], OF_ONE).verdict.permits


def test_notes_about_a_person_and_about_their_team_bear_on_their_values(own):
    """S46, S76: their team's constraint leaves the month out of evidence about them."""
    a_note(ContextKind.TOOLING_CONSTRAINT)
    a_note(ContextKind.MENTORING, person="payments-2", starts_on=date(2026, 2, 1), ends_on=date(2026, 2, 9))
    january, february, march = ask(own["manager"], OF_ONE).rows[:3]
    assert january.withheld == "excluded"
    assert (february.value, [note.kind for note in february.context]) == (7.0, ["mentoring"])
    assert march.context == []


def test_why_somebody_was_away_is_told_to_nobody_but_them(own):
    """S80, privacy: others read the group and the month, never kind, days or words."""
    a_note(ContextKind.PARENTAL_LEAVE, person="payments-2", says="A child was born.")
    given = ask(own["manager"], OF_ONE)
    (note,) = given.rows[0].context
    assert (note.kind, note.label, note.says) == ("context_applies", "Context applies", "")
    assert (note.start, note.end) == (date(2026, 1, 1), date(2026, 2, 1))
    assert given.rows[0].withheld_because == "Excluded: context applies"
    account = factories.an_account("two", person=Person.objects.get(external_id="payments-2"))
    of_oneself = {**OF_ONE, "grain": "self", "persons": []}
    own_words = ask(account, of_oneself).rows[0].context[0]
    assert (own_words.kind, own_words.says) == ("parental_leave", "A child was born.")


def test_a_team_that_somebody_left_before_says_nothing_of_them(own):
    """S46: notes bear on those who were there."""
    moved = Membership.objects.get(person__external_id="payments-2")
    moved.valid_to = date(2026, 1, 1)
    moved.save(update_fields=["valid_to"])
    a_note(ContextKind.TOOLING_CONSTRAINT)
    assert not any(row.context for row in ask(own["manager"], OF_ONE).rows)


def test_low_coverage_is_not_held_against_anybody(own):
    """AR27, S97: a person whose own values are thin is not decided about by them."""
    own["thin"].add("2026-02")
    given = ask(own["manager"], OF_ONE)
    assert rules_of(given) == {"AR27"} and given.rows == ()


def test_the_warehouse_is_asked_only_where_all_else_is_in_order(own):
    """Issue 4, item 3: coverage of persons is dear, so nothing pays for it that is refused anyway."""
    assert not ask(own["manager"], {**OF_ONE, "evidence": []}).verdict.permits
    a_hold()
    assert not ask(own["manager"], OF_ONE).verdict.permits
    assert own["asked"] == []


# Coverage and error budgets of teams


def published(metric: str, month: int, cohort="team:payments", **values) -> None:
    """A published value of one month, in place of any before."""
    like = PublishedValue.objects.filter(metric__slug=DELIVERY).first()
    found = PublishedValue.objects.filter(
        metric__slug=metric, cohort__slug=cohort, starts_on=date(2026, month, 1), superseded_at=None
    )
    on_the_log.update(found, superseded_at=clock.now())
    on_the_log.make(
        PublishedValue,
        metric=Metric.objects.get(slug=metric),
        charter_version=like.charter_version,
        cohort=Cohort.objects.get(slug=cohort),
        period_kind="month",
        starts_on=date(2026, month, 1),
        ends_on=date(2026, month + 1, 1),
        run=like.run,
        snapshot=like.snapshot,
        **values,
    )


NUMBERS = {"value": 20.0, "n": 40, "people": 9, "coverage": 1.0}


def test_thin_coverage_of_a_team_is_not_held_against_its_people(judged):
    """AR27: withheld for low coverage, or below a threshold that was raised since."""
    assert ask(judged["manager"], CALIBRATION).verdict.permits
    published(DELIVERY, 3, withheld=Withheld.LOW_COVERAGE)
    assert rules_of(ask(judged["manager"], CALIBRATION)) == {"AR27"}
    published(DELIVERY, 3, **{**NUMBERS, "coverage": 0.75})
    assert ask(judged["manager"], CALIBRATION).verdict.permits
    factories.settings(coverage_threshold=0.8)
    assert rules_of(ask(judged["manager"], CALIBRATION)) == {"AR27"}


def test_low_coverage_is_not_enough_data_and_never_a_number(judged):
    """S77: also for a value that was published before the threshold was raised; the frozen value stays."""
    published(DELIVERY, 3, **{**NUMBERS, "coverage": 0.75})
    factories.settings(coverage_threshold=0.8)
    march = ask(judged["manager"], RETROSPECTIVE).rows[2]
    assert (march.value, march.coverage, march.withheld) == (None, None, "low_coverage")
    assert march.withheld_because.startswith("Not enough data")


@pytest.fixture
def budget(judged):
    """The error budget's metric; its values are published by the tests."""
    factories.a_submitted_charter("error-budget")
    return judged


@pytest.mark.parametrize(("used", "burning"), [(0.4, False), (1.0, False), (1.01, True)])
def test_slowing_down_while_a_budget_burns_is_not_held_against_anybody(budget, used, burning):
    """AR19, S27: above the programme's limit in some month; it matches speed, not reliability."""
    published("error-budget", 2, **{**NUMBERS, "value": used})
    given = ask(budget["manager"], CALIBRATION)
    assert rules_of(given) == ({"AR19"} if burning else set())
    assert {match.metric for match in given.verdict.rules} <= {DELIVERY}


def test_the_programme_says_which_metric_and_from_where_it_burns(budget):
    """Issue 4, item 3: settings, not constants."""
    published("error-budget", 2, **{**NUMBERS, "value": 1.5})
    factories.settings(error_budget_limit=2.0)
    assert ask(budget["manager"], CALIBRATION).verdict.permits
    factories.settings(
        error_budget_limit=1.0, error_budget_metric=factories.a_submitted_charter("pr-age").metric.slug
    )
    assert ask(budget["manager"], CALIBRATION).verdict.permits


def test_another_teams_budget_or_another_time_is_nobodys_excuse(budget):
    """AR19: of the teams asked about, in the months asked for."""
    published("error-budget", 2, cohort="team:search", **{**NUMBERS, "value": 3.0})
    published("error-budget", 4, **{**NUMBERS, "value": 3.0})
    assert ask(budget["manager"], CALIBRATION).verdict.permits


def test_a_persons_team_burns_for_them(own):
    """AR19: the budget of the team that they were on in that month."""
    factories.a_submitted_charter("error-budget")
    published("error-budget", 2, **{**NUMBERS, "value": 3.0})
    assert rules_of(ask(own["manager"], OF_ONE)) == {"AR19"}
    published("error-budget", 2, cohort="team:search", **{**NUMBERS, "value": 3.0})
    published("error-budget", 2, **NUMBERS | {"value": 0.1})
    assert ask(own["manager"], OF_ONE).verdict.permits


# Protection


def test_who_was_disputed_by_name_decides_nothing_about_that_person(own):
    """AR22: until its end; somebody else may, and other people's values stay askable."""
    person = Person.objects.get(external_id="payments-2")
    protection = {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 5, 1), "by": factories.system()}
    protect(person=person, account=own["stranger"], **protection)
    assert ask(own["manager"], OF_ONE).verdict.permits
    protect(person=person, account=own["manager"], **protection)
    assert rules_of(ask(own["manager"], OF_ONE)) == {"AR22"}
    with clock.stopped_at(clock.now().replace(month=5)):
        assert "AR22" not in rules_of(ask(own["manager"], OF_ONE))


def test_a_merge_frees_nobody_from_whom_they_may_not_decide_about(own):
    """AR22, attack: what holds of an account holds of the one that it is merged into."""
    twin = factories.an_account("manager-again")
    person = Person.objects.get(external_id="payments-2")
    protection = {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 5, 1), "by": factories.system()}
    protect(person=person, account=own["manager"], **protection)
    boss = own["manager"].person
    factories.change(own["manager"], person=None)  # their own values are read by the one that stays
    factories.change(twin, person=boss)
    factories.a_merge(own["manager"], twin)
    assert "AR22" in rules_of(ask(twin, OF_ONE))


def test_a_group_that_holds_somebody_who_disputed_is_not_decided_about_either(judged):
    """Issue 16, AR22: somebody protected is safe within their team too, from the account that they disputed alone."""
    assert ask(judged["manager"], CALIBRATION).verdict.permits
    protection = {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 5, 1), "by": factories.system()}
    protect(person=Person.objects.get(external_id="payments-2"), account=judged["manager"], **protection)
    assert rules_of(ask(judged["manager"], CALIBRATION)) == {"AR22"}
    assert ask(judged["manager"], RETROSPECTIVE).verdict.permits


def test_evidence_is_a_record_that_somebody_else_has_opened(judged):
    """Issue 16, AR07: invented evidence, once or twice, is none; so is a record that nobody has checked."""
    invented = [{"kind": "design_review", "ref": "DR-1"}, {"kind": "mentoring", "ref": "M-1"}]
    assert rules_of(ask(judged["manager"], CALIBRATION, evidence=invented)) == {"AR07"}
    of_another_kind = [{"kind": "mentoring", "ref": factories.DESIGN_REVIEW}]
    assert rules_of(ask(judged["manager"], CALIBRATION, evidence=of_another_kind)) == {"AR07"}
    twice = [{"kind": "mentoring", "ref": factories.MENTORING}] * 2
    assert rules_of(ask(judged["manager"], CALIBRATION, evidence=twice)) == {"AR07"}


def test_the_latest_audit_decides(judged):
    """Issue 16, AR25, S104: a failed audit after a passed one takes the clearance away, until a later one passes."""
    version = Metric.objects.get(slug=DELIVERY).current
    audit = {"version": version, "kind": ClearanceKind.FAIRNESS_AUDIT, "valid_until": date(2027, 1, 1)}
    for passed, expected in ((False, {"AR25"}), (True, set())):
        grant_clearance(passed=passed, reference="FA-2", by=judged["auditor"], **audit)
        assert rules_of(ask(judged["manager"], CALIBRATION)) == expected


def test_what_a_team_tried_out_is_never_held_against_anybody(judged):
    """Issue 16, AR23, S132: months of a pilot that is over, of its team; other months and other uses stay open."""
    pilot = {"cohort": "team:payments", "starts_on": date(2026, 1, 15), "ends_on": date(2026, 3, 1)}
    version = Metric.objects.get(slug=DELIVERY).current
    on_the_log.make(
        Pilot, charter_version=version, case_id=version.case_id, consent=factories.a_consent(version),
        started_by=judged["manager"], state=PilotState.ENDED, ended_at=clock.now(), ended_by=judged["manager"], **pilot,
    )  # fmt: skip
    assert rules_of(ask(judged["manager"], CALIBRATION)) == {"AR23"}
    assert ask(
        judged["manager"], CALIBRATION, window={"from": "2026-03-01", "to": "2026-04-01"}
    ).verdict.permits
    assert ask(judged["manager"], RETROSPECTIVE).verdict.permits


def test_no_machine_asks_for_a_decision_about_people(judged):
    """Issue 16, AR18, S93: whatever role it holds and whoever it names; for other decisions it may ask."""
    machine = factories.an_account("robot", kind=AccountKind.MACHINE)
    factories.a_role(machine, GrantedRole.MANAGER, team=Team.objects.get(slug="payments"))
    assert "AR18" in rules_of(ask(machine, CALIBRATION))
    assert "AR18" not in rules_of(ask(machine, RETROSPECTIVE))


def test_protection_follows_from_a_dispute_alone(own):
    """AR22: nobody grants it, nor against themself; its window runs forward."""
    person = Person.objects.get(external_id="payments-2")
    window = {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 5, 1)}
    with pytest.raises(NotPermitted):
        protect(person=person, account=own["manager"], by=own["auditor"], **window)
    for given, field in (
        ({"account": own["manager"], "starts_on": date(2026, 6, 1)}, "ends_on"),
        ({"account": own["employee"], "person": own["employee"].person}, "account"),
    ):
        with pytest.raises(BadInput) as refused:
            protect(**{"person": person, "by": factories.system(), **window, **given})
        assert refused.value.field == field


# What it costs


@pytest.mark.committed
@pytest.mark.parametrize(
    ("question", "rows", "most"),
    [(LEAD_TIME, False, 4), (LEAD_TIME, True, 5), (CALIBRATION, False, 6), (CALIBRATION, True, 7)],
)
def test_only_decisions_about_people_pay_for_what_only_they_need(judged, question, rows, most):
    """Issue 4, item 3: a warm check takes four statements, and coverage and budgets are one more, evidence another."""
    a_note()
    a_hold("lead-time-for-changes", starts_on=date(2025, 1, 1), ends_on=date(2025, 2, 1))
    ask(judged["manager"], question, rows=rows)
    with CaptureQueriesContext(connection) as captured:
        ask(judged["manager"], question, rows=rows)
    assert len([each for each in captured if each["sql"] not in ("BEGIN", "COMMIT")]) == most


def test_what_is_remembered_is_forgotten_with_every_write(judged):
    """ADR 6: a hold, a note, a protection and who is on which team all change a data version."""
    assert ask(judged["manager"], CALIBRATION).verdict.permits
    a_note(confirmed=False, team="search")
    assert ask(judged["manager"], CALIBRATION).verdict.permits
    payments = cohorts.find_covering_cohort("payments")
    on_the_log.make(CohortTeam, cohort=payments, team=Team.objects.get(slug="search"))
    assert rules_of(ask(judged["manager"], CALIBRATION)) >= {"AR16"}
