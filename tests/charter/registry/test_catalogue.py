"""The starter catalogue says what the requirements want it to say, and its examples get their verdicts."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from charter import rules
from charter.authoring import lint
from charter.programme import starter as programme_starter
from charter.registry import catalogue
from charter.registry.document import CharterDocument, Example
from charter.registry.examples import find_mismatches, list_metrics_asked, run_example
from charter.rules.vocabulary import (
    BANNED_SOURCES,
    Aggregation,
    Category,
    ContextKind,
    DecisionGroup,
    DecisionType,
    EvidenceKind,
    Grain,
    Kind,
    Layer,
    Outcome,
    Role,
    UseCondition,
    View,
)
from ground.errors import BadInput

CHARTERS = catalogue.read_starter_charters()
SOURCES = {source.slug: source for source in catalogue.read_starter_sources()}
PEOPLE = frozenset(
    d.slug for d in programme_starter.read_starter_decisions() if d.group is DecisionGroup.PEOPLE
)
DORA = ("deployment-frequency", "lead-time-for-changes", "change-failure-rate", "time-to-restore-service")
FLOW = ("cycle-time", "pr-age", "work-in-progress", "blocked-time", "review-latency")
ACTIVITY = ("commit-count", "lines-changed", "tickets-closed", "hours-online")
SIZE = "pr-size"
OUTCOME = ("incident-follow-through", "lasting-changes")
STRAIN = (
    "weekend-share", "incident-burden", "after-hours-interruption-rate", "pr-stall-time", "recovery-time", "leave-use",
    "context-switching", "emergency-work",
)  # fmt: skip
QUALITATIVE = (
    "design-review",
    "cross-team-support",
    "mentoring",
    "incident-leadership",
    "stakeholder-feedback",
)
RELIABILITY = ("slo-compliance", "error-budget")
MOMENTS = [
    datetime(2024, 2, 29, 12, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 4, 14, 9, tzinfo=UTC),
    datetime(2031, 12, 31, 23, tzinfo=UTC),
]


@pytest.fixture(scope="module")
def house() -> rules.Rulebook:
    return rules.compile_rulebook(rules.builtin_files())


def allowed(slug: str) -> dict[DecisionType, set[Grain]]:
    uses: dict[DecisionType, set[Grain]] = {}
    for clause in CHARTERS[slug].which_decisions.allowed:
        uses.setdefault(clause.decision, set()).update(clause.grains)
    return uses


def forbidden(slug: str) -> set[DecisionType]:
    return {decision for use in CHARTERS[slug].which_decisions.forbidden for decision in use.decisions}


def examples() -> list[tuple[str, Example]]:
    return [
        (document.metric, example)
        for document in CHARTERS.values()
        for example in (*document.examples.correct, *document.examples.incorrect)
    ]


def test_the_catalogue_has_its_charters():
    """Issue 3, item 1: the about thirty charters of DESIGN, each in a file of its name."""
    assert set(CHARTERS) == {
        SIZE,
        *OUTCOME,
        *DORA,
        *FLOW,
        *ACTIVITY,
        *STRAIN,
        *QUALITATIVE,
        *RELIABILITY,
        "ai-assist-use",
    }
    files = {file.stem for file in (catalogue.FOLDER / "charters").glob("*.yaml")}
    assert files == set(CHARTERS)


@pytest.mark.parametrize("at", MOMENTS, ids=lambda at: at.date().isoformat())
@pytest.mark.parametrize(
    ("slug", "example"), examples(), ids=lambda part: part if isinstance(part, str) else ""
)
def test_each_example_gets_its_verdict_whenever_it_is_tried(house, slug, example, at):
    """S134: each correct and incorrect use is an executable request with the verdict it must get."""
    result = run_example(example, CHARTERS[slug], house, SOURCES, at=at, others=CHARTERS)
    assert result.matches, (example.says, result.verdict)


@pytest.mark.parametrize("slug", DORA)
def test_the_four_dora_metrics(slug):
    """S23, S25, S26: category delivery, team grain, low risk, system layer, each with its counter-metric."""
    document = CHARTERS[slug]
    assert document.what.category is Category.DELIVERY
    assert document.what.layer is Layer.SYSTEM
    assert Grain.TEAM in document.what.grains
    assert document.harms.invasiveness <= 1
    assert document.what.counter_metric in CHARTERS
    assert not PEOPLE & set(allowed(slug))


@pytest.mark.parametrize("slug", FLOW)
def test_flow_metrics_are_diagnostic_at_team_and_value_stream(slug):
    """S28, S30: flow metrics are diagnostic, at team and value-stream grain, and never in the people group."""
    what = CHARTERS[slug].what
    assert (what.category, what.view) == (Category.FLOW, View.DIAGNOSTIC)
    assert set(what.grains) == {Grain.TEAM, Grain.VALUE_STREAM}
    assert not PEOPLE & set(allowed(slug))
    assert forbidden(slug) >= PEOPLE


@pytest.mark.parametrize("slug", OUTCOME)
def test_outcomes_of_class_performance_may_inform_calibration_of_a_team(slug):
    """Issue 16: a decision about people can be permitted, on results of a team, both together, and on no single person."""
    what = CHARTERS[slug].what
    assert (what.category, what.type, what.view) == (Category.OUTCOME, Kind.OUTCOME, View.PERFORMANCE)
    assert allowed(slug)[DecisionType.CALIBRATION_INPUT] == {Grain.TEAM}
    assert forbidden(slug) >= PEOPLE - {DecisionType.CALIBRATION_INPUT}
    (clause,) = (
        each
        for each in CHARTERS[slug].which_decisions.allowed
        if each.decision is DecisionType.CALIBRATION_INPUT
    )
    assert set(clause.beside) == set(OUTCOME) - {slug}


def test_change_size_is_an_activity_by_nature():
    """Issue 16, S63: a flow metric by its label, lines by its measure; it helps to debug a team's workflow, and no more."""
    assert allowed("pr-size") == {DecisionType.WORKFLOW_DEBUGGING: {Grain.TEAM}}
    assert forbidden("pr-size") >= PEOPLE | {DecisionType.TEAM_COACHING}


