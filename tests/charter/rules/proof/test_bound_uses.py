"""What a charter binds its uses to, and forbids, counts in certificates and openings as it does for the engine (issue 16)."""

import pytest

from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.conditions import find_forbidden, list_lacking
from charter.rules.engine import judge
from charter.rules.examples.base import TEAM_USE, bend
from charter.rules.facts import Facts, ForbiddenUse
from charter.rules.proof.analyses import Opening
from charter.rules.proof.known import KnownCharter
from charter.rules.proof.openings import find_charter_opening
from charter.rules.vocabulary import DecisionType, Grain, RequestForm, UseCondition

HOUSE = builtin_rulebook()
USE = (DecisionType.RETROSPECTIVE, Grain.TEAM)
# At team level no single person is asked about, and AR11 refuses whatever compares what is unlike.
_REFUSED_ANYHOW = {RequestForm.SINGLE_PERSON, RequestForm.UNLIKE}
ALONE = bend(TEAM_USE, listed=frozenset({USE}))


def between(old: Facts | None, new: Facts) -> Opening:
    was, would = (each and KnownCharter(each.charter, each.charter, audited=True) for each in (old, new))
    return find_charter_opening(HOUSE, was, would)


@pytest.mark.parametrize("condition", UseCondition)
def test_a_condition_taken_away_opens_and_one_added_does_not(condition: UseCondition) -> None:
    bound = bend(ALONE, conditions=frozenset({(*USE, condition)}))
    assert between(bound, ALONE).opens and between(ALONE, bound).opens is False
    found = between(None, bound)
    assert found.opens is (condition is not UseCondition.OWN_FIGURE)  # no figure at team level is one's own
    if found.opens:
        assert (
            found.shown is not None and judge(found.shown, HOUSE).permitted and not list_lacking(found.shown)
        )


def test_a_sentence_to_affirm_is_affirmed_in_what_is_shown() -> None:
    bound = bend(ALONE, affirmations=frozenset({(*USE, "The team has asked for it.")}))
    found = between(None, bound)
    assert found.shown is not None and found.shown.request.affirms == ("The team has asked for it.",)
    assert between(bound, ALONE).opens and between(ALONE, bound).opens is False


@pytest.mark.parametrize("form", RequestForm)
def test_a_forbidden_form_is_not_in_what_is_shown(form: RequestForm) -> None:
    forbidding = bend(ALONE, forbidden=(ForbiddenUse("Not so.", forms=frozenset({form})),))
    found = between(None, forbidding)
    assert found.shown is not None and not find_forbidden(found.shown)
    assert between(ALONE, forbidding).opens is False
    assert between(forbidding, ALONE).opens is (form not in _REFUSED_ANYHOW)


def test_a_use_that_is_forbidden_altogether_opens_nothing() -> None:
    forbidding = bend(ALONE, forbidden=(ForbiddenUse("Never.", decisions=frozenset({USE[0]})),))
    assert between(None, forbidding).opens is False
