"""The door's own connections to PostgreSQL, as the role that reads governed views and nothing else."""

import asyncio
import ssl
import struct
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from msgspec import Struct

from governance.sql_door import wire
from governance.sql_door.wire import WireError
from ground.scram import MECHANISM, ScramClient, ScramError

CONNECT_SECONDS = 10.0
_OK, _SASL, _SASL_CONTINUE, _SASL_FINAL = 0, 10, 11, 12


class Address(Struct, frozen=True):
    """Where PostgreSQL is, and as whom it is asked there."""

    host: str
    port: int
    database: str
    user: str
    password: str
    sslmode: str = "prefer"

    @classmethod
    def read(cls, url: str) -> "Address":
        """Of a libpq URL; the folder of a socket may stand in `?host=`."""
        parts = urlsplit(url)
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        return cls(
            host=query.get("host") or parts.hostname or "localhost",
            port=int(query.get("port") or parts.port or 5432),
            database=parts.path.lstrip("/"),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            sslmode=query.get("sslmode", "prefer"),
        )


class Upstream(Struct):
    """One connection that is ready: its streams, what the server said of itself, and what cancels its statements."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    parameters: bytes
    process: int = 0
    secret: bytes = b""


async def connect(address: Address, says: Mapping[str, str]) -> Upstream:
    """Connect and sign in. Raises WireError, ScramError, OSError, TimeoutError."""
    async with asyncio.timeout(CONNECT_SECONDS):
        reader, writer = await _open(address)
        try:
            writer.write(wire.make_startup({"user": address.user, "database": address.database, **says}))
            return await _sign_in(reader, writer, address)
        except BaseException:
            writer.close()
            raise


async def cancel(address: Address, upstream: Upstream) -> None:
    """Ask PostgreSQL to cancel what a connection of ours is doing."""
    async with asyncio.timeout(CONNECT_SECONDS):
        reader, writer = await _open(address)
        writer.write(wire.make_cancel(upstream.process, upstream.secret))
        await writer.drain()
        await reader.read(1)  # it hangs up
        writer.close()


async def _open(address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if address.host.startswith("/"):
        return await asyncio.open_unix_connection(f"{address.host}/.s.PGSQL.{address.port}")
    reader, writer = await asyncio.open_connection(address.host, address.port)
    if address.sslmode != "disable":
        await _encrypt(reader, writer, address)
    return reader, writer


async def _encrypt(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: Address) -> None:
    writer.write(struct.pack("!II", 8, wire.SSL_ASKED))
    if await reader.readexactly(1) == b"S":
        context = ssl.create_default_context()
        if address.sslmode not in ("verify-ca", "verify-full"):
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.check_hostname = address.sslmode == "verify-full"
        await writer.start_tls(context, server_hostname=address.host)
    elif address.sslmode != "prefer":
        raise WireError("PostgreSQL offers no TLS.")


async def _sign_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: Address) -> Upstream:
    found, asking = Upstream(reader, writer, b""), ScramClient(address.password)
    while True:
        kind, body = await _read_message(reader)
        if kind == b"R":
            _answer(writer, asking, body)
        elif kind == b"S":
            found.parameters += wire.make(kind, body)
        elif kind == b"K":
            found.process, found.secret = struct.unpack_from("!I", body)[0], body[4:]
        elif kind == b"E":
            fields = wire.read_fields(body)
            raise WireError(fields.get("M", "PostgreSQL refuses."), sqlstate=fields.get("C", "08006"))
        elif kind == b"Z":
            return found


def _answer(writer: asyncio.StreamWriter, asking: ScramClient, body: bytes) -> None:
    (asked,), said = struct.unpack_from("!I", body), body[4:]
    if asked == _SASL:
        if MECHANISM.encode() not in said.split(b"\0"):
            raise ScramError("PostgreSQL offers no SCRAM-SHA-256.")
        first = asking.first
        writer.write(wire.make(b"p", wire.text(MECHANISM), struct.pack("!I", len(first)), first))
    elif asked == _SASL_CONTINUE:
        writer.write(wire.make(b"p", asking.answer(said)))
    elif asked == _SASL_FINAL:
        asking.check(said)
    elif asked != _OK:
        raise ScramError("PostgreSQL asks for a password otherwise than by SCRAM-SHA-256.")


async def _read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    header = await reader.readexactly(wire.HEADER)
    length = int.from_bytes(header[1:]) - 4
    if not 0 <= length <= wire.LONGEST_MESSAGE:
        raise WireError("PostgreSQL sent no message.")
    return header[:1], await reader.readexactly(length)
