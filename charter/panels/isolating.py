"""Panels looked at in a process of their own, which is ended where one takes too long or too much memory."""

import logging
import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection

from charter.panels.examining import Examined, examine, fail
from charter.panels.panel import SqlPanel
from charter.panels.reaching import ReachKind
from charter.panels.tables import PanelTable, Tables

MOST_MEMORY = 2 << 30  # bytes of the process's addresses
STARTING = 60.0  # seconds for it to be there


class Examiner:
    """Looks at panels one after the other, each for at most `seconds`. A context manager: its process ends with it."""

    def __init__(self, tables: Tables, seconds: float) -> None:
        self._tables, self._seconds = tables, seconds
        self._context = multiprocessing.get_context("spawn")
        self._process: multiprocessing.process.BaseProcess | None = None
        self._ours: Connection | None = None

    def __enter__(self) -> "Examiner":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def examine_all(self, panels: Sequence[SqlPanel]) -> Iterator[tuple[SqlPanel, Examined]]:
        """Each panel with what it reaches, in order."""
        for panel in panels:
            yield panel, self.examine(panel)

    def examine(self, panel: SqlPanel) -> Examined:
        """What a panel reaches; what took too long, or ended the process, counts as reaching everything."""
        connection = self._start()
        try:
            connection.send(panel)
            if not connection.poll(self._seconds):
                self._end()
                return fail(ReachKind.TOO_SLOW, f"more than {self._seconds:g} s")
            found: Examined = connection.recv()
            return found
        except (EOFError, OSError):
            self._end()
            return fail(ReachKind.UNREADABLE, "it took more memory than it may")

    def learn(self, table: PanelTable) -> None:
        """Look at what comes with one more table known."""
        self._tables = self._tables.add(table)
        if self._ours is not None:
            self._ours.send(table)

    def _start(self) -> Connection:
        if self._ours is not None:
            return self._ours
        ours, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(theirs, self._tables), daemon=True)
        self._process.start()
        theirs.close()
        if not ours.poll(STARTING) or ours.recv() != "ready":
            raise RuntimeError("the process that looks at panels does not start")
        self._ours = ours
        return ours

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._ours is not None:
            self._ours.close()
        self._process = self._ours = None


def _serve(connection: Connection, tables: Tables) -> None:
    """Look at what is sent until nobody is there any more."""
    _limit_memory()
    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # what it cannot read is told as reached
    connection.send("ready")
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            sent = connection.recv()
            if isinstance(sent, PanelTable):
                tables = tables.add(sent)
            else:
                connection.send(examine(sent, tables))


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
