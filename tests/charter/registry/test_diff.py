"""What changed between two versions, in words."""

import json

import pytest
from msgspec.structs import replace

from charter.authoring.drafts import make_blank_charter
from charter.registry import catalogue
from charter.registry.diff import find_differences, group_by_heading
from charter.registry.document import Access, Allowed, Forbidden
from charter.registry.headings import LABELS, Heading, describe_field, is_begun, list_statements
from charter.rules.vocabulary import Category, DecisionType, Grain, Role

CHARTERS = catalogue.read_starter_charters()
LEAD_TIME = CHARTERS["lead-time-for-changes"]


def changed(heading: str, **parts):
    return replace(LEAD_TIME, **{heading: replace(getattr(LEAD_TIME, heading), **parts)})


def said(new, old=LEAD_TIME):
    return [(each.heading, each.field, each.before, each.after) for each in find_differences(old, new)]


@pytest.mark.parametrize("slug", CHARTERS)
def test_a_charter_does_not_differ_from_itself(slug):
    """Issue 3, item 1: nothing that did not change is shown as changed."""
    assert said(CHARTERS[slug], CHARTERS[slug]) == []


def test_every_field_has_a_name_in_words():
    """Issue 3, item 1: field by field, words not JSON."""
    for document in CHARTERS.values():
        for entry in list_statements(document):
            assert entry.label and "_" not in entry.label.split(":")[0]
            assert "{" not in entry.words and entry.words != "None"


def test_single_fields():
    """Issue 3, item 1: enums, lengths and days are said as people write them."""
    what = changed("what", category=Category.FLOW, grains=(Grain.TEAM,))
    assert said(what) == [
        (Heading.WHAT, "Category", "Delivery", "Flow"),
        (Heading.WHAT, "Levels that have a value", "Team, value stream, organisation and own", "Team"),
    ]
    assert said(changed("how_long", facts="P1Y6M")) == [
        (Heading.HOW_LONG, "How long facts are kept", "13 months", "1 year and 6 months")
    ]


def test_rows_are_told_apart_by_what_they_are_about():
    """Issue 3, item 1: a use that moved is no change; a new one and one taken out are."""
    allowed = LEAD_TIME.which_decisions.allowed
    moved = changed("which_decisions", allowed=tuple(reversed(allowed)))
    assert said(moved) == []
    other = (*allowed[1:], Allowed(DecisionType.TEAM_COACHING, (Grain.TEAM,), affirm=("They asked.",)))
    assert said(changed("which_decisions", allowed=other)) == [
        (Heading.WHICH_DECISIONS, "Allowed: retrospective", "Team.", ""),
        (Heading.WHICH_DECISIONS, "Allowed: team coaching", "", "Team. Whoever asks affirms: “They asked.”"),
    ]
    access = (*LEAD_TIME.who.access, Access(Role.HR, (Grain.ORG,)))
    assert said(changed("who", access=access)) == [(Heading.WHO, "Access: hr", "", "Organisation")]
    named = (
        *LEAD_TIME.which_decisions.forbidden,
        Forbidden("Bonuses", "They bend it.", (DecisionType.COMPENSATION,)),
    )
    assert said(changed("which_decisions", forbidden=named)) == [
        (Heading.WHICH_DECISIONS, "Not allowed: Bonuses", "", "They bend it. Names compensation.")
    ]


def test_an_example_says_what_it_asks_and_what_it_must_get():
    """Issue 3, item 1: a request in words, whatever the order of its parts."""
    first, *rest = LEAD_TIME.examples.correct
    turned = replace(first, request=dict(reversed(first.request.items())))
    assert said(changed("examples", correct=(turned, *rest))) == []
    asked = replace(first, request={**first.request, "limit": 3})
    (only,) = find_differences(LEAD_TIME, changed("examples", correct=(asked, *rest)))
    assert "limit: 3" in only.after and "limit" not in only.before and "{" not in only.after


def test_words_that_changed_are_marked():
    """Issue 3, item 1: a board member sees at once which words are new."""
    unit = LEAD_TIME.what.definition.replace("first commit", "last commit")
    (only,) = find_differences(LEAD_TIME, changed("what", definition=unit))
    left, right = only.pieces
    assert [piece.text for piece in left if piece.changed] == ["first"]
    assert [piece.text for piece in right if piece.changed] == ["last"]
    assert "".join(piece.text for piece in right) == unit
    (rewritten,) = find_differences(LEAD_TIME, changed("what", definition="Something else altogether."))
    assert [piece.changed for piece in rewritten.pieces[1]] == [True]


def test_differences_stand_under_their_headings():
    """Issue 3, item 1: in the order in which a charter is read."""
    new = replace(
        changed("harms", caregivers="None."), name="Lead time", why=replace(LEAD_TIME.why, purpose="X.")
    )
    assert [heading for heading, _found in group_by_heading(find_differences(LEAD_TIME, new))] == [
        Heading.WHAT, Heading.WHY, Heading.HARMS,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("what.measure.facts", "Facts query"),
        ("what.exclusions", "What is left out"),
        ("who.access[0].grains", "Access"),
        ("examples.correct[1].request", "Right use"),
        ("how_long", "How long it is kept"),
    ],
)
def test_every_place_that_lint_names_has_a_name(field, words):
    """Issue 3, item 1: a finding is said to be of a field that the writer knows."""
    assert describe_field(field) == words


def test_labels_are_of_fields_that_there_are():
    """Issue 3, item 1: one name a field, and no name of none."""
    whole = json.dumps(sorted(LABELS))
    assert all(
        entry.label.split(": ")[0] in LABELS.values()
        for document in CHARTERS.values()
        for entry in list_statements(document)
    )
    assert "what.definition" in whole


def test_what_is_begun():
    """Issue 3, item 1: the state of each heading; an owner alone is no beginning."""
    nothing = make_blank_charter(slug="wait", name="Wait")
    owned = replace(nothing, who=replace(nothing.who, owner="me"))
    assert not any(is_begun(owned, heading) for heading in Heading)
    assert all(is_begun(LEAD_TIME, heading) for heading in Heading)
