"""Facts made at random, brought to what gathering facts keeps: names once, others beside, a decision of its group."""

from hypothesis import strategies as st
from msgspec.structs import replace

from charter.rules.facts import Facts
from charter.rules.vocabulary import GROUP_OF, DecisionGroup
from tests.spec.strategies import facts, near


def as_gathered(drawn: Facts) -> Facts:
    """The same as the line would gather it (`requests.form`, `facts.gathering`, the constraints of decision kinds)."""
    asked = drawn.request
    once = {field: tuple(dict.fromkeys(getattr(asked, field))) for field in ("metrics", "cohorts", "persons")}
    group = GROUP_OF[asked.decision]
    about_people = group is DecisionGroup.PEOPLE
    decision = replace(
        drawn.decision,
        decision=asked.decision,
        group=group,
        consequential=about_people,
        evidence_needed=max(drawn.decision.evidence_needed, int(about_people)),
        fairness_needed=drawn.decision.fairness_needed or about_people,
        accountable_needed=drawn.decision.accountable_needed or about_people,
    )
    cohorts = tuple({each.slug: each for each in drawn.cohorts if each.slug in once["cohorts"]}.values())
    missing = [each for each in once["cohorts"] if each not in {one.slug for one in cohorts}]
    return replace(
        drawn,
        request=replace(
            asked, **once | {"cohorts": tuple(each for each in once["cohorts"] if each not in missing)}
        ),
        decision=decision,
        cohorts=cohorts,
        beside=drawn.beside[: len(once["metrics"]) - 1],
    )


reachable = st.one_of(facts(), near()).map(as_gathered)
