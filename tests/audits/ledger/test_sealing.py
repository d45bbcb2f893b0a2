"""Sealing: only the key opens it, only where it belongs, and its length tells next to nothing."""

import json

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from audits.ledger import keyfiles, sealing

OVERHEAD = 12 + 16  # the nonce and the tag


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return a_key(tmp_path_factory.mktemp("keys") / "sealing.key")


def a_key(path):
    keyfiles.place(path, sealing.make_key())
    return path


@given(said=st.dictionaries(st.text(), st.text()), about=st.binary())
def test_what_is_sealed_opens_to_the_same(key, said, about):
    """Law: unseal(seal(x)) is x, whatever is said."""
    body = json.dumps(said).encode()
    assert sealing.unseal(sealing.seal(body, key, about=about), key, about=about) == body


@given(size=st.integers(0, 1023))
def test_a_short_reason_is_as_long_as_none(key, size):
    """Blind votes: the length of what is sealed does not tell whether a reason stands in it."""
    assert len(sealing.seal(b"x" * size, key)) == 1024 + OVERHEAD


@pytest.mark.parametrize(("size", "filled"), [(1023, 1024), (1024, 2048), (2047, 2048), (5000, 8192)])
def test_a_long_one_tells_the_power_of_two_it_lies_in(key, size, filled):
    assert len(sealing.seal(b"x" * size, key)) == filled + OVERHEAD


def test_it_opens_nowhere_else(key, tmp_path):
    """The attack: what one seat said is moved to another, changed, or read with another key."""
    sealed = sealing.seal(b"{}", key, about=b"hr")
    for wrong, path, about in (
        (sealed, key, b"legal"),
        (sealed, a_key(tmp_path / "another.key"), b"hr"),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), key, b"hr"),
    ):
        with pytest.raises(InvalidTag):
            sealing.unseal(wrong, path, about=about)


def test_what_was_sealed_before_it_was_filled_up_opens(key):
    """Entries of the log are never written again, so the older ones stay readable."""
    nonce = b"0" * 12
    sealing.seal(b"", key)  # makes the key
    older = nonce + AESGCM(key.read_bytes()).encrypt(nonce, b'{"vote":"veto"}', None)
    assert sealing.unseal(older, key) == b'{"vote":"veto"}'
