"""The engine: all rules named, precedence, obligations, and no answer whatever goes wrong."""

import json
import subprocess
import sys
from dataclasses import replace as with_parts
from datetime import date
from itertools import pairwise
from typing import Any

import cedarpy
import msgspec
import pytest
from cedarpy import pst
from msgspec.structs import replace

from charter import rules
from charter.rules import engine, examples
from charter.rules.context import (
    ACTION,
    HUMAN,
    build_charter_entity,
    build_context_json,
    format_charter_uid,
    project,
)
from charter.rules.examples.base import PAYMENTS, about, one_person, oneself, person, team
from charter.rules.facts import Facts
from charter.rules.request import Window
from charter.rules.rulebook import charter_handle
from charter.rules.vocabulary import Category, DecisionType, Grain, Kind, Obligation, OrderBy, Outcome, Role
from tests.charter.rules.rulebooks import builtin_with, policy
from tests.spec.mutants import without

HOUSE = rules.compile_rulebook(rules.builtin_files())
REFERRED = 'when { context.export } unless { context.ruled.contains("ORG01") }'
OVERFLOW = "when { context.from_day + 9223372036854775807 > 0 }"


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What is broken here is asked of Cedar, whatever was asked before."""
    engine.forget()


def ids(verdict: rules.Verdict) -> list[str]:
    return [match.id for match in verdict.rules]


def commits_for_a_rating() -> Facts:
    """A manager asks for each person's commits in payments, highest first, to rate them."""
    listed = frozenset({(DecisionType.WORKFLOW_DEBUGGING, Grain.TEAM)})
    return team(
        decision=DecisionType.PERFORMANCE_RATING,
        grain=Grain.PERSON,
        order_by=OrderBy.VALUE,
        metrics=("commit-count",),
        metric="commit-count",
        name="Commit count",
        kind=Kind.ACTIVITY,
        category=Category.ACTIVITY,
        listed=listed,
        access=frozenset({(Role.MANAGER, Grain.TEAM)}),
        **about(PAYMENTS),
    )


def test_a_ranking_by_commits_for_a_rating_names_every_rule() -> None:
    """Issue 2, done when: AR04, AR07, AR08 and AR14 are named, each with what in the request it matched."""
    verdict = rules.decide([commits_for_a_rating()], HOUSE)
    said = {match.id: match.here for match in verdict.rules}
    assert verdict.outcome is Outcome.DENY
    assert {"AR04", "AR07", "AR08", "AR14"} <= said.keys()
    assert ids(verdict) == sorted(said)
    assert said["AR04"] == "You asked for people in order of commit count, highest first."
    assert said["AR07"] == (
        "Performance rating needs at least two metrics and qualitative evidence. You gave one metric and none."
    )
    assert said["AR14"] == "The charter of commit count lists one use: workflow debugging, at team level."


def test_a_forbid_that_errs_denies() -> None:
    """DESIGN Rules: Cedar skips an erring forbid and allows; we deny, and name ENGINE."""
    rulebook = builtin_with(policy(OVERFLOW))
    naive = engine._authorize(engine._put(team(), rulebook))
    assert naive.allowed and naive.diagnostics.errors
    assert ids(rules.decide([team()], rulebook)) == ["ENGINE"]


def test_an_error_hides_no_rule_that_bit() -> None:
    """DESIGN Rules: all determining rules are named, beside ENGINE."""
    verdict = rules.decide([team(in_force=False)], builtin_with(policy(OVERFLOW)))
    assert ids(verdict) == ["AR15", "ENGINE"]


def test_no_decision_denies(monkeypatch: pytest.MonkeyPatch) -> None:
    """DESIGN Rules: NoDecision is a denial; an unknown context key smuggles nothing in."""
    monkeypatch.setattr(engine, "build_context_json", lambda *_: '{"approved": true}')
    assert engine._authorize(engine._put(team(), HOUSE)).decision is cedarpy.Decision.NoDecision
    assert ids(rules.decide([team()], HOUSE)) == ["ENGINE"]


