"""Lint: each rule finds what it is for, and finds nothing in a charter that is well."""

from pathlib import Path
from types import MappingProxyType

import msgspec
import pytest

from charter.authoring import lint
from charter.programme import starter as programme_starter
from charter.registry import catalogue, invasiveness
from charter.registry.document import (
    Access,
    Allowed,
    CharterDocument,
    Example,
    Examples,
    Exclusions,
    Forbidden,
    Harms,
    HowLong,
    Measure,
    What,
    WhichDecisions,
    Who,
    Why,
)
from charter.rules.vocabulary import (
    Aggregation,
    Category,
    DecisionType,
    Grain,
    Kind,
    Outcome,
    RequestForm,
    Role,
    SourceKind,
    UseCondition,
    View,
)
from tests import factories

CHARTERS = catalogue.read_starter_charters()
MINIMUM = {decision.slug: decision.minimum_grain for decision in programme_starter.read_starter_decisions()}
SOURCES = MappingProxyType(
    {
        **{source.slug: source for source in catalogue.read_starter_sources()},
        "keys": factories.a_description("keys", SourceKind.KEYBOARD),
        "screens": factories.a_description("screens", SourceKind.SCREEN),
        "moods": factories.a_description("moods", SourceKind.SENTIMENT),
        "answers": factories.a_description("answers", SourceKind.SURVEY),
        "chats": factories.a_description(
            "chats",
            SourceKind.MESSAGES,
            columns={
                "id": "TEXT event_key",
                "team": "TEXT team",
                "author": "TEXT person",
                "sent_at": "TIMESTAMPTZ time",
                "answered_at": "TIMESTAMPTZ time",
            },
        ),
        "badges": factories.a_description("badges", SourceKind.PRESENCE),
    }
)
STAFFING = Allowed(DecisionType.STAFFING, (Grain.TEAM,))
RATING = Allowed(DecisionType.PERFORMANCE_RATING, (Grain.TEAM,))
TEAM_SQL = "SELECT at, team, value FROM {source}"


def found(document: CharterDocument) -> list[lint.Finding]:
    return lint.lint(document, sources=SOURCES, known_metrics=CHARTERS, minimum_grains=MINIMUM)


def affirming(*said: str) -> Allowed:
    return Allowed(DecisionType.STAFFING, (Grain.TEAM,), affirm=said)


def bound_to(condition: UseCondition, grain: Grain = Grain.TEAM) -> Allowed:
    return Allowed(DecisionType.STAFFING, (grain,), (condition,))


def forbidding(use: Forbidden) -> CharterDocument:
    return a_charter(which_decisions={"forbidden": (use,)})


def a_charter(slug: str = "lead-time-for-changes", **headings) -> CharterDocument:
    """A starter charter with some parts changed: what={"unit": ""} changes what.unit alone."""
    document = CHARTERS[slug]
    changed = {
        heading: msgspec.structs.replace(getattr(document, heading), **parts)
        if isinstance(parts, dict)
        else parts
        for heading, parts in headings.items()
    }
    return msgspec.structs.replace(document, **changed)


def allowing(*clauses: Allowed, slug: str = "lead-time-for-changes", **headings) -> CharterDocument:
    return a_charter(slug, which_decisions={"allowed": clauses}, **headings)


def reading(source: str, **what) -> dict:
    facts = TEAM_SQL.format(source=source)
    return {"measure": Measure((source,), facts, Aggregation.MEDIAN), **what}


def counting(source: str, **what) -> dict:
    facts = f"SELECT committed_at AS at, author AS person, team, 1 AS value FROM {source}"
    return {"measure": Measure((source,), facts, Aggregation.COUNT), **what}


