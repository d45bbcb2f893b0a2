"""SCRAM-SHA-256: the example of RFC 7677, both sides against each other, and what is said in another's place."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground import scram
from ground.scram import BOUND, MECHANISM, ScramClient, ScramError, ScramServer, make_verifier

WORDS = st.text(alphabet="0123456789abcdef", min_size=1, max_size=64)
SALT = b"0123456789abcdef"


def test_the_example_of_the_standard():
    """RFC 7677, 3: what is kept of "pencil" checks its proof, and proves the server."""
    nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    kept = make_verifier("pencil", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
    message = (
        f"n=user,r=rOprNGfwEbeRWgbNEkqO,r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={nonce}".encode()
    )
    proof = base64.b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    assert scram._proves(proof, kept, message)
    assert not scram._proves(proof, make_verifier("pen", SALT), message)
    signed = base64.b64encode(scram._mac(kept.server_key, message))
    assert signed == b"6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


@given(st.lists(WORDS, min_size=1, max_size=3, unique=True), st.data())
def test_whoever_knows_one_of_the_words_is_known_by_it(words, data):
    """The server finds which it was and proves itself; another word proves nothing."""
    typed = data.draw(st.sampled_from([*words, "another word"]))
    client = ScramClient(typed)
    server = ScramServer(client.first, salt=SALT, mechanism=MECHANISM)
    final = client.answer(server.challenge)
    verifiers = [make_verifier(word, SALT) for word in words]
    if typed not in words:
        with pytest.raises(ScramError):
            server.check(final, verifiers)
        return
    place, proof = server.check(final, verifiers)
    assert words[place] == typed
    client.check(proof)
    with pytest.raises(ScramError):
        client.check(proof[:-1])


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_whatever_is_said_is_understood_or_refused(first, final):
    """Neither message of a client ends in anything but a check or a ScramError."""
    try:
        server = ScramServer(first, salt=SALT, mechanism=MECHANISM)
        server.check(final, [make_verifier("a", SALT)])
    except ScramError:
        return
    raise AssertionError("nobody knows the word by chance")


@pytest.mark.parametrize(
    ("flag", "mechanism", "channel"),
    [
        (b"y", MECHANISM, b"hash"),  # somebody between us hid that we can bind
        (b"p=tls-server-end-point", MECHANISM, b"hash"),
        (b"n", BOUND, b"hash"),
        (b"p=tls-server-end-point", BOUND, b""),
        (b"p=tls-unique", BOUND, b"hash"),
    ],
)
def test_a_sign_in_is_bound_as_it_was_offered(flag, mechanism, channel):
    """RFC 5802, 6: nobody between the two takes the binding away."""
    with pytest.raises(ScramError):
        ScramServer(flag + b",,n=,r=abc", salt=SALT, mechanism=mechanism, channel=channel)