def naive(
    facts: Facts, *, charter: str = "", context: str = "", rulebook: rules.Rulebook = HOUSE
) -> cedarpy.AuthzResult:
    """Cedar asked as one would at first: no schema, and whatever it is given."""
    context = context or build_context_json(facts, rulebook.waivable, rulebook.referring)
    request = {
        "principal": HUMAN,
        "action": ACTION,
        "resource": format_charter_uid(facts.charter),
        "context": _spelt_out(json.loads(context)),
    }
    entities = json.loads(charter or build_charter_entity(facts.charter, facts.request.grain))
    for entity in entities:
        entity["attrs"] = _spelt_out(entity["attrs"])
    return cedarpy.is_authorized(
        request, rulebook.policies, cedarpy.Entities.from_json_str(json.dumps(entities))
    )


def _spelt_out(value: Any) -> Any:
    """References as they are written for an engine that has no schema to know them by."""
    if isinstance(value, dict):
        spelt = {key: _spelt_out(each) for key, each in value.items()}
        return {"__entity": spelt} if spelt.keys() == {"type", "id"} else spelt
    return [_spelt_out(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("facts", "was", "becomes"),
    [
        (person(category=Category.STRAIN), '"id":"strain"', '"id":"strian"'),  # AR02 would not know it
        (team(), '"attrs":{', '"attrs":{"approved":true,'),
        (
            team(category=Category.PROHIBITED_SURVEILLANCE),
            '"id":"prohibited_surveillance"',
            '"id":"wellbeing"',
        ),
    ],
)
def test_a_charter_that_does_not_fit_the_schema_denies(
    monkeypatch, facts: Facts, was: str, becomes: str
) -> None:
    """DESIGN Rules: entities are checked against the schema; unchecked, a misspelt word slips past every rule."""
    written = build_charter_entity(facts.charter, facts.request.grain)
    assert was in written
    changed = written.replace(was, becomes)
    assert naive(facts, charter=changed).allowed
    monkeypatch.setattr("charter.rules.rulebook.build_charter_entity", lambda *_: changed)
    charter_handle.cache_clear()
    assert ids(rules.decide([facts], HOUSE)) == ["ENGINE"]
    charter_handle.cache_clear()


@pytest.mark.parametrize(
    ("facts", "claimed"),
    [
        (team(acknowledged=False), {"acknowledged": True}),
        (one_person(export=True), {"waived": ["AR26"]}),
        (one_person(fairness_until=None), {"audited": True}),
        (person(protected=True), {"protected": False}),
    ],
)
def test_what_an_asker_claims_is_no_fact(facts: Facts, claimed: dict[str, object]) -> None:
    """DESIGN The line: merged into the context, a claim would permit; here it has no way in."""
    honest = msgspec.json.decode(build_context_json(facts, HOUSE.waivable, HOUSE.referring))
    assert naive(facts, context=json.dumps(honest | claimed)).allowed
    asked = msgspec.to_builtins(facts.request) | claimed
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert(asked, type(facts.request))
    assert not rules.decide([facts], HOUSE).permits


def test_a_key_that_the_schema_does_not_know_denies(monkeypatch: pytest.MonkeyPatch) -> None:
    """DESIGN Rules: Cedar without a schema takes any key along; with it, there is no decision, and that denies."""
    more = build_context_json(team(), HOUSE.waivable)[:-1] + ',"approved":true}'
    assert naive(team(), context=more).allowed
    monkeypatch.setattr(engine, "build_context_json", lambda *_: more)
    assert ids(rules.decide([team()], HOUSE)) == ["ENGINE"]


@pytest.mark.parametrize(
    "added",
    [
        policy("when { context.export }", id="AR04", family="ours"),  # takes the place of the built-in one
        policy("when { context.export }", waivabel="board"),
        policy("when { context.own && !context.own }"),
    ],
)
def test_what_cedar_publishes_without_a_word_is_refused(added: str) -> None:
    """DESIGN Rules: Cedar's own check passes duplicate ids, unknown annotations and rules that never match; ours does not."""
    assert cedarpy.validate_policies(added, HOUSE.schema).validation_passed
    with pytest.raises(rules.RulebookError):
        builtin_with(added)


def test_a_policy_under_anothers_id_would_replace_it() -> None:
    """DESIGN Rules: keyed by @id unchecked, the later policy wins, and a ranking by activity loses its rule."""
    texts = [*rules.builtin_files().items(), ("ours.cedar", policy("when { context.export }", id="AR04"))]
    parsed = [each for name, text in texts if name.endswith(".cedar") for each in _policies(text)]
    keyed = {each.annotations["id"]: with_parts(each, id=each.annotations["id"]) for each in parsed}
    careless = cedarpy.PolicySet.from_pst(pst.PolicySet({}, keyed, ()))
    ranking = one_person(kind=Kind.ACTIVITY, order_by=OrderBy.VALUE)
    assert "AR04" in ids(rules.decide([ranking], HOUSE))
    assert "AR04" not in ids(rules.decide([ranking], with_parts(HOUSE, policies=careless)))


def _policies(text: str) -> list[pst.Template]:
    return list(cedarpy.policies_to_pst(text).static_policies.values())


def test_an_exception_denies(monkeypatch: pytest.MonkeyPatch) -> None:
    """DESIGN Rules: any engine error denies, and its message does not leak."""

    def broken(*_: object) -> None:
        raise ValueError("secret path")

    monkeypatch.setattr(engine, "charter_handle", broken)
    verdict = rules.decide([team()], HOUSE)
    assert ids(verdict) == ["ENGINE"] and verdict.outcome is Outcome.DENY
    assert "secret" not in repr(verdict)


def test_a_request_without_facts_is_an_error() -> None:
    """DESIGN The line: nothing is permitted for want of a metric to refuse."""
    with pytest.raises(ValueError, match="without facts"):
        rules.decide([], HOUSE)


def test_refer_sends_to_the_board_and_deny_beats_it() -> None:
    """DESIGN The line: deny, then refer, then permit."""
    rulebook = builtin_with(policy(REFERRED, effect="refer"))
    referred = rules.decide([team(export=True)], rulebook)
    assert (referred.outcome, ids(referred)) == (Outcome.REFER, ["ORG01"])
    denied = rules.decide([team(export=True, in_force=False)], rulebook)
    assert (denied.outcome, ids(denied)) == (Outcome.DENY, ["AR15", "ORG01"])
    assert rules.decide([team()], rulebook).permits


def test_a_referral_does_not_stand_in_for_the_permit() -> None:
    """DESIGN Rules: default deny, also where the only rule that matches would refer."""
    rulebook = builtin_with(policy(REFERRED, effect="refer"))
    verdict = rules.decide([team(export=True, roles=frozenset())], without("AR14", of=rulebook))
    assert (verdict.outcome, ids(verdict)) == (Outcome.DENY, ["ORG01", "USE"])


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (
            team(decision=DecisionType.LOAD_BALANCING),
            "lists two uses: retrospective, at team, own and person level; staffing",
        ),
        (team(roles=frozenset({Role.HR})), "does not open team values to the role you hold there"),
        (team(window=Window(start=date(2025, 1, 1), end=date(2026, 1, 1))), "allows data from 1 June 2025"),
        (
            team(needs_beside=frozenset({(DecisionType.RETROSPECTIVE, Grain.TEAM, "slo-compliance")})),
            "wants slo-compliance asked in the same request",
        ),
        (
            oneself(asks_about_self=False, acknowledged=True, fairness_until=date(2027, 1, 1)),
            "shown to the person they are about",
        ),
        (team(listed=frozenset()), "lists no use"),
    ],
)
def test_a_default_deny_names_the_missing_clause(facts: Facts, says: str) -> None:
    """DESIGN Rules: a default deny has no reasons; the explanation names the clause, from the facts."""
    (listed,) = rules.decide([facts], HOUSE).rules
    (default,) = rules.decide([facts], without("AR14")).rules
    assert (listed.id, default.id) == ("AR14", "USE")
    assert says in listed.here
    assert default.here == listed.here