@pytest.mark.parametrize("slug", ACTIVITY)
def test_activity_metrics_are_restricted(slug):
    """S61, S62, S63: in the catalogue, with every people decision forbidden by name."""
    what = CHARTERS[slug].what
    assert (what.category, what.type) == (Category.ACTIVITY, Kind.ACTIVITY)
    assert forbidden(slug) >= PEOPLE
    if slug != "hours-online":
        assert allowed(slug) == {DecisionType.WORKFLOW_DEBUGGING: {Grain.TEAM}}


def test_hours_online_is_support_coverage_from_a_rota():
    """S140 and requirements, tensions: rota data alone, team or rota grain, forbidden for every evaluation."""
    assert {SOURCES[slug].kind for slug in CHARTERS["hours-online"].what.measure.sources} == {"rota"}
    assert set(allowed("hours-online")) == {DecisionType.STAFFING, DecisionType.OPERATIONAL_MONITORING}
    assert set().union(*allowed("hours-online").values()) == {Grain.TEAM, Grain.ROTA}
    assert all(
        clause.conditions == (UseCondition.CONSENT,)
        for clause in CHARTERS["hours-online"].which_decisions.allowed
    )


@pytest.mark.parametrize("slug", STRAIN)
def test_strain_metrics_are_at_team_grain_and_never_about_a_person(slug):
    """S57, S109, S114: team grain alone; people decisions forbidden by name; said to be a clue, not a diagnosis (S117)."""
    document = CHARTERS[slug]
    assert set(document.what.grains) == {Grain.TEAM}
    assert forbidden(slug) >= PEOPLE
    assert "clue" in document.what.definition


@pytest.mark.parametrize("slug", RELIABILITY)
def test_reliability_metrics_read_services_and_nobody(slug):
    """S25: SLO compliance and error budget are seeded, so that they can be paired to delivery metrics."""
    document = CHARTERS[slug]
    assert (document.what.category, document.what.layer) == (Category.RELIABILITY, Layer.SYSTEM)
    assert document.harms.invasiveness == 0
    assert "person" not in document.what.measure.facts


@pytest.mark.parametrize("slug", QUALITATIVE)
def test_qualitative_kinds_count_records_and_never_people(slug):
    """S31, S33: the qualitative layer; the record is the evidence, so a count of records enters no people decision."""
    what = CHARTERS[slug].what
    assert (what.layer, what.category) == (Layer.QUALITATIVE, Category.QUALITATIVE)
    assert {SOURCES[source].kind for source in what.measure.sources} == {"qualitative_record"}
    assert slug.replace("-", "_") in set(EvidenceKind)
    assert forbidden(slug) >= PEOPLE


