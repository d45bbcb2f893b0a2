"""What PostgreSQL answers, as it comes: which of it is the client's, which is the door's own, and what has ended. Pure.

Each message of a client that PostgreSQL answers is a step; steps end in order, each with kinds of messages that the protocol names.
The door's own steps, which set what the line has released, stand among them and are swallowed.
"""

import struct
from collections import deque
from collections.abc import Callable

from msgspec import Struct

from governance.sql_door import wire
from governance.sql_door.wire import SqlRefusal, WireError

_ROW, _ERROR, _READY, _COMPLETE = b"DEZC"
_ANYTIME = frozenset(b"NSA")  # notices, parameters and notifications belong to no step
IDLE, FAILED = b"I", b"E"
_UNDOING = (b"ROLLBACK", b"RESET", b"DISCARD")  # commands after which what was set may be set no more
_ENDS = {b"P": b"1", b"B": b"2", b"C": b"3", b"D": b"Tn", b"E": b"CsI", b"Q": b"Z", b"S": b"Z"}


_read_header = struct.Struct("!BI").unpack_from
_read_length = struct.Struct("!xI").unpack_from


LONGEST_ROW = 1_048_576  # bytes that are put together; of a longer row all that has come goes on its way
LONGEST_HELD = (
    16_777_216  # of anything else: the text of an error may be as long as whoever provokes it likes
)


def _pass_rows(data: bytes, at: int) -> int:
    """Where the rows that are whole and begin at a place end. There are thousands, so each costs as little as it can."""
    after = at
    try:
        while data[after] == _ROW:
            at = after
            after += _read_length(data, after)[0] + 1
    except (IndexError, struct.error):
        pass  # the last header is cut short, or there is nothing more
    return after if after <= len(data) else at


class ReplyStep(Struct):
    """A message sent to PostgreSQL: what ends its answer, whose it is, and what is told with it."""

    ends: bytes
    own: bool = False
    simple: bool = False  # a Query: an error does not skip what follows it
    notices: bytes = b""
    refusal: SqlRefusal | None = None  # what the error that it provokes is replaced with
    done: Callable[[], None] | None = None


def make_step(kind: bytes, **said: object) -> ReplyStep:
    """The step of a client's message."""
    return ReplyStep(_ENDS[kind], simple=kind == b"Q", **said)  # type: ignore[arg-type]


class Replies:
    """The steps under way, and bytes of PostgreSQL's turned into those for the client."""

    def __init__(self, forget: Callable[[], None], rest: Callable[[], None] = lambda: None) -> None:
        self.steps: deque[ReplyStep] = deque()
        self.status = IDLE
        self.is_in_rows = False  # whether what came last was a row, so that more is on its way
        self.skipping = False  # an error of the extended protocol: PostgreSQL ignores all until the next Sync
        self._forget, self._rest, self._held = forget, rest, b""
        self._left = 0  # bytes of a long row that are still to come

    @property
    def is_amid_row(self) -> bool:
        """Whether the client has a part of a row, so that anything else would be read as the rest of it."""
        return self._left > 0

    @property
    def is_idle(self) -> bool:
        return not self.steps

    def feed(self, data: bytes) -> bytes:
        """What of it goes to the client. Raises WireError where it does not follow."""
        data = self._held + data if self._held else data
        out, size, kind, begins = list[bytes](), len(data), _ROW if self._left else 0, 0
        at = min(self._left, size)  # what is before goes out as it is, from where it `begins`
        self._left -= at
        while size - at >= wire.HEADER:
            kind, length = _read_header(data, at)
            end = at + 1 + length
            plain = kind == _ROW and self.steps and not self.steps[0].own and not self.steps[0].notices
            if end > size:
                if plain and length > LONGEST_ROW:
                    at, self._left = size, end - size
                elif length > LONGEST_HELD:
                    raise WireError("An answer is too long to be told here.", sqlstate="54000")
                break
            if plain:
                at = _pass_rows(data, at)
                continue
            instead = self._take(kind, data[at:end])
            if instead is not None:
                out += [data[begins:at], instead]
                begins = end
            at = end
        if not out and at == size:  # all of it, as it came
            self.is_in_rows, self._held = kind == _ROW, b""
            return data
        self.is_in_rows = at > 0 and kind == _ROW
        out.append(data[begins:at])
        self._held = data[at:]
        return b"".join(out)

    def _take(self, kind: int, message: bytes) -> bytes | None:
        """What goes to the client instead of a message; None where it goes as it is."""
        if kind in _ANYTIME:
            return None
        if not self.steps:
            return None if kind == _ERROR else b""  # the last words of a server that ends
        step = self.steps[0]
        told, step.notices = step.notices, b""
        out = self._end(step, kind, message)
        if out is None:
            return told + message if told else None
        return told + out

    def _end(self, step: ReplyStep, kind: int, message: bytes) -> bytes | None:
        if kind == _ERROR:
            return self._fail(step)
        if kind == _READY:
            self.status = message[5:6]
        if kind == _COMPLETE and message[5:].startswith(_UNDOING):
            self._forget()
        if kind in step.ends:
            self.steps.popleft()
            if step.done is not None:
                step.done()
            if not self.steps and self.status == IDLE:
                self._rest()
        return b"" if step.own else None

    def _fail(self, step: ReplyStep) -> bytes | None:
        """An error: PostgreSQL skips to the next Sync, and what was set may have been undone."""
        self._forget()
        if not step.simple:
            while self.steps and self.steps[0].ends != b"Z":
                self.steps.popleft()
            self.skipping = not self.steps
        return wire.make_error(step.refusal) if step.refusal is not None else None
