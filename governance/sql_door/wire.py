"""Messages of PostgreSQL's protocol, version 3: taken out of bytes as they come, and put together. Pure.

Whatever comes before somebody is known is small and whole, or refused; what comes after it is a message of a kind, with its length.
"""

import struct
from collections.abc import Iterator, Mapping

from msgspec import Struct

PROTOCOL = 196_608  # 3.0
SSL_ASKED, GSS_ASKED, CANCEL_ASKED = 80_877_103, 80_877_104, 80_877_102
LONGEST_STARTUP = 10_000  # bytes, as PostgreSQL has it
LONGEST_UNKNOWN = 10_000  # of a message of somebody who is not known yet
LONGEST_MESSAGE = 1_048_576  # of a client: a statement, or the parameters of one
HEADER = 5
_KINDS_OF_CLIENTS = frozenset(b"QPBDECSHXdcfpF")


class WireError(Exception):
    """What came is no message that may come here; the connection ends, as nobody knows where the next one would begin."""

    def __init__(self, detail: str, *, sqlstate: str = "08P01") -> None:
        super().__init__(detail)
        self.detail, self.sqlstate = detail, sqlstate


class Startup(Struct, frozen=True):
    """The first packet: what it asks for, and what it says."""

    code: int
    says: Mapping[str, str] = {}
    cancel: tuple[int, bytes] | None = None


class SqlRefusal(Struct, frozen=True):
    """What a client is told that may not have what it asks for."""

    message: str
    sqlstate: str = "42501"
    detail: str = ""
    hint: str = ""


def read_length(header: bytes) -> int:
    """How many bytes of a first packet follow its length. Raises WireError."""
    (length,) = struct.unpack("!I", header)
    if not 8 <= length <= LONGEST_STARTUP:
        raise WireError("This is no first packet of PostgreSQL's protocol.")
    return int(length) - 4


def read_startup(body: bytes) -> Startup:
    """A first packet without its length. Raises WireError."""
    if len(body) < 4:
        raise WireError("The first packet is too short.")
    (code,) = struct.unpack_from("!I", body)
    if code in (SSL_ASKED, GSS_ASKED):
        return Startup(code)
    if code == CANCEL_ASKED:
        return Startup(code, cancel=_read_cancel(body[4:]))
    if code >> 16 != 3:
        raise WireError("Only version 3 of the protocol is spoken here.", sqlstate="0A000")
    return Startup(code, _read_parameters(body[4:]))


def _read_cancel(body: bytes) -> tuple[int, bytes]:
    if not 5 <= len(body) <= 260:
        raise WireError("This is no request to cancel.")
    (process,) = struct.unpack_from("!I", body)
    return int(process), body[4:]


def _read_parameters(body: bytes) -> dict[str, str]:
    if not body.endswith(b"\0"):
        raise WireError("The first packet has no end.")
    parts = body[:-1].split(b"\0")
    if parts and not parts[-1]:
        parts.pop()
    if len(parts) % 2:
        raise WireError("The first packet names something without a value.")
    try:
        texts = [part.decode() for part in parts]
    except UnicodeDecodeError:
        raise WireError("The first packet is not in UTF-8.", sqlstate="22021") from None
    return dict(zip(texts[::2], texts[1::2], strict=True))


def read_options(options: str) -> dict[str, str]:
    """The settings of `options`, as in `-c name=value` or `--name=value`; a backslash keeps a blank. Raises WireError."""
    found, following = dict[str, str](), iter(_split_options(options))
    for word in following:
        said = next(following, "") if word == "-c" else word[2:]
        name, equals, value = said.partition("=")
        if not equals or not word.startswith(("-c", "--")):
            raise WireError("Options are of the form -c name=value.", sqlstate="22023")
        found[name.replace("-", "_").lower()] = value
    return found


def _split_options(options: str) -> list[str]:
    words, word, begun = list[str](), "", False
    letters = iter(options)
    for letter in letters:
        if letter == "\\":
            word, begun = word + next(letters, ""), True
        elif letter.isspace():
            words += [word] if begun else []
            word, begun = "", False
        else:
            word, begun = word + letter, True
    return [*words, word] if begun else words