def test_use_of_an_assistant_is_diagnostic_and_asks_what_the_team_can_do_without_it():
    """S38: every use carries the question of capability; no target, no decision about a person."""
    document = CHARTERS["ai-assist-use"]
    assert (document.what.category, document.what.view) == (Category.AI_ASSIST, View.DIAGNOSTIC)
    assert all(
        any("could still do and check" in said for said in clause.affirm)
        for clause in document.which_decisions.allowed
    )
    assert forbidden("ai-assist-use") >= PEOPLE


def test_leave_is_holiday_of_a_team_and_no_other_leave():
    """S110: team grain alone, in groups of a minimum size, whatever the reason for other leave."""
    document = CHARTERS["leave-use"]
    assert document.what.grains == (Grain.TEAM,)
    assert all(
        any("second source" in said for said in clause.affirm) for clause in document.which_decisions.allowed
    )
    assert any("Sick leave" in left_out for left_out in document.what.exclusions.left_out)


@pytest.mark.parametrize("slug", sorted(CHARTERS))
def test_no_starter_charter_warns_its_readers(slug):
    """Issue 3, item 1: starters are what others learn from, so lint finds nothing in them at all."""
    found = lint.lint(
        CHARTERS[slug],
        sources={source.slug: source for source in catalogue.read_starter_sources()},
        known_metrics=CHARTERS,
        minimum_grains={
            decision.slug: decision.minimum_grain for decision in programme_starter.read_starter_decisions()
        },
    )
    assert found == []


def test_incident_burden_allows_staffing_and_forbids_rating():
    """S139."""
    assert Grain.TEAM in allowed("incident-burden")[DecisionType.STAFFING]
    assert DecisionType.PERFORMANCE_RATING in forbidden("incident-burden")


def test_change_failure_rate_says_that_reverts_stand_in():
    """Issue 2, clause 2: the charter says so, where people read it and where auditors do."""
    what = CHARTERS["change-failure-rate"].what
    for text in (what.definition, what.provenance):
        assert "everts stand in" in text
    assert "true rate" in what.error_bounds


def test_pr_age_is_shown_with_waits_for_others():
    """S138: every value says whether there is such a note, and so does the definition."""
    document = CHARTERS["pr-age"]
    assert document.what.always_noted == (ContextKind.DEPENDENCY_DELAY,)
    assert "waiting for another team" in document.what.definition


def test_lead_time_is_the_median_of_hours_from_first_commit_to_merge():
    """Issue 2, clause 3."""
    measure = CHARTERS["lead-time-for-changes"].what.measure
    assert measure.aggregation is Aggregation.MEDIAN
    assert "(epoch(merged_at) - epoch(first_commit_at)) / 3600" in measure.facts


def test_uses_of_lead_time_are_those_on_its_page():
    """Screen 2: allowed, with conditions, and forbidden."""
    uses = allowed("lead-time-for-changes")
    assert uses[DecisionType.RETROSPECTIVE] == {Grain.TEAM}
    assert uses[DecisionType.STAFFING] == {Grain.TEAM}
    assert uses[DecisionType.OPERATIONAL_MONITORING] == {Grain.VALUE_STREAM}
    assert uses[DecisionType.ONE_ON_ONE] == {Grain.SELF}
    assert forbidden("lead-time-for-changes") >= PEOPLE


@pytest.mark.parametrize("slug", sorted(CHARTERS))
def test_no_starter_charter_allows_a_decision_about_a_person(slug):
    """S30, S40, S57, S63: nothing in the starter catalogue reaches a rating, pay or a promotion; results of a team, calibration."""
    assert set(allowed(slug)) & PEOPLE <= ({DecisionType.CALIBRATION_INPUT} if slug in OUTCOME else set())
    assert Grain.PERSON not in CHARTERS[slug].what.grains


def test_the_catalogue_describes_no_banned_source():
    """S64, AR01."""
    assert not {source.kind for source in catalogue.read_starter_sources()} & BANNED_SOURCES


def test_decisions_of_the_people_group_demand_the_most():
    """S7, S22, S35, S93: evidence, a fairness audit and an accountable human for each decision about a person."""
    assert {decision.slug for decision in programme_starter.read_starter_decisions()} == set(DecisionType)
    for decision in programme_starter.read_starter_decisions():
        consequential = decision.group is DecisionGroup.PEOPLE
        assert decision.facts.consequential is consequential
        if consequential:
            assert decision.evidence_needed >= 1 and decision.fairness_needed and decision.accountable_needed


def changed(example: Example, **request) -> Example:
    return msgspec.structs.replace(example, request={**example.request, **request})


