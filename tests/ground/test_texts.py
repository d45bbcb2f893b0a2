"""Issue 10, 6: what a text may be, said once: names of people come in, what nobody sees or turns text round does not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground import strict_json, strict_yaml, texts
from ground.errors import BadInput

# With a joiner or not, composed or not, with blanks of other widths: names of people, and emoji.
NAMES = {
    "Núñez, Ana": "Núñez, Ana",
    "Zoe\u0301": "Zo\xe9",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645": None,  # Persian, with a non-joiner
    "\u0915\u094d\u200d\u0937": None,  # Devanagari, with a joiner
    "\u1015\u103c\u100a\u103a": None,  # Burmese, whose letters are combined of several
    "\u05e9\u05dc\u05d5\u05dd \u05db\u05d4\u05df": None,  # Hebrew
    "Nguyễn Thị Minh": None,
    "O’Neil-Smith III.": None,
    "\u5c71\u7530\u3000\u592a\u90ce": "\u5c71\u7530 \u592a\u90ce",  # a full-width blank
    "Jean\xa0Luc": "Jean Luc",
    "  Ana \u2009 Lima\u202f": "Ana Lima",
    "\U0001f469\u200d\U0001f4bb": None,
    "\u2764\ufe0f\u200d\U0001f525": None,
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f": None,  # the flag of England
    "X Æ A-12": None,
}
NO_NAMES = {
    "\0": "NUL",
    "Ana\x07": "no text",
    "Ana\x85": "no text",
    "\ud83d": "no text",  # half of an emoji
    "\ufffe": "no text",
    "\U0010ffff": "no text",
    "Ana\nBcc: all@example.org": "one line",
    "Ana\rLima": "one line",
    "Ana\tLima": "one line",
    "Ana\u2028Lima": "one line",
    "\u202eamiL anA": "turns text round",
    "Ana\u2066Lima\u2069": "turns text round",
    "\ufeffAna": "byte order mark",
    "Ana\u200b": "begins or ends",
    "\u200dAna": "begins or ends",
    " \u200f Ana": "begins or ends",
    "Ana \u200d Lima": "outside of a word",
    "Ana\u200b\u200bLima": "outside of a word",
    "Ana\U000e0041\U000e0042": "no text",  # hidden in tags
    "\u3164": "looks like a blank",
    "\u0301Ana": "on no letter",
    "a" + "\u0301\u0316" * 500_000: "longer",
}


@pytest.mark.parametrize("typed", NAMES)
def test_names_come_in_with_their_blanks_as_blanks(typed):
    assert texts.clean_label(typed) == (NAMES[typed] or typed)
    texts.check_label(texts.clean_label(typed))


@pytest.mark.parametrize("typed", NO_NAMES, ids=lambda typed: ascii(typed)[:20])
def test_what_nobody_sees_does_not(typed):
    begun = time.process_time()
    with pytest.raises(ValueError, match=NO_NAMES[typed]):
        texts.clean_label(typed)
    assert time.process_time() - begun < 1, "also not by the square of its length"


def test_prose_has_lines():
    texts.check_prose("First.\r\n\tSecond, in \u05e2\u05d1\u05e8\u05d9\u05ea\u200f: so.\n")
    for refused in ("a\0b", "a\u202eb", "so\u200b", "\ufeffso", "\ud800"):
        with pytest.raises(ValueError):
            texts.check_prose(refused)


# What looks like `kim`, and what is somebody else's.
LIKE_KIM = [
    "kim",
    "Kim",
    "KIM",
    "kim ",
    " kim",
    "\uff4b\uff49\uff4d",
    "\u212aim",
    "k\u200bim",
    "ki\xadm",
    "kim\ufeff",
    "\u3000kim",
    "kim\ufe0f",
]
UNLIKE_KIM = ["k im", "kim1", "kym", "kım", "kím"]


@pytest.mark.parametrize("typed", LIKE_KIM, ids=ascii)
def test_what_looks_alike_folds_alike(typed):
    assert texts.fold(typed) == "kim"


@pytest.mark.parametrize("typed", UNLIKE_KIM, ids=ascii)
def test_what_does_not_stays_apart(typed):
    assert texts.fold(typed) != "kim"


def test_a_handle_is_one_word():
    assert texts.clean_handle(" \uff2bim ") == "kim"
    for refused in ("kim lee", "kim\xa0lee", "k\u200dim", "kim\nlee"):
        with pytest.raises(ValueError):
            texts.clean_handle(refused)


@given(st.text(max_size=40))
def test_laws(typed):
    """What was cleaned is clean and stays as it is; a fold is its own, whatever was folded."""
    assert texts.fold(texts.fold(typed)) == texts.fold(typed)
    try:
        line = texts.clean_label(typed)
    except ValueError:
        return
    assert texts.clean_label(line) == line
    assert texts.fold(line) == texts.fold(typed)
    texts.check_prose(line)


BAD = ["a\u202eb", "so\u200b", "\x01", "\x9b"]


@pytest.mark.parametrize("bad", BAD, ids=ascii)
def test_json_and_yaml_hold_texts_alone(bad):
    """For every struct that is parsed from either, so that none comes past it."""
    import json

    for value in ({"a": {"b": [bad]}}, {"a": {bad: 1}}):
        for ascii_alone in (True, False):
            body = json.dumps(value, ensure_ascii=ascii_alone).encode()
            with pytest.raises(BadInput) as refused:
                strict_json.parse_json(body, largest=1000)
            assert refused.value.code == "not_text" and refused.value.field.startswith("a")
    escaped = "".join(
        f"\\u{ord(sign):04x}" if not sign.isascii() or not sign.isprintable() else sign for sign in bad
    )
    for text in (f'a:\n  b: "{escaped}"\n', f'a:\n  "{escaped}": 1\n'):
        with pytest.raises(BadInput, match="a"):
            strict_yaml.parse_yaml(text, dict, name="x.yaml")


def test_half_a_character_is_no_json():
    with pytest.raises(BadInput):
        strict_json.parse_json(b'{"a": "\\ud83d"}', largest=1000)


def test_a_byte_order_mark_at_the_head_of_yaml_is_no_key():
    assert strict_yaml.parse_yaml(b"\xef\xbb\xbfa: 1\n", dict, name="x.yaml") == {"a": 1}
