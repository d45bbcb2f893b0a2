"""One client's session: each statement is read, decided by the line, and relayed as it came; or refused, in its place.

A refusal is made by PostgreSQL itself: in the place of the statement a text goes out that is none, and its error is replaced with ours. So
transactions fail, and pipelines skip, exactly as they do without the door.
"""

import asyncio
import hashlib
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, cast

from msgspec import Struct

from governance.sql_door import wire
from governance.sql_door.asking import Released, Terms, check_account, foresee, release
from governance.sql_door.hearing import Hearing
from governance.sql_door.queries import Query
from governance.sql_door.reading import Form, SqlStatement, read_statements
from governance.sql_door.refusals import NotAllowed
from governance.sql_door.relaying import Relay
from governance.sql_door.replies import FAILED, Replies, ReplyStep, make_step
from governance.sql_door.threads import Threads
from governance.sql_door.upstream import Upstream
from governance.sql_door.wire import SqlRefusal, WireError
from ground.errors import DomainError

T = TypeVar("T")

SHORT_TEXT = 2_000  # letters, which are read in milliseconds
MOST_PREPARED = 1_000  # statements of one session
_NO_STATEMENT = "refused by the SQL door"
_SETTING = "governed."


class ReleasedUse(Struct, frozen=True):
    """What one execution may see, by view; and what its client is told."""

    rows: Mapping[str, str] = {}
    notices: bytes = b""
    is_query: bool = True  # what is none reads nothing, so what is set may stay


_NOTHING = ReleasedUse(is_query=False)


