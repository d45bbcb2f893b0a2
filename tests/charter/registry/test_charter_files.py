"""Charters as YAML: what is read, what is refused and where the message points."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.registry import catalogue
from charter.registry.charter_files import dump_charter, parse_charter
from charter.registry.document import (
    Allowed,
    CharterDocument,
    Example,
    Examples,
    Exclusions,
    Harms,
    Measure,
    What,
    WhichDecisions,
)
from charter.rules.vocabulary import Aggregation, DecisionType, Grain, Outcome
from ground.errors import BadInput
from ground.strict_yaml import LARGEST_FILE
from tests.proof import whole_or_short
from tests.prose import prose

HEAD = "charter: 1\nmetric: lead-time\nname: Lead time\n"

BOMB = """\
charter: 1
metric: lead-time
name: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: [*b, *b, *b, *b, *b, *b, *b, *b, *b]
"""


def refused(text: str | bytes) -> BadInput:
    with pytest.raises(BadInput) as caught:
        parse_charter(text, name="lead-time.yaml")
    assert caught.value.detail.startswith("lead-time.yaml, line ")
    assert caught.value.extra["file"] == "lead-time.yaml"
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        (HEAD + "what:\n  definition: x\n  colour: red\n", 6, "what.colour", "no such key"),
        (HEAD + "colour: red\n", 4, "colour", "no such key"),
        (HEAD + "what:\n  unit: 5\n", 5, "what.unit", "Expected `str`, got `int`"),
        (HEAD + "what:\n  grains:\n    - team\n    - galaxy\n", 7, "what.grains[1]", "galaxy"),
        (HEAD + "what:\n  measure:\n    sources: [a]\n    aggregation: sum\n", 5, "what.measure.facts", "is missing"),
        (HEAD + "how_long:\n  facts: 13 months\n", 5, "how_long.facts", "matching regex"),
        (HEAD + "harms:\n  invasiveness: 5\n", 5, "harms.invasiveness", "<= 4"),
        (HEAD + "why:\n  data_from: 2025-13-01\n", 5, "why.data_from", "date"),
        (HEAD + "what:\n  unit: hour\n  unit: day\n", 6, "what.unit", "given twice"),
        (HEAD + "name: Again\n", 4, "name", "given twice"),
        ("charter: 2\nmetric: a\nname: A\n", 1, "charter", "<= 1"),
        ("charter: 1\nname: A\n", 1, "metric", "is missing"),
        (HEAD + "what: &w\n  unit: hour\n", 4, "what", "Anchors"),
        (HEAD + "what: *w\n", 4, "what", "Anchors"),
        (BOMB, 3, "name", "Anchors"),
        (HEAD + "what: !!python/object/apply:os.system [ls]\n", 4, "what", "Tags"),
        (HEAD + "what:\n  unit: !!str hour\n", 5, "what.unit", "Tags"),
        (HEAD + "? [a, b]\n: c\n", 4, None, "plain word"),
        (HEAD + "what:\n  <<: {unit: hour}\n", 5, "what.<<", "no such key"),
        (HEAD + "what: {unit: hour\n", 5, None, "not YAML"),
        (HEAD + "---\n" + HEAD, 4, None, "more than one document"),
        ("", 1, None, "empty"),
        ("# only a remark\n", 1, None, "empty"),
        ("- a\n- b\n", 1, None, "Expected `object`"),
        (HEAD + "what: " + "[" * 40 + "]" * 40 + "\n", 4, None, "too deeply"),
        (HEAD + "what: " + "[" * 30_000, 4, None, "too deeply"),
        (HEAD + "what:\n  unit: \x07\n", 1, None, "not YAML"),
        (b"charter: 1\nname: \xff\xfe\n", 1, None, "not UTF-8"),
        (HEAD + "what:\n  unit: " + "x" * LARGEST_FILE, 1, None, "larger than 256 KiB"),
    ],
)  # fmt: skip
def test_bad_yaml_is_refused_with_file_line_and_key(text, line, key, says):
    """S2 and issue 3, bad input: unknown keys, wrong types, duplicate keys, anchor bombs, large files."""
    error = refused(text)
    assert (error.extra["line"], says in error.detail) == (line, True), error.detail
    if key is not None:
        assert error.field == key
        assert f", {key}: " in error.detail


def test_plain_words_stay_words():
    """S21: `no`, dates and clock times are the text that was typed, not YAML 1.1's booleans and numbers."""
    text = (
        HEAD + "what:\n  unit: no\n  collection: 12:30\n  provenance: 2025-01-01\n  schema_reference: 012\n"
    )
    what = parse_charter(text, name="a.yaml").what
    assert (what.unit, what.collection, what.provenance, what.schema_reference) == (
        "no", "12:30", "2025-01-01", "012",
    )  # fmt: skip


