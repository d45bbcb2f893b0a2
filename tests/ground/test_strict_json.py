"""JSON as every door reads it: what is wrong is refused, and the field is named."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground.errors import BadInput
from ground.json_bodies import StrictJSONParser
from ground.strict_json import DEEPEST_NESTING, LARGEST_NUMBER, parse_json
from tests.prose import prose

LARGEST = 64 * 1024
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_NUMBER, LARGEST_NUMBER)
    | st.floats(allow_nan=False, allow_infinity=False) | prose(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(prose(), below, max_size=4),
    max_leaves=12,
)  # fmt: skip


def nested(depth: int) -> str:
    """A value within so many lists."""
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (b"", "body", "not_json"),
        (b"{", "body", "not_json"),
        (b'{"a": 1} {"a": 2}', "body", "not_json"),
        (b'\xef\xbb\xbf{"a": 1}', "body", "not_json"),
        ('{"a": "ä"}'.encode("latin-1"), "body", "not_json"),
        ('{"a": 1}'.encode("utf-16"), "body", "not_json"),
        (b'{"a": "\\ud800"}', "body", "not_json"),
        (b'{"a": NaN}', "a", "not_json"),
        (b'{"a": [1, {"b": -Infinity}]}', "a[1].b", "not_json"),
        (b'{"a": 1e999}', "body", "not_json"),
        (b'{"a": 1' + b"0" * 400 + b"}", "a", "number_too_large"),
        (b'{"a": {"b": 1, "b": 2}}', "a.b", "duplicate_key"),
        (b'{"a": 1, "\\u0061": 2}', "a", "duplicate_key"),
        (b'{"a": ["x\\u0000"]}', "a[0]", "not_text"),
        (b'{"a": {"\\u0000": 1}}', "a", "not_text"),
        (b'"' + b"x" * LARGEST + b'"', "body", "too_large"),
        (f'{{"a": {nested(DEEPEST_NESTING + 1)}}}'.encode(), "a" + "[0]" * DEEPEST_NESTING, "too_deep"),
        (f'{{"b": 1, "a": {nested(5_000)}}}'.encode(), "a", "too_deep"),
        (nested(5_000).encode(), "body", "too_deep"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_kept_is_refused_with_its_field(body, field, code):
    """Issue 8, 2: one way to read JSON; no key twice, no NaN, UTF-8 alone, bounded in depth, size and numbers."""
    with pytest.raises(BadInput) as raised:
        parse_json(body, largest=LARGEST)
    assert (raised.value.field, raised.value.code, raised.value.status) == (field, code, 400)
    assert raised.value.detail.endswith(".")


@given(VALUES)
def test_what_is_written_is_read_the_same(value):
    """Nothing that can be kept is refused."""
    assert parse_json(json.dumps(value).encode(), largest=10 * LARGEST) == value


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_rubbish_gives_nothing_but_bad_input(body):
    """Whatever is sent, it is the sender's to mend."""
    try:
        parse_json(body, largest=LARGEST)
    except BadInput as error:
        assert error.field


def test_the_api_reads_as_strictly(settings):
    """The rest framework reads through the same parser, with the size of the settings."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024
    parse = StrictJSONParser().parse
    assert parse(io.BytesIO(b'{"a": [1]}')) == {"a": [1]}
    for body, code in ((b'{"a": 1, "a": 2}', "duplicate_key"), (b" " * 1025, "too_large")):
        with pytest.raises(BadInput) as raised:
            parse(io.BytesIO(body))
        assert raised.value.code == code
