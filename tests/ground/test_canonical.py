"""Canonical JSON is RFC 8785's, whichever of two writers wrote it."""

from datetime import UTC, datetime

import msgspec
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.rules.request import Request
from ground.canonical import write_canonical
from tests.proof import whole_or_short
from tests.spec.strategies import facts

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.proof
@settings(max_examples=whole_or_short(4_000, 60), deadline=None)
@given(VALUES)
def test_any_value_is_written_as_rfc_8785_says(value: object) -> None:
    """RFC 8785: what its own library refuses is refused as well."""
    try:
        expected = rfc8785.dumps(value)
    except rfc8785.CanonicalizationError:
        with pytest.raises(rfc8785.CanonicalizationError):
            write_canonical(value)
    else:
        assert write_canonical(value) == expected


def test_every_letter_is_written_alike() -> None:
    """RFC 8785, 3.2.2.2: few are escaped, and those in one way."""
    every = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    assert write_canonical(every) == rfc8785.dumps(every)


@pytest.mark.proof
@settings(max_examples=whole_or_short(400, 15), deadline=None)
@given(facts())
def test_a_request_is_hashed_as_whoever_reads_it_hashes_it(one) -> None:
    """Receipts: their holder hashes the request that stands in them with a library of their own."""
    request: Request = one.request
    stored = msgspec.json.decode(msgspec.json.encode(request))
    assert write_canonical(request) == rfc8785.dumps(stored) == write_canonical(stored)


@pytest.mark.parametrize(
    "value", [{"b": 1, "a": [True, None]}, {"at": datetime(2026, 4, 1, tzinfo=UTC)}, 2**53 - 1, {"é": 1, "e": 2}, 1.0, "\x7f\u2028"]
)  # fmt: skip
def test_examples(value: object) -> None:
    assert write_canonical(value) == rfc8785.dumps(msgspec.to_builtins(value))
