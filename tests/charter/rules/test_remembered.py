"""What Cedar answered once is remembered, and is what it would answer now."""

from dataclasses import replace as with_parts
from functools import lru_cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from charter import rules
from charter.rules import engine
from charter.rules.examples.base import team
from charter.rules.facts import Facts
from charter.rules.rulebook import Rulebook
from tests.charter.rules.rulebooks import builtin_with, policy
from tests.proof import whole_or_short
from tests.spec.strategies import facts, near

HOUSE = rules.compile_rulebook(rules.builtin_files())
# As the house's, and by one rule stricter: the same question is asked of both.
STRICTER = builtin_with(policy("when { context.cohorts > 0 }"))
PARTS = ("actor", "charter", "request", "ruled", "ruled_against", "waived")
OVERFLOW = "when { context.from_day + 9223372036854775807 > 0 }"


def afresh(asked: Facts, rulebook: Rulebook) -> engine.Judgement:
    """What the engine says with nothing remembered."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_remember", engine._remember.__wrapped__)
        return engine.judge(asked, rulebook)


@pytest.mark.proof
@settings(max_examples=whole_or_short(600, 20), deadline=None)
@given(st.lists(st.one_of(facts(), near()), min_size=2, max_size=4), st.data())
def test_what_is_remembered_is_what_the_engine_says(drawn: list[Facts], data: st.DataObject) -> None:
    """Issue 14, 6: the memory is bounded and equal to the engine, in whatever order is asked, also where it forgets."""
    mixed = [replace(one, **{part: getattr(other, part)}) for one, other in pairwise(drawn) for part in PARTS]
    asked = data.draw(st.lists(st.sampled_from([*drawn, *mixed]), min_size=10, max_size=30))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_remember", lru_cache(maxsize=3)(engine._remember.__wrapped__))
        said = [(one, book, engine.judge(one, book)) for one in asked for book in (HOUSE, STRICTER)]
        assert engine._remember.cache_info().currsize <= 3
    for one, book, judged in said:
        assert judged == afresh(one, book)


def test_the_memory_serves_and_is_bounded() -> None:
    """Issue 14, 6: the same facts are asked of Cedar once, whatever the reason; no more than so many are kept."""
    engine.forget()
    for reason in ("one", "another"):
        rules.decide([replace(team(), request=replace(team().request, reason=reason))], HOUSE)
    found = engine._remember.cache_info()
    assert (found.hits, found.misses, found.maxsize) == (1, 1, engine.REMEMBERED)


def test_what_went_wrong_is_asked_anew() -> None:
    """DESIGN, Rules: an error denies; it is not kept, so that the next question is answered when the fault is over."""
    engine.forget()
    broken = builtin_with(policy(OVERFLOW))
    assert [rule.id for rule in engine.judge(team(), broken).rules] == ["ENGINE"]
    assert engine._remember.cache_info().currsize == 0


def test_a_nameless_error_denies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail closed: an error without a text is an error."""
    engine.forget()
    honest = engine._authorize

    def failing(put: object) -> object:
        result = honest(put)
        result.diagnostics._diagnostics["errors"] = [""]
        return result

    monkeypatch.setattr(engine, "_authorize", failing)
    assert [rule.id for rule in engine.judge(team(), HOUSE).rules] == ["ENGINE"]


def test_rules_of_one_text_are_kept_apart() -> None:
    """Two rulebooks never share an answer, whatever their hashes say."""
    engine.forget()
    other = with_parts(STRICTER, content_hash=HOUSE.content_hash)
    assert engine.judge(team(), HOUSE).permitted
    assert not engine.judge(team(), other).permitted