SCORE = Measure(
    ("changes", "commits", "work_items"),
    "WITH parts AS (SELECT merged_at AS at, author AS person, team, 5 AS value FROM changes "
    "UNION ALL SELECT committed_at, author, team, 1 FROM commits "
    "UNION ALL SELECT finished_at, assignee, team, 3 FROM work_items) SELECT at, person, team, value FROM parts",
    Aggregation.SUM,
)
REPLIES = Measure(
    ("chats",),
    "SELECT sent_at AS at, author AS person, team, epoch(answered_at) - epoch(sent_at) AS value FROM chats",
    Aggregation.MEDIAN,
)
GAPS = Measure(
    ("commits",),
    "SELECT committed_at AS at, author AS person, team, epoch(committed_at) - epoch(lag(committed_at) OVER "
    "(PARTITION BY author ORDER BY committed_at)) AS value FROM commits",
    Aggregation.MEAN,
)


@pytest.mark.parametrize("slug", sorted(CHARTERS))
def test_starter_charters_are_clean(slug):
    """Issue 2, clause 2: the 14 starter charters have no finding at all, not even a note."""
    assert found(CHARTERS[slug]) == []


# (rule, field, a charter that is wrong in this one way)
CASES = [
    ("CH01", "what", a_charter(what=What())),
    ("CH01", "why", a_charter(why=Why())),
    ("CH01", "who", a_charter(who=Who())),
    ("CH01", "how_long", a_charter(how_long=HowLong())),
    *(
        ("CH02", f"what.{name}", a_charter(what={name: ""}))
        for name in ("definition", "affects_me", "unit", "collection", "normalisation", "schema_reference")
    ),
    ("CH02", "what.definition", a_charter(what={"definition": "  \n "})),
    ("CH02", "what.layer", a_charter(what={"layer": None})),
    ("CH02", "what.category", a_charter(what={"category": None})),
    ("CH02", "what.type", a_charter(what={"type": None})),
    ("CH02", "what.class", a_charter(what={"view": None})),
    ("CH02", "what.grains", a_charter(what={"grains": ()})),
    ("CH02", "what.measure", a_charter(what={"measure": None})),
    ("CH02", "what.assumptions", a_charter(what={"assumptions": ()})),
    ("CH02", "why.purpose", a_charter(why={"purpose": ""})),
    ("CH02", "why.serves", a_charter(why={"serves": None})),
    ("CH02", "why.minimisation", a_charter(why={"minimisation": ""})),
    ("CH02", "why.data_from", a_charter(why={"data_from": None})),
    ("CH02", "who.access", a_charter(who={"access": ()})),
    ("CH02", "who.owner", a_charter(who={"owner": ""})),
    ("CH02", "who.contact", a_charter(who={"contact": ""})),
    ("CH02", "who.next_level", a_charter(who={"next_level": ""})),
    ("CH02", "how_long.facts", a_charter(how_long={"facts": None})),
    ("CH02", "how_long.values", a_charter(how_long={"values": None})),
    ("CH02", "how_long.facts_because", a_charter(how_long={"facts_because": ""})),
    ("CH02", "how_long.values_because", a_charter(how_long={"values_because": ""})),
    ("CH02", "harms.disabled_workers", a_charter(harms=Harms())),
    ("CH02", "harms.caregivers", a_charter(harms={"caregivers": ""})),
    ("CH02", "harms.nonstandard_schedules", a_charter(harms={"nonstandard_schedules": ""})),
    ("CH02", "harms.invasiveness", a_charter(harms={"invasiveness": None})),
    ("CH03", "what.definition", a_charter(what={"definition": "Long. " * 101})),
    ("CH04", "what.exclusions", a_charter(what={"exclusions": Exclusions()})),
    ("CH04", "what.exclusions", a_charter(what={"exclusions": Exclusions(("a",), "none")})),
    ("CH05", "how_long.values", a_charter(how_long={"values": "P0D"})),
    ("CH05", "how_long.facts", a_charter(how_long={"facts": "P0Y0M"})),
    ("CH06", "which_decisions.allowed", allowing()),
    ("CH07", "which_decisions.forbidden", a_charter(which_decisions={"forbidden": ()})),
    ("CH08", "why.legal_basis", a_charter(what={"grains": tuple(Grain)}, why={"legal_basis": ""})),
    ("CH08", "why.impact_assessment", a_charter(what={"grains": tuple(Grain)}, why={"impact_assessment": " "})),
    ("CH10", "what.measure.sources[0]", a_charter(what=reading("keys"))),
    ("CH10", "what.measure.sources[0]", a_charter(what=reading("screens"))),
    ("CH10", "what.measure.sources[0]", a_charter(what=reading("moods", category=Category.SURVEY))),
    # S65: the label does not help
    ("CH10", "what.measure.sources[0]", a_charter("incident-burden", what=reading("badges"))),
    ("CH11", "what.category", a_charter(what={"category": Category.PROHIBITED_SURVEILLANCE})),
    ("CH12", "what.measure.sources[0]", a_charter(what=reading("rumours"))),
    ("CH13", "what.measure.facts", a_charter(what={"measure": Measure(("changes",), "DROP TABLE x", Aggregation.SUM)})),
    ("CH13", "what.measure.sources", a_charter(
        what={"measure": msgspec.structs.replace(CHARTERS["pr-size"].what.measure, sources=("changes", "commits"))}
    )),
    ("CH14", "what.grains", a_charter("deployment-frequency", what={"grains": (Grain.TEAM, Grain.VALUE_STREAM, Grain.ORG, Grain.SELF)})),
    # S140: hours at work come from a rota or not at all
    ("CH15", "what.measure.sources[0]", a_charter("hours-online", what=reading("interruptions"))),
    ("CH15", "what.measure.sources[0]", a_charter("commit-count", what={"unit": "Hours"})),
    ("CH16", "what.counts_hours", a_charter("weekend-share", what={"counts_hours": False})),
    ("CH16", "what.counts_hours", a_charter("hours-online", what={"counts_hours": False})),
    *(
        ("CH20", "which_decisions.allowed[0]", allowing(RATING, slug=slug))
        for slug in ("commit-count", "cycle-time", "weekend-share", "incident-burden", "hours-online")
    ),
    # S40: of another category, but typed as activity
    ("CH20", "which_decisions.allowed[0]", allowing(RATING, what={"type": Kind.ACTIVITY})),
    *(
        ("CH21", "which_decisions.allowed[0]", allowing(Allowed(decision, (Grain.TEAM,))))
        for decision in DecisionType
        if decision.value in {"promotion_evidence", "performance_rating", "compensation", "internal_move", "discipline",
                              "termination", "calibration_input"}
    ),
    ("CH22", "which_decisions.allowed[0]", allowing(STAFFING, slug="commit-count")),
    ("CH22", "which_decisions.allowed[0]", allowing(Allowed(DecisionType.WORKFLOW_DEBUGGING, (Grain.ORG,)), slug="commit-count")),
    ("CH22", "which_decisions.allowed[0]", allowing(Allowed(DecisionType.RETROSPECTIVE, (Grain.TEAM,)), slug="hours-online")),
    ("CH22", "which_decisions.allowed[0]", allowing(Allowed(DecisionType.STAFFING, (Grain.ORG,)), slug="hours-online")),
    ("CH23", "what.type", a_charter("commit-count", what={"type": Kind.OUTCOME})),
    *(
        ("CH24", "what.wellness_signal", a_charter(slug, what={"wellness_signal": True}))
        for slug in ("lead-time-for-changes", "cycle-time", "commit-count", "slo-compliance")
    ),
    ("CH25", "what.counter_metric", a_charter(what={"counter_metric": None})),
    ("CH25", "what.counter_metric", a_charter("commit-count", what={"counter_metric": None})),
    # S73: volume, whatever the category
    ("CH25", "what.counter_metric", a_charter("incident-burden", what={"counter_metric": None})),
    ("CH25", "what.counter_metric", a_charter(what={"counter_metric": "lead-time-for-changes"})),
    ("CH25", "what.counter_metric", a_charter(what={"counter_metric": "happiness"})),
    ("CH26", "which_decisions.allowed[0].beside", allowing(msgspec.structs.replace(STAFFING, beside=("happiness",)))),
    ("CH27", "which_decisions.allowed[0].grains", allowing(Allowed(DecisionType.STAFFING, (Grain.SERVICE,)))),
    ("CH27", "which_decisions.allowed[0].grains", allowing(Allowed(DecisionType.STAFFING, ()))),
    ("CH27", "who.access[0].grains", a_charter(who={"access": (Access(Role.HR, (Grain.SERVICE,)),)})),
    ("CH28", "who.access[0].grains", a_charter(who={"access": (Access(Role.MANAGER, (Grain.SELF,)),)})),
    ("CH28", "who.access[0].grains", a_charter(who={"access": (Access(Role.SELF, (Grain.TEAM,)),)})),
    ("CH29", "which_decisions.allowed[1]", allowing(STAFFING, STAFFING)),
    ("CH30", "which_decisions.forbidden[0]", a_charter(
        which_decisions={"forbidden": (Forbidden("No", "Because", (DecisionType.STAFFING,)),)}
    )),
    ("CH31", "which_decisions.allowed[0].grains", allowing(Allowed(DecisionType.PORTFOLIO_PLANNING, (Grain.TEAM,)))),
    ("CH32", "which_decisions.allowed[0].grains", allowing(STAFFING, who={"access": (Access(Role.HR, (Grain.ORG,)),)})),
    # Issue 16: what it is follows from its measure, whatever it is called
    ("CH33", "what.type", a_charter(what=counting("commits"))),
    ("CH33", "what.category", a_charter(what=counting("commits", category=Category.OUTCOME, type=Kind.ACTIVITY))),
    ("CH33", "what.category", a_charter(what=reading("answers", category=Category.OUTCOME))),
    ("CH33", "what.category", a_charter("ai-assist-use", what={"category": Category.OUTCOME})),
    ("CH34", "what.grains", a_charter(what={"measure": SCORE})),
    ("CH34", "which_decisions.allowed[0]", allowing(RATING, what={"measure": SCORE, "grains": (Grain.TEAM,)})),
    ("CH35", "what.measure.facts", a_charter(what={"measure": REPLIES})),
    ("CH35", "what.measure.facts", a_charter(what={"measure": GAPS})),
    *(
        ("CH36", "name", msgspec.structs.replace(a_charter(), name=name))
        for name in ("Burnout score of the team", "Productivity index", "Idle time", "Reply latency", "Time to reply",
                     "Wellbeing rating", "Flight risk", "Presence")
    ),
    ("CH36", "metric", msgspec.structs.replace(a_charter(), metric="burnout-score")),
    ("CH36", "what.unit", a_charter(what={"unit": "engagement points"})),
    ("CH37", "what.class", a_charter("ai-assist-use", what={"view": View.PERFORMANCE})),
    ("CH37", "what.capability", a_charter("ai-assist-use", what={"capability": " "})),
    ("CH20", "which_decisions.allowed[0]", allowing(RATING, what=counting("commits", category=Category.OUTCOME))),
    ("CH22", "which_decisions.allowed[0]", allowing(STAFFING, what=counting("commits", category=Category.OUTCOME))),
    ("CH22", "which_decisions.allowed[0]", allowing(Allowed(DecisionType.TEAM_COACHING, (Grain.TEAM,)), slug="pr-size")),
    # S26, S73: a companion of speed or volume is of reliability or quality
    ("CH25", "what.counter_metric", a_charter(what={"counter_metric": "deployment-frequency"})),
    ("CH25", "what.counter_metric", a_charter("tickets-closed", what={"counter_metric": "cycle-time"})),
    # What is neither checked nor affirmed is no condition, and nobody affirms what is no sentence
    *(("CH38", "which_decisions.allowed[0].affirm", allowing(affirming(*said)))
      for said in (("With care",), ("Ok.",), (f"{'A' * 200}.",), tuple(f"Sentence number {n}." for n in range(11)))),
    ("CH39", "which_decisions.allowed[0].conditions", allowing(bound_to(UseCondition.OWN_FIGURE))),
    ("CH39", "which_decisions.allowed[0].conditions", allowing(bound_to(UseCondition.CONSENT, Grain.VALUE_STREAM))),
    ("CH39", "which_decisions.allowed[0].conditions", allowing(bound_to(UseCondition.DURING_FREEZE, Grain.SELF))),
    ("CH44", "which_decisions.forbidden[0]", forbidding(Forbidden("Blame", "It helps nobody."))),
    ("CH44", "which_decisions.forbidden[0]", forbidding(
        Forbidden("Exports", "They leak.", forms=(RequestForm.EXPORT,), kept_by_people=True))),
    ("CH30", "which_decisions.forbidden[0]", forbidding(Forbidden("Any use of a team", "b", grains=(Grain.TEAM,)))),
    ("CH40", "examples.correct", a_charter(examples={"correct": ()})),
    ("CH40", "examples.incorrect", a_charter(examples={"incorrect": ()})),
    ("CH41", "examples.correct[0].verdict", a_charter(
        examples=Examples((Example("x", {}, Outcome.DENY),), (Example("x", {}, Outcome.DENY, rules=("AR14",)),))
    )),
    ("CH41", "examples.incorrect[0].verdict", a_charter(
        examples=Examples((Example("x", {}, Outcome.PERMIT),), (Example("x", {}, Outcome.PERMIT, rules=("AR14",)),))
    )),
    ("CH42", "examples.incorrect[0].rules", a_charter(
        examples=Examples((Example("x", {}, Outcome.PERMIT),), (Example("x", {}, Outcome.DENY),))
    )),
    ("CH50", "what.provenance", a_charter(what={"provenance": ""})),
    ("CH50", "what.error_bounds", a_charter(what={"error_bounds": ""})),
    ("CH51", "what.gaming_risks", a_charter(what={"gaming_risks": ()})),
    ("CH52", "what.definition", a_charter(what={"definition": "word " * 26})),
    ("CH52", "what.affects_me", a_charter(what={"affects_me": "Short one. " + "word " * 26})),
    ("CH52", "why.purpose", a_charter(why={"purpose": "word " * 26})),
    ("CH53", "how_long.facts", a_charter(what={"grains": tuple(Grain)})),
    ("CH55", "how_long.facts", a_charter(harms={"invasiveness": 4})),
    ("CH55", "how_long.values", a_charter(harms={"invasiveness": 3})),
    ("CH56", "why.impact_assessment", a_charter(why={"impact_assessment": ""}, harms={"invasiveness": 3})),
    ("CH54", "why.works_agreement", a_charter("weekend-share", why={"works_agreement": ""})),
    ("CH57", "harms.caregivers", a_charter(harms={"caregivers": "No harm."})),
    ("CH58", "harms.caregivers", a_charter(harms={"caregivers": "It cannot harm them."})),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "field", "document"), CASES, ids=[f"{r}-{f}-{n}" for n, (r, f, _) in enumerate(CASES)]
)
def test_lint_finds_it(rule, field, document):
    """S2, S3, S12, S13, S15, S18, S26, S30, S40, S57, S63–S67, S73, S108, S115, S134, S140: each named with its field."""
    findings = found(document)
    assert (rule, field) in {(finding.rule, finding.field) for finding in findings}
    level = {check.rule: check.level for check in lint.CHECKS}[rule]
    assert all(finding.level is level for finding in findings if finding.rule == rule)


