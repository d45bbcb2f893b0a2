"""SCRAM-SHA-256 (RFC 5802, RFC 7677): both sides of it, as PostgreSQL speaks it. Pure.

What is kept of a password lets nobody sign in: it checks a proof, and proves to the other side that it was kept here.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping

from msgspec import Struct

# The least that RFC 7677 allows. What is kept here is of random words of 256 bits, which no number of guesses finds.
ITERATIONS = 4096
SALT_BYTES = 16
_NONCE_BYTES = 18
MECHANISM, BOUND = "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"


class ScramError(Exception):
    """The other side has not said what it has to say; whether that is its password is not told."""


class ScramVerifier(Struct, frozen=True):
    """What is kept of a password: enough to check who knows it, and not to be them."""

    stored_key: bytes
    server_key: bytes


def make_verifier(password: str, salt: bytes, iterations: int = ITERATIONS) -> ScramVerifier:
    """What is kept of a password that is ASCII, as tokens are; others would have to be prepared (RFC 4013)."""
    return _verify(_salt(password, salt, iterations))


def _salt(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)


def _verify(salted: bytes) -> ScramVerifier:
    client_key = _mac(salted, b"Client Key")
    return ScramVerifier(hashlib.sha256(client_key).digest(), _mac(salted, b"Server Key"))


class ScramServer:
    """The server's side of one sign-in. `channel` is what binds it to its TLS connection; empty where nothing does."""

    def __init__(self, first: bytes, *, salt: bytes, mechanism: str, channel: bytes = b"") -> None:
        flag, self._bare = _split_first(_text(first))
        self._header = f"{flag},,"
        self._bound = self._check_binding(flag, mechanism, channel)
        theirs = _read(self._bare).get("r", "")
        if not theirs:
            raise ScramError("No nonce.")
        self._nonce = theirs + _make_nonce()
        self._first = f"r={self._nonce},s={_encode(salt)},i={ITERATIONS}"

    def _check_binding(self, flag: str, mechanism: str, channel: bytes) -> bytes:
        """Raise ScramError where somebody between us has hidden from the client that we can bind to the channel."""
        if mechanism == BOUND and (not channel or flag != "p=tls-server-end-point"):
            raise ScramError("Not bound to this channel.")
        if mechanism == MECHANISM and (flag.startswith("p=") or (flag == "y" and channel)):
            raise ScramError("Bound otherwise than it was offered.")
        return channel if mechanism == BOUND else b""

    @property
    def challenge(self) -> bytes:
        """What the client is told after its first message."""
        return self._first.encode()

    def check(self, final: bytes, verifiers: Iterable[ScramVerifier]) -> tuple[int, bytes]:
        """Which of the verifiers the client has proved to know, and what proves ours to it. Raises ScramError."""
        text = _text(final)
        without, _comma, proof = text.rpartition(",p=")
        said = _read(without)
        expected = _encode(self._header.encode() + self._bound)
        if said.get("r") != self._nonce or said.get("c") != expected:
            raise ScramError("Of another exchange.")
        message = f"{self._bare},{self._first},{without}".encode()
        found = [
            (place, each)
            for place, each in enumerate(verifiers)
            if _proves(_decode(proof), each, message)  # each is looked at, whichever it is
        ]
        if not found:
            raise ScramError("Not proved.")
        place, verifier = found[0]
        return place, b"v=" + base64.b64encode(_mac(verifier.server_key, message))


class ScramClient:
    """The client's side of one sign-in, unbound."""

    def __init__(self, password: str) -> None:
        self._password = password
        self._bare = f"n=,r={_make_nonce()}"
        self._expected = b""

    @property
    def first(self) -> bytes:
        return f"n,,{self._bare}".encode()

    def answer(self, challenge: bytes) -> bytes:
        """What is said to the challenge. Raises ScramError."""
        text = _text(challenge)
        said = _read(text)
        if not said.get("r", "").startswith(_read(self._bare)["r"]) or not said.get("i", "").isdecimal():
            raise ScramError("Of another exchange.")
        salted = _salt(self._password, _decode(said.get("s", "")), int(said["i"]))
        without = f"c={_encode(b'n,,')},r={said['r']}"
        message = f"{self._bare},{text},{without}".encode()
        client_key = _mac(salted, b"Client Key")
        verifier = _verify(salted)
        self._expected = b"v=" + base64.b64encode(_mac(verifier.server_key, message))
        proof = _xor(client_key, _mac(verifier.stored_key, message))
        return f"{without},p={_encode(proof)}".encode()

    def check(self, final: bytes) -> None:
        """Raise ScramError unless the server has proved that it knows us."""
        if not self._expected or not hmac.compare_digest(final, self._expected):
            raise ScramError("The server has not proved that it is one.")


def _proves(proof: bytes, verifier: ScramVerifier, message: bytes) -> bool:
    if len(proof) != hashlib.sha256().digest_size:
        return False
    client_key = _xor(proof, _mac(verifier.stored_key, message))
    return hmac.compare_digest(hashlib.sha256(client_key).digest(), verifier.stored_key)


def _split_first(text: str) -> tuple[str, str]:
    """The channel flag and the rest of a client's first message. Raises ScramError."""
    flag, _, rest = text.partition(",")
    name, comma, bare = rest.partition(",")
    if not comma or name or not (flag in ("n", "y") or flag.startswith("p=")) or bare.startswith("m="):
        raise ScramError("No first message.")
    return flag, bare


def _read(text: str) -> Mapping[str, str]:
    return {part[:1]: part[2:] for part in text.split(",") if part[1:2] == "="}


def _text(message: bytes) -> str:
    try:
        return message.decode()
    except UnicodeDecodeError:
        raise ScramError("No text.") from None


def _make_nonce() -> str:
    return _encode(secrets.token_bytes(_NONCE_BYTES))


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ScramError("No base64.") from None


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