class SqlSession:
    """A client that has signed in, and its connection to PostgreSQL."""

    def __init__(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        upstream: Upstream,
        terms: Terms,
        threads: Threads,
    ) -> None:
        self._reader, self._writer = client
        self._upstream, self._terms, self._threads = upstream, terms, threads
        self._replies = Replies(self._forget, self._rest)
        self._prepared: dict[str, SqlStatement] = {}
        self._portals: dict[str, ReleasedUse] = {}
        self._held: dict[str, str] = {}  # by view, the hash of what PostgreSQL is known to hold
        self._perhaps: set[str] = set()  # views that it may hold something of
        self._ever: set[str] = set()  # those that it has held something of, which a rollback may bring back
        self._waiting = bytearray()  # for PostgreSQL, until the client has said all that it says now
        self._refusing = False  # until the next Sync

    async def run(self) -> None:
        """Relay until one of both sides ends. Raises WireError for what is no message."""
        server = cast(asyncio.Transport, self._upstream.writer.transport)  # which both reads and writes
        hearing = Hearing(self._writer, self._take, self._flush)
        relay = Relay(self._replies, self._writer, server, hearing.hold)
        relay.begin(self._upstream.reader)
        hearing.begin(self._reader)
        try:
            done, _ = await asyncio.wait([hearing.over, relay.over], return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
        except (WireError, DomainError) as error:
            if self._replies.is_amid_row:
                raise ConnectionAbortedError(
                    "What is said now would be read as the rest of a row."
                ) from error
            raise
        finally:
            relay.close()
            await hearing.close()

    def _forget(self) -> None:
        """What was set in what has failed may have been undone, and what was cleared in it be back."""
        self._held.clear()
        self._perhaps = set(self._ever)

    def _rest(self) -> None:
        """No transaction is open and nothing is under way, so no portal and no cursor is left."""
        self._portals.clear()

    # From the client to PostgreSQL

    async def _take(self, kind: bytes, message: bytes) -> None:
        if kind == b"S":
            self._refusing = self._replies.skipping = False
            self._send(message, make_step(b"S"))
        elif self._refusing or self._replies.skipping:
            return  # as PostgreSQL does until the next Sync
        elif kind == b"Q":
            await self._take_query(message)
        elif kind in b"PBE":
            await self._take_extended(kind, message)
        elif kind in b"DC":
            self._close(kind, message)
            self._send(message, make_step(kind))
        elif kind == b"H":
            self._send(message)
        elif kind == b"F":
            self._refuse_query(SqlRefusal("Functions are not called by their number here.", "42501"))
        elif kind not in b"dcf":  # data of a COPY that nobody began is ignored, as PostgreSQL does
            raise WireError("This message has no place here.")

    def _send(self, message: bytes, *steps: ReplyStep) -> None:
        self._replies.steps.extend(steps)
        self._waiting += message

    def _flush(self) -> None:
        """Send what stands together at once."""
        if self._waiting:
            self._upstream.writer.write(bytes(self._waiting))
            self._waiting.clear()

    async def _ask(self, function: Callable[..., T], *given: object) -> T:
        """Ask in a thread; PostgreSQL works meanwhile on what stands before."""
        self._flush()
        return await self._threads.ask(function, *given)

    # The simple protocol

    async def _take_query(self, message: bytes) -> None:
        try:
            text, _ = wire.take_text(message, wire.HEADER)
            use = await self._use_all(await self._read(text))
        except NotAllowed as refused:
            self._refuse_query(refused.refusal)
            return
        own, steps = self._set(use)
        if own:
            self._send(own + wire.SYNC, *steps, ReplyStep(b"Z", own=True))
        self._send(message, make_step(b"Q", notices=use.notices))

    def _refuse_query(self, refusal: SqlRefusal) -> None:
        self._send(wire.make(b"Q", wire.text(_NO_STATEMENT)), make_step(b"Q", refusal=refusal))

    async def _use_all(self, statements: Sequence[SqlStatement]) -> ReleasedUse:
        uses = [await self._use(each, ()) for each in statements]
        reading = [each.rows for each in uses if each.rows]
        if any(
            rows is not reading[0] for rows in reading
        ):  # a cursor's rows are the same to DECLARE and FETCH
            raise NotAllowed(SqlRefusal("Send statements that read governed views one by one.", "42501"))
        return next(
            (each for each in uses if each.rows), next((each for each in uses if each.is_query), _NOTHING)
        )

    # The extended protocol

    async def _take_extended(self, kind: bytes, message: bytes) -> None:
        try:
            body = message[wire.HEADER :]
            take = {b"P": self._parse, b"B": self._bind, b"E": self._execute}[kind]
            await take(message, body)
        except NotAllowed as refused:
            self._refusing = True
            bad = wire.make(b"P", wire.text(""), wire.text(_NO_STATEMENT), struct.pack("!H", 0))
            self._send(bad, make_step(b"P", refusal=refused.refusal))

    async def _parse(self, message: bytes, body: bytes) -> None:
        name, at = wire.take_text(body)
        text, _ = wire.take_text(body, at)
        statements = await self._read(text)
        if (
            len(statements) <= 1
        ):  # PostgreSQL refuses more; and where a name is taken, what it keeps finds nothing released
            self._prepared[name] = statements[0] if statements else SqlStatement(Form.PLAIN)
        for each in statements:
            await self._foresee(each)
        self._send(message, make_step(b"P"))

    async def _read(self, text: str) -> tuple[SqlStatement, ...]:
        """A long text is read in a thread, so that nobody else waits for it."""
        if len(text) <= SHORT_TEXT:
            return read_statements(text)
        return await self._ask(read_statements, text)

    async def _foresee(self, statement: SqlStatement) -> None:
        if statement.query.views:
            await self._ask(foresee, statement.query, self._terms)

    async def _bind(self, message: bytes, body: bytes) -> None:
        bound = wire.read_bind(body)
        statement = self._prepared.get(bound.statement)
        if statement is None:
            raise NotAllowed(SqlRefusal(f'There is no prepared statement "{bound.statement}".', "26000"))
        use = await self._use(statement, bound.values)
        self._portals[bound.portal] = use
        self._send(message, make_step(b"B", notices=use.notices))

    async def _execute(self, message: bytes, body: bytes) -> None:
        name, _ = wire.take_text(body)
        use = self._portals.get(name)
        if use is None:
            raise NotAllowed(SqlRefusal(f'There is no portal "{name}".', "34000"))
        own, steps = self._set(use)
        self._send(own + message, *steps, make_step(b"E"))

    def _close(self, kind: bytes, message: bytes) -> None:
        what, (name, _) = message[5:6], wire.take_text(message, 6)
        if kind == b"C":
            (self._prepared if what == b"S" else self._portals).pop(name, None)

    # What a statement may see

    async def _use(self, statement: SqlStatement, values: Sequence[str | None]) -> ReleasedUse:
        """Decide one execution, or recall what was decided when its cursor was declared."""
        if statement.form is Form.PREPARE:
            await self._foresee(statement)
            self._prepared[statement.name] = SqlStatement(Form.QUERY, statement.query)
        elif statement.form is Form.EXECUTE:
            known = self._prepared.get(statement.name)
            if known is None:
                raise NotAllowed(SqlRefusal(f'There is no prepared statement "{statement.name}".', "26000"))
            return await self._decide(known.query, ())
        elif statement.form is Form.FETCH:
            return self._recall(statement.name)
        elif statement.form is Form.CLOSE:
            self._drop(self._portals, statement.name)
        elif statement.form is Form.DEALLOCATE:
            self._drop(self._prepared, statement.name)
        elif statement.form in (Form.QUERY, Form.DECLARE):
            use = await self._decide(statement.query, values)
            if statement.form is Form.DECLARE:
                self._portals[statement.name] = use
            return use
        return _NOTHING

    def _recall(self, cursor: str) -> ReleasedUse:
        use = self._portals.get(cursor)
        if use is None:
            raise NotAllowed(SqlRefusal(f'There is no cursor "{cursor}".', "34000"))
        return ReleasedUse(use.rows)

    def _drop(self, known: dict[str, T], name: str) -> None:
        if name:
            known.pop(name, None)
        else:
            known.clear()

    async def _decide(self, query: Query, values: Sequence[str | None]) -> ReleasedUse:
        if self._replies.is_idle and self._replies.status == FAILED:
            return ReleasedUse()  # PostgreSQL does nothing more in a transaction that has failed
        if not query.views:
            if query.reads_catalogs:
                await self._ask(check_account, self._terms)
            return ReleasedUse()
        released: Released = await self._ask(release, query, values, self._terms)
        return ReleasedUse(released.rows, released.notices)

    # What PostgreSQL is to hold of it

    def _set(self, use: ReleasedUse) -> tuple[bytes, list[ReplyStep]]:
        """Messages that let PostgreSQL hold exactly what was released for this execution, and their steps."""
        if not use.is_query:
            return b"", []
        wanted = {view: hashlib.sha256(rows.encode()).hexdigest() for view, rows in use.rows.items()}
        known = self._held if self._replies.is_idle else {}
        messages, steps = b"", list[ReplyStep]()
        for view in (*wanted, *sorted(self._perhaps - wanted.keys())):
            if view not in wanted or known.get(view) != wanted[view]:
                messages += wire.make_set(_SETTING + view, use.rows.get(view, ""))
                steps += self._make_set_steps(view, wanted.get(view))
        self._ever |= wanted.keys()
        self._perhaps = set(wanted) if self._replies.is_idle else self._perhaps | wanted.keys()
        return messages, steps

    def _make_set_steps(self, view: str, hashed: str | None) -> list[ReplyStep]:
        def done() -> None:
            if hashed is not None:
                self._held[view] = hashed
            else:
                self._held.pop(view, None)

        *steps, last = [ReplyStep(kind.encode(), own=True) for kind in wire.SET_REPLIES]
        last.done = done
        return [*steps, last]
