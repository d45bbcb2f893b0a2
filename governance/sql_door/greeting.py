"""How a session begins: TLS, the first packet, whose token it is, and what the values are for."""

import asyncio
import ssl
import struct
from collections.abc import Mapping
from uuid import UUID

from msgspec import Struct

from charter.rules.vocabulary import DecisionType, Period
from governance.people import passwords
from governance.sql_door import wire
from governance.sql_door.asking import Terms
from governance.sql_door.threads import Threads
from governance.sql_door.vocabulary import may_set
from governance.sql_door.wire import SqlRefusal, Startup, WireError
from ground.scram import BOUND, MECHANISM, ScramError, ScramServer

LONGEST_REASON = 500
BETWEEN_AFFIRMED = "|"
_HINT = (
    "Say what the values are for: options=-c charter.decision=retrospective, or name the decision as the database. "
    "Decisions are listed on the page Matrix."
)
_OWN = "charter."
_SAID = frozenset({"decision", "period", "reason", "affirms"})
_KEPT = frozenset({"user", "database", "options", "replication"})


class Greeting(Struct, frozen=True):
    """Who has come, what for, and what PostgreSQL is to be told at the beginning."""

    terms: Terms
    settings: Mapping[str, str]


class Client(Struct):
    """A client's streams, and what binds a sign-in to its TLS connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    channel: bytes = b""


class CancelAskedError(Exception):
    """The first packet asks to cancel a statement of another session, by that one's secret."""

    def __init__(self, process: int, secret: bytes) -> None:
        super().__init__("cancel")
        self.process, self.secret = process, secret


async def hear_startup(client: Client, tls: ssl.SSLContext | None, channel: bytes) -> Startup:
    """The first packet, behind TLS where the client asks for it. Raises WireError, CancelAskedError."""
    while True:
        length = wire.read_length(await client.reader.readexactly(4))
        startup = wire.read_startup(await client.reader.readexactly(length))
        if startup.cancel is not None:
            raise CancelAskedError(*startup.cancel)
        if startup.code == wire.SSL_ASKED and tls is not None and not client.channel:
            client.writer.write(b"S")
            await client.writer.drain()
            await client.writer.start_tls(tls)
            client.channel = channel
        elif startup.code in (wire.SSL_ASKED, wire.GSS_ASKED):
            client.writer.write(b"N")
        else:
            _check_covered(client, tls)
            return startup


def _check_covered(client: Client, tls: ssl.SSLContext | None) -> None:
    if tls is not None and not client.channel:
        raise WireError("Connect with TLS: sslmode=require.", sqlstate="28000")


async def find_token(client: Client, startup: Startup, threads: Threads) -> UUID:
    """The token that the client proves to know. Raises WireError, in the same words whatever is wrong."""
    name = startup.says.get("user", "")
    if not name:
        raise WireError("Say whose account it is: the user.", sqlstate="28000")
    challenge = await threads.ask(passwords.find_challenge, name, _find_address(client))
    offered = [BOUND, MECHANISM] if client.channel else [MECHANISM]
    _request(client, 10, b"".join(wire.text(each) for each in offered) + b"\0")
    try:
        mechanism, first = _read_initial(await _hear_answer(client))
        if mechanism not in offered:
            raise ScramError("Not offered.")
        exchange = ScramServer(first, salt=challenge.salt, mechanism=mechanism, channel=client.channel)
        _request(client, 11, exchange.challenge)
        place, proof = exchange.check(await _hear_answer(client), challenge.verifiers)
    except ScramError:
        raise WireError(
            "This account has no such token. The user is your account's name, the password a token that may ask.",
            sqlstate="28P01",
        ) from None
    _request(client, 12, proof)
    return challenge.tokens[place]


def _find_address(client: Client) -> str:
    peer = client.writer.get_extra_info("peername")
    return str(peer[0]).partition("%")[0] if isinstance(peer, tuple) else "::"  # a socket's is no address


def _request(client: Client, kind: int, said: bytes) -> None:
    client.writer.write(wire.make(b"R", struct.pack("!I", kind), said))


async def _hear_answer(client: Client) -> bytes:
    await client.writer.drain()
    header = await client.reader.readexactly(wire.HEADER)
    length = int.from_bytes(header[1:]) - 4
    if header[:1] != b"p" or not 0 <= length <= wire.LONGEST_UNKNOWN:
        raise WireError("A password was expected.", sqlstate="28000")
    return await client.reader.readexactly(length)


def _read_initial(body: bytes) -> tuple[str, bytes]:
    mechanism, at = wire.take_text(body)
    if len(body) < at + 4 or int.from_bytes(body[at : at + 4]) != len(body) - at - 4:
        raise ScramError("No first message.")
    return mechanism, body[at + 4 :]


def read_greeting(startup: Startup, token: UUID) -> Greeting:
    """What a client says at the beginning, by its parameters, its options and the name of its database. Raises WireError."""
    if startup.says.get("replication", "false").lower() not in ("false", "off", "no", "0"):
        raise WireError("Nothing is replicated from here.", sqlstate="0A000")
    said = {name: value for name, value in startup.says.items() if name not in _KEPT}
    said |= wire.read_options(startup.says.get("options", ""))
    own = {name[len(_OWN) :]: said.pop(name) for name in list(said) if name.startswith(_OWN)}
    unknown = sorted(set(own) - _SAID) or sorted(
        name
        for name, value in said.items()
        if not may_set(name.lower(), value) and not name.startswith("_pq_.")
    )
    if unknown:
        raise WireError(f"{unknown[0][:60]} is not set here.", sqlstate="22023")
    settings = {name: value for name, value in said.items() if not name.startswith("_pq_.")}
    return Greeting(_read_terms(own, startup.says, token), settings)


def _read_terms(own: Mapping[str, str], says: Mapping[str, str], token: UUID) -> Terms:
    decision = own.get("decision") or says.get("database") or says.get("user", "")
    try:
        return Terms(
            token,
            DecisionType(decision.replace("-", "_")),
            Period(own.get("period", Period.MONTH.value)),
            own.get("reason", "")[:LONGEST_REASON] or None,
            _read_affirmed(own.get("affirms", "")),
        )
    except ValueError:
        raise NoDecisionError(_HINT) from None


def _read_affirmed(said: str) -> tuple[str, ...]:
    """Sentences of charters, one after the other; a charter holds no bar."""
    return tuple(dict.fromkeys(each.strip() for each in said.split(BETWEEN_AFFIRMED) if each.strip()))


class NoDecisionError(WireError):
    """A session that does not say which decision its values are for."""

    def __init__(self, hint: str) -> None:
        super().__init__("There are no values without a decision that they are for.", sqlstate="3D000")
        self.hint = hint


def make_farewell(error: WireError) -> bytes:
    """The error that ends a connection."""
    hint = getattr(error, "hint", "")
    return wire.make_error(SqlRefusal(error.detail, error.sqlstate, hint=hint), severity="FATAL")