def test_every_rule_of_lint_has_a_case_and_an_id_of_its_own():
    """DESIGN Style: omissions fail a test."""
    rules = [check.rule for check in lint.CHECKS]
    assert len(set(rules)) == len(rules)
    assert set(rules) == {rule for rule, _, _ in CASES}
    assert all(check.proves for check in lint.CHECKS)


def test_every_finding_says_how_to_mend_it():
    """DESIGN Charters: findings (error, warning, note) with rule ids, in sentences the owner can act on."""
    for _, _, document in CASES:
        for finding in found(document):
            assert finding.text.endswith(".") and finding.fix.endswith("."), finding


def test_errors_come_first_and_only_they_block():
    """DESIGN Charters: errors block submission; warnings and notes are shown."""
    document = a_charter(what={"provenance": "", "unit": ""})
    findings = found(document)
    assert [finding.rule for finding in findings] == ["CH02", "CH50"]
    assert [finding.rule for finding in lint.select_errors(findings)] == ["CH02"]


def test_an_empty_draft_is_linted_not_refused():
    """DESIGN Charters: a draft can be saved half written; lint says what is missing, question by question."""
    findings = found(CharterDocument(charter=1, metric="new-metric", name="New"))
    assert {f.field for f in findings if f.rule == "CH01"} == {"what", "why", "who", "how_long"}
    assert not any(f.field.startswith("what.") and f.rule == "CH02" for f in findings)


