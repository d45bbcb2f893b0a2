"""The sequencer as a process: looks for entries that wait, several times a second, until it is asked to end.

It looks rather than being woken: a NOTIFY in each transaction would make all commits wait for one another (PostgreSQL takes
one lock over all databases from the notice to the end of the commit), and a look at an empty queue costs a tenth of a
millisecond.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

from audits.ledger import publishing, witnesses
from audits.ledger.sequencer import SequencerRuns, sequence, the_only_one
from audits.ledger.witnesses import NotWitnessed

# Between two looks at an empty queue, and before another try where the database was away or another sequencer at work.
LOOK_SECONDS, AWAY_SECONDS = 0.25, 1.0
# Witnesses are asked once a second at most; where too few cosign, more rarely each time, as asking takes seconds in which
# entries wait.
ASK_SECONDS, ASK_AGAIN_SECONDS = 1.0, 60.0

log = logging.getLogger(__name__)


def run(*, once: bool, say: Callable[[str], object]) -> None:
    """Sequence until SIGTERM or SIGINT, or with `once` until nothing waits.

    Where another sequencer runs, this one stands by for its turn; with `once` it raises Conflict. A database that goes away is
    waited for. Raises LogBroken where the log is not what was signed, and with `once` NotWitnessed.
    """
    with ending() as ends:
        while not ends.is_set():
            try:
                with the_only_one():
                    say("The sequencer of the log runs.")
                    _until(ends, once)
                    return
            except SequencerRuns:
                if once:
                    raise
                log.info("Another sequencer is at work; this one stands by.")
            except DatabaseError as error:
                connection.close()
                if once:
                    raise
                log.warning("The database is away (%s); the sequencer waits for it.", type(error).__name__)
            ends.wait(AWAY_SECONDS)


def _until(ends: threading.Event, once: bool) -> None:
    turn = _Turn()
    while not ends.is_set():
        signs = turn.has_come()
        try:
            done = sequence(signs=signs)
        except NotWitnessed as error:
            turn.put_off()
            log.warning("%s Publishing waits; entries have their places all the same.", error.detail)
            if once:
                raise
            continue
        if signs:
            turn.took_place()
        if done.placed:
            log.info("%d entries have their places; %d are published.", done.placed, done.size)
        _publish_tiles()
        if once and not done.placed:
            return
        ends.wait(LOOK_SECONDS)


class _Turn:
    """When the witnesses are to be asked next; where there are none, nothing holds signing up."""

    def __init__(self) -> None:
        self._next, self._pause, self._asks = 0.0, ASK_SECONDS, witnesses.find_policy().asks

    def has_come(self) -> bool:
        return not self._asks or time.monotonic() >= self._next

    def took_place(self) -> None:
        self._next, self._pause = time.monotonic() + ASK_SECONDS, ASK_SECONDS

    def put_off(self) -> None:
        self._pause = min(2 * self._pause, ASK_AGAIN_SECONDS)
        self._next = time.monotonic() + self._pause


def _publish_tiles() -> None:
    """Files are a copy of what the database serves: where they cannot be written, the log goes on."""
    try:
        publishing.publish_tiles()
    except DatabaseError:
        raise
    except Exception as error:  # whatever a storage raises
        log.warning("The tiles were not written to their storage (%s).", type(error).__name__)


@contextmanager
def ending() -> Iterator[threading.Event]:
    """What a signal to end sets, so that a process ends between two passes and never inside one."""
    ends = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: ends.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield ends
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
