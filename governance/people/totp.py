"""Codes of six digits that an app makes from a secret and the time (RFC 6238, SHA-1, 30 seconds). Pure."""

import base64
import binascii
import hmac
import secrets
from hashlib import sha1
from urllib.parse import quote, urlencode

STEP = 30  # seconds
_DIGITS = 6
_BYTES = 20  # as RFC 4226 recommends, 160 bits
_ISSUER = "Metric Charter"


def make_secret() -> str:
    """A new secret, in base 32 as apps take it."""
    return base64.b32encode(secrets.token_bytes(_BYTES)).decode()


def make_code(secret: str, step: int) -> str:
    """The code of a step of time, counted from 1970 in steps of 30 seconds."""
    mark = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), sha1).digest()
    start = mark[-1] & 0x0F
    number = int.from_bytes(mark[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**_DIGITS).zfill(_DIGITS)


def find_step(secret: str, code: str, *, at: float, after: int) -> int | None:
    """The step that a code is of, now or one before or after as clocks differ, and later than the one that was used last."""
    typed = "".join(code.split())
    now = int(at) // STEP
    for step in (now, now - 1, now + 1):
        if step > after and hmac.compare_digest(make_code(secret, step).encode(), typed.encode()):
            return step
    return None


def is_secret(text: str) -> bool:
    """Whether it is a secret as `make_secret` makes them."""
    try:
        return len(base64.b32decode(text)) == _BYTES
    except (binascii.Error, ValueError):
        return False


def make_address(secret: str, username: str) -> str:
    """What an app reads from a picture (`otpauth:`)."""
    label = quote(f"{_ISSUER}:{username}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': _ISSUER})}"