def test_own_values_are_not_the_programmes_to_coarsen():
    """S29, AR09: one's own value is excepted from a decision's minimum grain."""
    document = allowing(Allowed(DecisionType.ONE_ON_ONE, (Grain.SELF,)))
    assert "CH31" not in {finding.rule for finding in found(document)}
    document = allowing(Allowed(DecisionType.RETROSPECTIVE, (Grain.SELF,)))
    assert "CH31" not in {finding.rule for finding in found(document)}


def test_performance_metrics_of_outcome_may_inform_people_decisions():
    """Requirements, tensions: outcome-type metrics of class performance may inform a rating; lint does not forbid all."""
    what = {"view": View.PERFORMANCE, "category": Category.OUTCOME, "counter_metric": None}
    uses = WhichDecisions((RATING,), (Forbidden("a", "b", kept_by_people=True),))
    document = a_charter(what=what, which_decisions=uses)
    assert [f.rule for f in lint.select_errors(found(document))] == []


@pytest.mark.parametrize("level", range(5))
def test_each_level_of_invasiveness_has_a_longest_retention(level):
    """S108: what is kept just as long as the level lets is in order; a day more is an error."""
    most = invasiveness.LEVELS[level]
    kept = {"facts": most.facts, "values": most.values}
    assert "CH55" not in {
        each.rule for each in found(a_charter(how_long=kept, harms={"invasiveness": level}))
    }
    longer = {name: f"{duration}1D" if "D" not in duration else "P32D" for name, duration in kept.items()}
    faults = found(a_charter(how_long=longer, harms={"invasiveness": level}))
    assert {each.field for each in lint.select_errors(faults)} == {"how_long.facts", "how_long.values"}


def test_the_limits_are_the_sites_to_set_and_stricter_upward():
    """S108: other limits are held to as well, and a scale that loosens is none."""
    strict = invasiveness.build_levels(["P1M"] * 5, ["P1Y"] * 5)
    faults = lint.lint(a_charter(), sources=SOURCES, known_metrics=CHARTERS, levels=strict)
    assert {each.field for each in faults if each.rule == "CH55"} == {"how_long.facts", "how_long.values"}
    for facts in (["P1M"], ["P1M", "P1M", "P2M", "P1M", "P1M"], ["P1M"] * 4 + [""], ["a year"] * 5):
        with pytest.raises(ValueError):
            invasiveness.build_levels(facts)


def test_lint_needs_no_django(tmp_path: Path):
    """Issue 3: `lint` needs no database; the charter room's pure modules import no Django."""
    import subprocess
    import sys

    code = (
        "import sys; from charter.authoring import lint; from charter.registry import catalogue, charter_facts, charter_files, examples, facts_sql; "
        "sys.exit('django' in sys.modules)"
    )
    project = Path(__file__).resolve().parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=project, check=False).returncode == 0
