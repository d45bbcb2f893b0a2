"""What starter charters promise of notes, of who sees what, and of receipts names the test that keeps it (issue 16).

A person's leave was to stand beside the value of their team, while the code rightly kept it off: a promise that nobody kept.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from charter.registry import catalogue

ROOT = Path(__file__).parents[3]
CHARTERS = catalogue.read_starter_charters()
PARTS = ("what", "why", "who", "how_long", "which_decisions", "harms")
ABOUT = re.compile(
    r"\b(notes?|noted|receipts?|stands? beside|excluded|nobody (sees|is|may see)|told to|optional|any decision about you|never loaded|"
    r"(is|are) (not )?shown|shown (with|to)|not counted|seen by( a)? person|by person|part of the day)\b",
    re.IGNORECASE,
)
_VALUES, _CATALOGUE = "tests/governance/decisions/test_values.py", "tests/charter/registry/test_catalogue.py"
_CONDITIONS = "tests/governance/decisions/test_conditions.py"

# What a sentence promises, and the tests that hold us to it.
PROMISES = {
    r"[Tt]he team can note leave|note of the team's own on leave": (
        f"{_VALUES}::test_a_confirmed_note_stands_beside_the_values_of_its_time",
        f"{_VALUES}::test_a_persons_note_never_stands_beside_their_teams_values",
    ),
    r"[Nn]obody sees (a figure for you|how |what you|when |your (hours|share))|is (counted|timed|named)": (
        "tests/spec/test_requirements.py::test_no_score_and_no_list_of_people_by_any_metric",
        "tests/charter/registry/test_promises.py::test_nobody_but_oneself_is_given_the_value_of_a_person",
    ),
    r"(That is why|, so) .* is shown beside it": (
        "tests/governance/decisions/test_pairing.py::test_speed_comes_with_what_it_may_cost",
        "tests/governance/decisions/test_pairing.py::test_a_pair_is_decided_by_its_own_charter_and_changes_nothing_else",
    ),
    r"No finer value is shown|No (share by )?person is shown|[Nn]obody may see|No target is set by person|(Seen|seen|shown|Counted) by (a )?person": (
        "tests/charter/registry/test_promises.py::test_nobody_but_oneself_is_given_the_value_of_a_person",
    ),
    r"no part of the day can be asked for": (
        "tests/governance/decisions/test_fields.py::test_a_check_says_what_the_question_would_be_told",
    ),
    r"Shown with the range": (
        "tests/charter/measures/values/test_aggregation.py::test_the_value_lies_in_its_interval",
    ),
    r"shown as coverage": (
        "tests/charter/measures/values/test_event_table.py::test_coverage_is_the_share_of_usable_events",
    ),
    r"Nobody sees your own figure except you": (
        "tests/charter/rules/test_conditions.py::test_one_s_own_figure_is_for_oneself",
        "tests/charter/registry/test_promises.py::test_nobody_but_oneself_is_given_the_value_of_a_person",
    ),
    r"cannot be used in any decision about you": (
        f"{_CATALOGUE}::test_no_starter_charter_allows_a_decision_about_a_person",
    ),
    r"noted beside|read only with the notes|Waits for other teams are noted\.": (
        f"{_CATALOGUE}::test_pr_age_is_shown_with_waits_for_others",
        f"{_VALUES}::test_the_kinds_that_a_charter_names_are_never_left_unsaid",
    ),
    r"stand beside every measure of speed": (
        "tests/governance/decisions/test_pairing.py::test_speed_comes_with_what_it_may_cost",
    ),
    r"optional for each team": (
        f"{_CATALOGUE}::test_hours_online_is_support_coverage_from_a_rota",
        f"{_CONDITIONS}::test_consent_on_record_opens_a_use_to_its_team_alone",
    ),
    r"reason for leave is never loaded|parental leave and care are not counted": (
        f"{_CATALOGUE}::test_leave_is_holiday_of_a_team_and_no_other_leave",
    ),
    r"beside what people wrote about your work .* never by itself": (
        "tests/governance/decisions/test_nature.py::test_a_decision_about_people_is_permitted_on_the_starter_outcomes_once_they_are_audited",
        "tests/governance/decisions/test_every_rule.py::test_a_rule_alone_refuses_what_is_permitted_without_it",
    ),
}
# Says what the data are, and promises nothing of what we do.
OF_THE_DATA = re.compile(
    r"Items that nobody is assigned|no notes on waiting are kept|notes of thanks|own notes|noted by (hand|those)|"
    r"Nobody is there to mend|read by people, not counted|A limit by person would",
    re.IGNORECASE,
)


def sentences() -> Iterator[tuple[str, str]]:
    for slug, document in sorted(CHARTERS.items()):
        for part in PARTS:
            for text in _texts(msgspec.to_builtins(getattr(document, part))):
                for sentence in re.split(r"(?<=[.!?])\s+", " ".join(text.split())):
                    if ABOUT.search(sentence):
                        yield slug, sentence


def _texts(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        for name, each in found.items():
            if name != "facts":  # the query
                yield from _texts(each)
    elif isinstance(found, list | tuple):
        for each in found:
            yield from _texts(each)


def find_promises(sentence: str) -> list[str]:
    return [pattern for pattern in PROMISES if re.search(pattern, sentence)]


def test_each_promise_names_its_test() -> None:
    """A new sentence of this kind fails here until it says which test keeps it, or is reworded to what is true."""
    untold = {
        sentence: slug
        for slug, sentence in sentences()
        if not find_promises(sentence) and not OF_THE_DATA.search(sentence)
    }
    assert untold == {}


def test_no_promise_is_left_that_no_charter_makes() -> None:
    made = {pattern for _slug, sentence in sentences() for pattern in find_promises(sentence)}
    assert made == set(PROMISES)


@cache
def _read_claims(path: str) -> dict[str, str]:
    """What each test of a file claims, by its name."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    tests = [
        each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    ]
    return {each.name: ast.get_docstring(each) or "" for each in tests}


@pytest.mark.parametrize("named", sorted({each for tests in PROMISES.values() for each in tests}))
def test_the_test_that_is_named_is_there_and_claims_something(named: str) -> None:
    """Issue 16: a test that is renamed, or that claims nothing, keeps no promise."""
    path, _colons, name = named.partition("::")
    assert _read_claims(path).get(name), f"{name} is not there, or claims nothing"


def test_nobody_but_oneself_is_given_the_value_of_a_person() -> None:
    """S29: no starter charter opens a single person's value to a role other than oneself."""
    for slug, document in CHARTERS.items():
        for entry in document.who.access:
            assert "person" not in entry.grains, slug
            assert "self" not in entry.grains or entry.role == "self", slug
