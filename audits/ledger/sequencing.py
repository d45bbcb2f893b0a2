"""The sequencer as a process: looks for entries that wait, several times a second, until it is asked to end.

It looks rather than being woken: a NOTIFY in each transaction would make all commits wait for one another (PostgreSQL takes
one lock over all databases from the notice to the end of the commit), and a look at an empty queue costs a tenth of a
millisecond.
"""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

from audits.ledger.sequencer import SequencerRuns, sequence, the_only_one

# Between two looks at an empty queue, and before another try where the database was away or another sequencer at work.
LOOK_SECONDS, AWAY_SECONDS = 0.25, 1.0

log = logging.getLogger(__name__)


def run(*, once: bool, say: Callable[[str], object]) -> None:
    """Sequence until SIGTERM or SIGINT, or with `once` until nothing waits.

    Where another sequencer runs, this one stands by for its turn; with `once` it raises Conflict. A database that goes away is
    waited for. Raises LogBroken where the log is not what was signed.
    """
    ends = threading.Event()
    with _ending(ends):
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
    while not ends.is_set():
        done = sequence()
        if done.placed:
            log.info("%d entries have their places; the log has %d.", done.placed, done.size)
        elif once:
            return
        ends.wait(LOOK_SECONDS)


@contextmanager
def _ending(ends: threading.Event) -> Iterator[None]:
    """Let a signal end it between two passes, never inside one."""
    before = {
        number: signal.signal(number, lambda *_: ends.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
