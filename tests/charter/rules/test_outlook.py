"""May I, and with what? What is said before asking is what asking says (issue 11)."""

from msgspec.structs import replace

from charter import rules
from charter.rules.examples.base import PAYMENTS, TINY, about, make_decision_facts, person, team
from charter.rules.facts import Facts
from charter.rules.outlook import Outlook, find_better, place
from charter.rules.vocabulary import DecisionType, Grain, Outcome

HOUSE = rules.compile_rulebook(rules.builtin_files())
RETROSPECTIVE = (DecisionType.RETROSPECTIVE, Grain.TEAM)


def known(*facts: Facts) -> dict[str, Facts]:
    return {one.charter.metric: one for one in facts}


def foresee(*facts: Facts) -> Outlook:
    """What is foreseen of the first one's request."""
    return rules.foresee(known(*facts), facts[0].request, HOUSE)


def needing(*slugs: str, metric: str = "lead-time-for-changes", **changes) -> Facts:
    """A metric that is only allowed together with others."""
    return team(
        metric=metric,
        metrics=(metric,),
        needs_beside=frozenset((*RETROSPECTIVE, slug) for slug in slugs),
        **changes,
    )


def test_what_is_allowed_as_it_is_lacks_nothing() -> None:
    found = foresee(team())
    assert found == Outlook(Outcome.PERMIT, team().request)
    assert found.may_be_asked and not found.lacks


def test_what_charters_want_beside_is_named_and_what_these_want_too() -> None:
    """Issue 11: allowed, with which companions; the request that comes with it is permitted."""
    first = needing("pr-age", "slo-compliance")
    second = needing("change-failure-rate", metric="pr-age", name="PR age")
    others = (team(metric="slo-compliance"), team(metric="change-failure-rate"))
    found = foresee(first, second, *others)
    assert found.permits and found.may_be_asked and found.lacks
    assert found.adds == ("pr-age", "slo-compliance", "change-failure-rate")
    facts = place(known(first, second, *others), found.request)
    assert rules.decide(facts, HOUSE).permits


def test_a_companion_that_is_refused_itself_or_unknown_opens_nothing() -> None:
    closed = foresee(needing("pr-age"), team(metric="pr-age", in_force=False))
    assert closed.outcome is Outcome.DENY and {"AR15"} == {match.id for match in closed.rules}
    unknown = foresee(needing("pr-age"))
    assert unknown.outcome is Outcome.DENY and {match.id for match in unknown.rules} == {"AR14"}


def test_more_companions_than_one_question_holds_open_nothing() -> None:
    """A request names five metrics at most, so what would need six can never be asked."""
    slugs = [f"metric-{n}" for n in range(5)]
    found = foresee(needing(*slugs), *(team(metric=slug) for slug in slugs))
    assert found.outcome is Outcome.DENY and found.adds == ()


def two_of_people(**changes) -> tuple[Facts, Facts]:
    """Both metrics that a promotion is asked with."""
    first = person(**changes)
    (other,) = (slug for slug in first.request.metrics if slug != first.charter.metric)
    return first, replace(first, charter=replace(first.charter, metric=other), beside=())


def test_evidence_and_who_answers_are_counted_and_not_made_up() -> None:
    """AR07, AR18: how many pieces are still to be brought; no request leaves with an invented one."""
    asked, other = two_of_people(evidence=(), accountable=None)
    bare = foresee(asked, other)
    assert bare.permits and not bare.may_be_asked
    assert bare.evidence == max(asked.decision.evidence_needed, 1) and bare.request.evidence == ()
    assert bare.accountable == asked.decision.accountable_needed and bare.request.accountable is None
    assert foresee(*two_of_people()).may_be_asked


def test_a_decision_about_people_needs_a_second_metric() -> None:
    """AR07: one that is allowed together with it is named as one that would do."""
    base = person()
    one = replace(base, request=replace(base.request, metrics=(base.charter.metric,)), beside=())
    assert foresee(one).outcome is Outcome.DENY
    second = replace(one, charter=replace(one.charter, metric="b-metric"))
    other_class = replace(one, charter=replace(one.charter, metric="a-metric", in_force=False))
    found = foresee(one, second, other_class)
    assert found.permits and found.other == ("b-metric",) and found.adds == ()


def test_what_nothing_helps_says_why() -> None:
    found = foresee(team(**about(TINY)))
    assert found.outcome is Outcome.DENY and [match.id for match in found.rules] == ["AR12"]
    staffing = replace(
        team(decision=DecisionType.STAFFING), decision=make_decision_facts(DecisionType.STAFFING)
    )
    assert {match.id for match in foresee(staffing).rules} == {"AR14"}


def test_the_one_that_asks_least_comes_first() -> None:
    allowed, lacking, refused = (
        foresee(team()),
        foresee(*two_of_people(evidence=())),
        foresee(team(**about(TINY))),
    )
    assert find_better([refused, lacking, allowed]) is allowed
    assert find_better([refused, lacking]) is lacking
    assert find_better([]) is None


def test_the_cohort_stands_as_it_was_read() -> None:
    """Facts of one metric are not those of another: the smallest group is each metric's own."""
    larger = replace(PAYMENTS, minimum=10)
    found = foresee(needing("pulse"), team(metric="pulse", **about(larger)))
    assert found.outcome is Outcome.DENY and {match.id for match in found.rules} == {"AR12"}
