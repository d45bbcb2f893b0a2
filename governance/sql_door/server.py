"""The door's server: who comes, how many at once, and which sessions there are to cancel."""

import asyncio
import contextlib
import errno
import logging
import os
import secrets
import socket
import ssl
import struct

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from msgspec import Struct, field

from governance.sql_door import upstream, wire
from governance.sql_door.greeting import (
    CancelAskedError,
    Client,
    find_token,
    hear_startup,
    make_farewell,
    read_greeting,
)
from governance.sql_door.session import SqlSession
from governance.sql_door.threads import Threads
from governance.sql_door.upstream import Address, Upstream
from governance.sql_door.wire import WireError
from ground.errors import DomainError
from ground.scram import ScramError

GREETING_SECONDS = 15.0
MOST_SESSIONS = 80  # of a hundred connections that PostgreSQL has as it comes
MOST_STRANGERS = 20  # who are let in at a time; others wait for as long as a greeting may take
_LOG = logging.getLogger(__name__)


class Certificate(Struct, frozen=True):
    """A TLS context, and what binds a sign-in to its certificate (RFC 5929, tls-server-end-point)."""

    context: ssl.SSLContext
    channel: bytes

    @classmethod
    def read(cls, certificate: str, key: str) -> "Certificate":
        """Of two PEM files."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate, key)
        with open(certificate, "rb") as file:
            found = x509.load_pem_x509_certificate(file.read())
        used = found.signature_hash_algorithm
        weak = used is None or isinstance(used, hashes.MD5 | hashes.SHA1)
        return cls(context, found.fingerprint(hashes.SHA256() if weak or used is None else used))


class SqlDoor(Struct):
    """A door that is open, or is to be."""

    address: Address
    certificate: Certificate | None = None
    threads: Threads = field(default_factory=Threads)
    sessions: dict[int, tuple[bytes, Upstream]] = field(default_factory=dict)
    greeting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_STRANGERS))

    async def open(self, host: str, port: int) -> asyncio.Server:
        """Listen; the sessions go on in tasks of their own. A host that begins with a slash is a folder, for a socket as PostgreSQL names it."""
        if host.startswith("/"):
            path = f"{host}/.s.PGSQL.{port}"
            if _is_listened_to(path):  # asyncio takes it from whoever has it
                raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
            return await asyncio.start_unix_server(self._welcome, path, limit=wire.LONGEST_STARTUP * 8)
        return await asyncio.start_server(self._welcome, host, port, limit=wire.LONGEST_STARTUP * 8)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Client(reader, writer)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        try:
            await self._serve(client)
        except WireError as error:
            writer.write(make_farewell(error))
        except DomainError as error:
            writer.write(
                make_farewell(WireError(error.detail, sqlstate="53400" if error.status == 429 else "57P03"))
            )
        except (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # it has hung up, or does not read
        except asyncio.CancelledError:
            pass  # the door is closed; nobody waits for this task
        except CancelAskedError as asked:
            await self._cancel(asked)
        except Exception:
            _LOG.exception("A session of the SQL door ended by a fault")
            writer.write(make_farewell(WireError("Something went wrong here.", sqlstate="XX000")))
        finally:
            await _hang_up(writer)

    async def _serve(self, client: Client) -> None:
        async with asyncio.timeout(GREETING_SECONDS), self.greeting:
            if len(self.sessions) >= MOST_SESSIONS:
                raise WireError("Too many are connected. Try again in a moment.", sqlstate="53300")
            session, process, server = await self._greet(client)
        try:
            await session.run()
        finally:
            self.sessions.pop(process, None)
            server.writer.transport.abort()

    async def _greet(self, client: Client) -> tuple[SqlSession, int, Upstream]:
        tls, channel = (
            (self.certificate.context, self.certificate.channel) if self.certificate else (None, b"")
        )
        startup = await hear_startup(client, tls, channel)
        token = await find_token(client, startup, self.threads)
        greeting = read_greeting(startup, token)
        try:
            server = await upstream.connect(self.address, {**_own_settings(), **greeting.settings})
        except (OSError, ScramError, TimeoutError, asyncio.IncompleteReadError):
            raise WireError("The database does not answer.", sqlstate="57P03") from None
        process, secret = secrets.randbits(31), secrets.token_bytes(4)
        self.sessions[process] = (secret, server)
        ok = wire.make(b"R", struct.pack("!I", 0))
        key = wire.make(b"K", struct.pack("!I", process), secret)
        client.writer.write(ok + server.parameters + key + wire.make(b"Z", b"I"))
        streams = (client.reader, client.writer)
        return SqlSession(streams, server, greeting.terms, self.threads), process, server

    async def _cancel(self, asked: CancelAskedError) -> None:
        """Cancel the statement of the session that has this very secret; nothing is said of any other."""
        secret, server = self.sessions.get(asked.process, (b"", None))
        if server is not None and secrets.compare_digest(secret, asked.secret):
            with contextlib.suppress(OSError, TimeoutError, WireError, asyncio.IncompleteReadError):
                await upstream.cancel(self.address, server)


_OWN_SETTINGS = {
    "search_path": "governed",
    "standard_conforming_strings": "on",
    "default_transaction_read_only": "on",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "5min",
}


def _own_settings() -> dict[str, str]:
    """How every session begins, whatever the role's own settings are; a client sets none of these otherwise."""
    said = {**_OWN_SETTINGS, "charter.base_url": settings.BASE_URL}
    options = " ".join(f"-c {name}={value}" for name, value in said.items())
    return {"options": options, "client_encoding": "UTF8"}


def _is_listened_to(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as asked, contextlib.suppress(OSError):
        asked.connect(path)
        return True
    return False


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    # Cancelled here as well where the door is closed: nothing follows but the end of this task.
    with contextlib.suppress(OSError, TimeoutError, ssl.SSLError, asyncio.CancelledError):
        async with asyncio.timeout(5):
            writer.close()
            await writer.wait_closed()
    writer.transport.abort()