def test_quoted_numbers_are_text():
    """S21: quoting makes text of anything."""
    assert parse_charter(HEAD + 'what: {unit: "5"}\n', name="a.yaml").what.unit == "5"


@pytest.mark.parametrize("slug", sorted(catalogue.read_starter_charters()))
def test_a_starter_charter_round_trips(slug):
    """S21: charters export as a stable form; written and read again it is the same charter."""
    document = catalogue.read_starter_charters()[slug]
    text = dump_charter(document)
    assert parse_charter(text, name="again.yaml") == document
    assert dump_charter(parse_charter(text, name="again.yaml")) == text


def test_the_written_form_reads_well():
    """S21: block style, SQL line by line, no quotes where none are needed, nothing that is empty."""
    text = dump_charter(catalogue.read_starter_charters()["lead-time-for-changes"])
    assert "    facts: |\n      SELECT\n        merged_at AS at," in text
    assert "data_from: 2025-01-01\n" in text
    assert "wellness_signal" not in text
    assert "{" not in text
    assert max(map(len, text.splitlines())) < 130


words = prose(max_size=150) | st.sampled_from(
    [
        "no",
        "null",
        "~",
        "12",
        "-0.5",
        "a: b",
        "# a",
        "- a",
        "x\ny\n",
        " x",
        "x ",
        "true",
        "a\n\n b",
        "'",
        '"',
        "\u2028",
    ]
)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**14), 10**14) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
documents = st.builds(
    CharterDocument,
    charter=st.just(1),
    metric=st.just("lead-time"),
    name=words,
    what=st.builds(
        What,
        definition=words,
        grains=st.lists(st.sampled_from(Grain), max_size=2).map(tuple),
        measure=st.none() | st.builds(
            Measure, sources=st.lists(words, max_size=2).map(tuple), facts=words, aggregation=st.sampled_from(Aggregation)
        ),
        exclusions=st.builds(Exclusions, left_out=st.lists(words, max_size=2).map(tuple), none_because=words),
    ),
    which_decisions=st.builds(
        WhichDecisions,
        allowed=st.lists(
            st.builds(Allowed, decision=st.sampled_from(DecisionType), grains=st.just((Grain.TEAM,)), affirm=st.lists(words, max_size=2).map(tuple)),
            max_size=2,
        ).map(tuple),
    ),
    examples=st.builds(
        Examples,
        correct=st.lists(
            st.builds(Example, says=words, request=st.dictionaries(words, plain, max_size=3), verdict=st.just(Outcome.PERMIT)),
            max_size=2,
        ).map(tuple),
    ),
    harms=st.builds(Harms, caregivers=words, invasiveness=st.none() | st.integers(0, 4)),
)  # fmt: skip


@pytest.mark.proof
@settings(max_examples=whole_or_short(1_500, 40), deadline=None)
@given(documents)
def test_every_document_round_trips(document):
    """S21: whatever a charter says, writing and reading it gives the same."""
    assert parse_charter(dump_charter(document), name="any.yaml") == document


@pytest.mark.proof
@settings(max_examples=whole_or_short(2_000, 50), deadline=None)
@given(st.text(max_size=300) | st.binary(max_size=300))
def test_nothing_but_bad_input_comes_out_of_bad_files(text):
    """Issue 3, bad input: whatever the file holds, the answer is a charter or a refusal that names it."""
    try:
        parse_charter(text, name="any.yaml")
    except BadInput as error:
        assert error.detail.startswith("any.yaml, line ")


def test_a_condition_in_words_alone_is_refused_by_its_line():
    """Issue 16: a condition is checked or affirmed; what is neither cannot be written."""
    uses = "  allowed:\n  - decision: staffing\n    grains: [team]\n    condition: With care.\n"
    error = refused(f"{HEAD}which_decisions:\n{uses}")
    assert "condition" in error.detail and error.extra["line"] == 8