def test_several_metrics_are_decided_each_on_its_own() -> None:
    """DESIGN The line: one deny denies the request and names which; id order, then the order of the metrics."""
    good, old = team(), team(metric="cycle-time", in_force=False)
    older = team(metric="pr-age", in_force=False, acknowledged=False)
    verdict = rules.decide([good, older, old], HOUSE)
    assert [(match.id, match.metric) for match in verdict.rules] == [
        ("AR15", "pr-age"),
        ("AR15", "cycle-time"),
        ("AR24", "pr-age"),
    ]


def test_only_a_waivable_rule_can_be_waived() -> None:
    """DESIGN Rules: a waiver of any other rule never reaches the engine."""
    everything = frozenset(rule.id for rule in HOUSE.rules)
    assert project(team(waived=everything), HOUSE.waivable).waived == ["AR16", "AR19", "AR26", "AR27", "AR29"]


def test_what_the_board_has_ruled_answers_the_question() -> None:
    """Issue 4: a yes lets the question pass, a no refuses it, and neither speaks for another rule."""
    rulebook = builtin_with(policy(REFERRED, effect="refer"))
    asked = team(export=True)
    assert rules.decide([replace(asked, ruled=frozenset({"ORG01"}))], rulebook).permits
    refused = rules.decide([replace(asked, ruled_against=frozenset({"ORG01"}))], rulebook)
    assert (refused.outcome, ids(refused)) == (Outcome.DENY, ["ORG01"])
    assert refused.rules[0].here.endswith("The board was asked about this, and said no.")
    other = replace(asked, ruled=frozenset({"AR13"}), ruled_against=frozenset({"AR13"}))
    assert rules.decide([other], rulebook).outcome is Outcome.REFER


