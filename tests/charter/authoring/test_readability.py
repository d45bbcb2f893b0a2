"""How easily a definition reads."""

import pytest

from charter.authoring.readability import count_syllables, measure_readability

PLAIN = "The cat sat on the mat. The dog ran to the cat and it sat down."
DENSE = (
    "Operationalisation of organisational interdependencies necessitates multidimensional characterisation of "
    "communication infrastructure utilisation."
)


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("cat", 1), ("table", 2), ("metric", 2), ("made", 1), ("changes", 2), ("counted", 2), ("merged", 1),
     ("organisation", 5), ("deployment", 3), ("services", 3), ("the", 1), ("90", 1), ("one-on-one", 3)],
)  # fmt: skip
def test_syllables(word, syllables):
    """S17: the score is made of words, sentences and syllables."""
    assert count_syllables(word) == syllables


def test_plain_text_reads_more_easily_than_dense_text():
    """S17: the score tells plain from dense."""
    plain, dense = measure_readability(PLAIN), measure_readability(DENSE)
    assert plain.plain and not dense.plain
    assert (plain.ease, dense.ease) == (100.0, 0.0)
    assert plain.grade < 3 < 20 < dense.grade


def test_the_formulas_are_flesch_and_kincaid():
    """S17; Flesch 1948, Kincaid 1975: two sentences of five words, sixteen syllables."""
    found = measure_readability("People wait for a review. Teams remove delays and problems.")
    words, sentences, syllables = 10, 2, 15
    assert found.ease == pytest.approx(206.835 - 1.015 * words / sentences - 84.6 * syllables / words, abs=9)
    assert found.grade == pytest.approx(0.39 * words / sentences + 11.8 * syllables / words - 15.59, abs=1.2)


def test_it_is_said_in_words():
    """S17: shown so that somebody who never heard of Flesch understands it."""
    assert (
        measure_readability(PLAIN).words
        == "Very easy to read: 100 of 100, for readers with about 1 year of school"
    )
    assert measure_readability(DENSE).words.startswith("Very hard to read: 0 of 100, for readers with about")


@pytest.mark.parametrize("text", ["", "Hours.", "...", "one two three four five six seven"])
def test_of_a_few_words_it_says_nothing(text):
    """S17: a score of nothing would mislead."""
    assert measure_readability(text) is None
