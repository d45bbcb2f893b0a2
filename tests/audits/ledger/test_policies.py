"""Policies of witnesses as the product reads them: the same as whoever verifies reads (C2SP tlog-policy)."""

from itertools import combinations

import charter_verify
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audits.ledger.policies import PolicyWrong, parse_policy
from tests.verifier.made_logs import NO_POLICIES, POLICY, vkey, witness_vkey

KEYS = {name: Ed25519PrivateKey.from_private_bytes(name.encode() * 32) for name in "abcd"}
LINES = [
    f"witness {name} {witness_vkey(key, f'w.example/{name}')} http://{name}.example/"
    for name, key in KEYS.items()
]
TEXT = "\n".join(
    [
        f"log {vkey()}",
        *LINES,
        "group others 2 b c d",
        "group both all a others",
        "",
        "# the council's",
        "quorum both",
    ]
)


@pytest.mark.parametrize("count", range(5))
def test_both_readers_count_alike(count):
    """Issue 13, 6: which cosignatures a checkpoint needs, the worker representative's among them."""
    here, there = parse_policy(TEXT), charter_verify.parse_policy(TEXT)
    assert here.asks and here.witnesses["a"].url == "http://a.example"
    for names in combinations("abcd", count):
        met = here.is_met_by(names)
        assert met == there.is_met([there.witnesses[name] for name in names])
        assert met == ("a" in names and count >= 3)


@pytest.mark.parametrize("text", NO_POLICIES)
def test_what_one_refuses_the_other_refuses(text):
    with pytest.raises(PolicyWrong):
        parse_policy(text)


def test_a_policy_without_witnesses_asks_for_none():
    assert not parse_policy("quorum none").asks and parse_policy("quorum none").is_met([])
    assert not parse_policy(POLICY).is_met([])