def test_a_ruling_counts_only_for_rules_that_refer() -> None:
    """Issue 4: a rule that denies is not the board's to answer question by question."""
    everything = frozenset(rule.id for rule in HOUSE.rules)
    assert project(team(ruled=everything), HOUSE.waivable, HOUSE.referring).ruled == ["AR13"]
    assert project(team(ruled=everything), HOUSE.waivable).ruled == []


def obliged(*facts: Facts) -> set[str]:
    verdict = rules.decide(facts, HOUSE)
    assert verdict.permits
    return set(verdict.obligations)


def test_obligations_of_a_permit() -> None:
    """S24, S26: what the answer's user must do; delivery metrics alone ask for more."""
    always = {Obligation.KEEP_WITHHELD, Obligation.NO_OTHER_USE, Obligation.NO_EXPORT}
    delivery = Obligation.ADD_RELIABILITY_AND_QUALITATIVE
    assert obliged(team()) == always | {Obligation.ANNOTATE_CONTEXT, delivery}
    assert obliged(person()) == always
    assert Obligation.NO_EXPORT not in obliged(team(export=True))
    assert Obligation.SHOW_COUNTER_METRIC in obliged(team(counter_metric="slo-compliance"))
    assert delivery not in obliged(team(), team(category=Category.RELIABILITY))
    assert all(rules.describe_obligation(obligation) for obligation in Obligation)


def test_a_machine_is_held_to_the_same_rules() -> None:
    """AR24: a machine account that acknowledged nothing gets nothing."""
    machine = replace(team().actor, human=False, acknowledged=False)
    assert ids(rules.decide([replace(team(), actor=machine)], HOUSE)) == ["AR24"]


def test_the_core_imports_no_django() -> None:
    """DESIGN Who may import whom: the rules stand on their own."""
    code = "import sys, charter.rules; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_outcome_without_words_is_that_of_the_verdict() -> None:
    """For many questions at once (a replay): the same outcome and the same rules, of one metric and of several."""
    drawn = [example.facts for example in examples.BUILTIN_EXAMPLES]
    for asked in [*([each] for each in drawn), *(list(pair) for pair in pairwise(drawn))]:
        verdict = rules.decide(asked, HOUSE)
        assert rules.find_outcome(asked, HOUSE) == (
            verdict.outcome,
            frozenset(match.id for match in verdict.rules),
        )