class Incoming:
    """Bytes of a client as they come, and whole messages out of them."""

    def __init__(self, longest: int = LONGEST_MESSAGE) -> None:
        self._held, self.longest = bytearray(), longest

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The kind of each message that is whole now, and all of its bytes. Raises WireError before a long one is here."""
        self._held += data
        while len(self._held) >= HEADER:
            kind, length = struct.unpack_from("!BI", self._held)
            if kind not in _KINDS_OF_CLIENTS or length < 4:
                raise WireError("This is no message of PostgreSQL's protocol.")
            if length > self.longest:
                raise WireError(
                    f"A message may have {self.longest:,} bytes here, and this has {length:,}.",
                    sqlstate="54000",
                )
            if len(self._held) < length + 1:
                return
            message = bytes(self._held[: length + 1])
            del self._held[: length + 1]
            yield kind, message


def take_text(body: bytes, start: int = 0) -> tuple[str, int]:
    """A text that ends with a zero byte, and where what follows begins. Raises WireError."""
    end = body.find(b"\0", start)
    if end < 0:
        raise WireError("A text of a message has no end.")
    try:
        return body[start:end].decode(), end + 1
    except UnicodeDecodeError:
        raise WireError("A text of a message is not in UTF-8.", sqlstate="22021") from None


class BoundValues(Struct, frozen=True):
    """What Bind says: the portal, the statement, and the values of its parameters as text; None for null and for what is no text."""

    portal: str
    statement: str
    values: tuple[str | None, ...]


def read_bind(body: bytes) -> BoundValues:
    """A Bind without its header. Raises WireError."""
    portal, at = take_text(body)
    statement, at = take_text(body, at)
    try:
        _formats, at = _take_shorts(body, at)
        (count,) = struct.unpack_from("!H", body, at)
        at += 2
        values = list[str | None]()
        for _ in range(count):
            (length,) = struct.unpack_from("!i", body, at)
            at += 4
            raw = None if length < 0 else body[at : at + length]
            if raw is not None and len(raw) != length:
                raise WireError("A parameter has no end.")
            values.append(_read_value(raw))
            at += max(length, 0)
    except struct.error:
        raise WireError("The parameters have no end.") from None
    return BoundValues(portal, statement, tuple(values))


def _take_shorts(body: bytes, at: int) -> tuple[tuple[int, ...], int]:
    (count,) = struct.unpack_from("!H", body, at)
    return struct.unpack_from(f"!{count}h", body, at + 2), at + 2 + 2 * count


def _read_value(raw: bytes | None) -> str | None:
    """A name is the same in text and in binary; whatever is no text is no name, and narrows nothing."""
    try:
        return None if raw is None else raw.decode()
    except UnicodeDecodeError:
        return None


def make(kind: bytes, *parts: bytes) -> bytes:
    """A message of a kind."""
    body = b"".join(parts)
    return kind + struct.pack("!I", len(body) + 4) + body


def text(value: str) -> bytes:
    """A text in a message; it ends with the first zero byte."""
    return value.replace("\0", "").encode() + b"\0"


def make_error(refusal: SqlRefusal, *, severity: str = "ERROR") -> bytes:
    return make(b"E", _say(refusal, severity))


def make_notice(message: str, *, detail: str = "") -> bytes:
    return make(b"N", _say(SqlRefusal(message, "00000", detail), "NOTICE"))


def _say(said: SqlRefusal, severity: str) -> bytes:
    fields = {
        "S": severity,
        "V": severity,
        "C": said.sqlstate,
        "M": said.message,
        "D": said.detail,
        "H": said.hint,
    }
    return b"".join(name.encode() + text(value) for name, value in fields.items() if value) + b"\0"


def read_fields(body: bytes) -> dict[str, str]:
    """The fields of an error or a notice of the server's, without its header."""
    parts = body.rstrip(b"\0").split(b"\0")
    return {part[:1].decode(): part[1:].decode(errors="replace") for part in parts if part}


def make_startup(says: Mapping[str, str]) -> bytes:
    body = struct.pack("!I", PROTOCOL) + b"".join(text(k) + text(v) for k, v in says.items()) + b"\0"
    return struct.pack("!I", len(body) + 4) + body


def make_cancel(process: int, secret: bytes) -> bytes:
    body = struct.pack("!II", CANCEL_ASKED, process) + secret
    return struct.pack("!I", len(body) + 4) + body


def make_set(name: str, value: str) -> bytes:
    """Messages that set a setting for the session, between others of the extended protocol; answered by 1, 2, D, C, 3, 3."""
    own = text("charter set")
    value_bytes, name_bytes = value.encode(), name.encode()
    values = (
        struct.pack("!I", len(name_bytes)) + name_bytes + struct.pack("!I", len(value_bytes)) + value_bytes
    )
    return (
        make(
            b"P",
            own,
            text("SELECT pg_catalog.set_config($1, $2, false) IS NULL"),
            struct.pack("!HII", 2, 25, 25),
        )
        + make(b"B", own, own, struct.pack("!HH", 0, 2), values, struct.pack("!H", 0))
        + make(b"E", own, struct.pack("!I", 0))
        + make(b"C", b"P", own)
        + make(b"C", b"S", own)
    )


SYNC = make(b"S")
SET_REPLIES = "12C33"  # kinds that end each of those messages