LEAD_TIME = CHARTERS["lead-time-for-changes"]
RETRO = LEAD_TIME.examples.correct[0]


def test_windows_in_words_are_the_last_closed_period(house):
    """DESIGN Charters: examples are executable whenever they run; `last_quarter` is the last that has closed."""
    for words, at, start, end in [
        ("last_month", datetime(2026, 1, 1, tzinfo=UTC), "2025-12-01", "2026-01-01"),
        ("last_quarter", datetime(2026, 4, 14, tzinfo=UTC), "2026-01-01", "2026-04-01"),
        ("last_quarter", datetime(2026, 3, 31, tzinfo=UTC), "2025-10-01", "2026-01-01"),
    ]:
        given = {"from": start, "to": end}
        in_words = run_example(changed(RETRO, window=words), LEAD_TIME, house, SOURCES, at=at)
        in_days = run_example(changed(RETRO, window=given), LEAD_TIME, house, SOURCES, at=at)
        assert in_words == in_days
        day_before = {**given, "from": "2024-12-01"}
        assert not run_example(changed(RETRO, window=day_before), LEAD_TIME, house, SOURCES, at=at).matches


def test_a_charter_without_a_past_is_tried_as_if_it_had_one(house):
    """DESIGN Charters: a charter whose data begins today must still be able to show its uses."""
    why = msgspec.structs.replace(LEAD_TIME.why, data_from=date(2026, 4, 14))
    young = msgspec.structs.replace(LEAD_TIME, why=why)
    assert run_example(RETRO, young, house, SOURCES, at=datetime(2026, 4, 14, tzinfo=UTC)).matches


def test_an_example_of_ones_own_value(house):
    """S29: the person themself may see their own value, for a talk they bring it to."""
    own = Example(
        "I bring my own figure.",
        {"decision": "one_on_one", "grain": "self", "window": "last_quarter", "period": "quarter"},
        Outcome.PERMIT,
        Role.SELF,
    )
    assert run_example(own, LEAD_TIME, house, SOURCES).matches
    assert not run_example(
        msgspec.structs.replace(own, asked_by=Role.MANAGER), LEAD_TIME, house, SOURCES
    ).matches


def test_an_example_with_what_must_stand_beside_it(house):
    """S26: a use beside another metric is permitted with it and refused without it."""
    alone = changed(RETRO, decision="reliability_tradeoff")
    beside = changed(alone, metrics=["lead-time-for-changes", "slo-compliance"])
    assert not run_example(alone, LEAD_TIME, house, SOURCES).matches
    assert run_example(beside, LEAD_TIME, house, SOURCES, others=CHARTERS).matches
    with pytest.raises(BadInput, match="slo-compliance, which has no charter"):
        run_example(beside, LEAD_TIME, house, SOURCES)


def with_example(example: Example) -> CharterDocument:
    return msgspec.structs.replace(
        LEAD_TIME, examples=msgspec.structs.replace(LEAD_TIME.examples, correct=(example,))
    )


@pytest.mark.parametrize(
    ("example", "field", "says"),
    [
        (changed(RETRO, decision="firing"), "examples.correct[0].request", "firing"),
        (changed(RETRO, colour="red"), "examples.correct[0].request", "colour"),
        (changed(RETRO, window="yesterday"), "examples.correct[0].request", "$.window"),
        (changed(RETRO, metrics=["slo-compliance"]), "examples.correct[0].request", "own metric"),
        (changed(RETRO, grain="org", cohorts=["org:all"]), "examples.correct[0]", "deny by AR14"),
        (msgspec.structs.replace(RETRO, asked_by=Role.HR), "examples.correct[0]", "deny by AR14"),
        (
            msgspec.structs.replace(RETRO, rules=("AR01",)),
            "examples.correct[0]",
            "permit by AR01, but the rules say permit.",
        ),
    ],
)
def test_a_mismatch_says_what_was_said_and_what_the_rules_say(house, example, field, says):
    """DESIGN Charters: a mismatch blocks; the finding says both verdicts."""
    (finding,) = find_mismatches(with_example(example), house, SOURCES, others=CHARTERS)
    assert (finding.rule, finding.level, finding.field) == ("CH43", "error", field)
    assert says in finding.text


def test_metrics_that_examples_ask_for():
    """DESIGN Charters: an example may ask for several metrics at once."""
    assert list_metrics_asked(LEAD_TIME) == {"lead-time-for-changes"}
    assert list_metrics_asked(CHARTERS["lines-changed"]) == {"lines-changed", "commit-count"}
