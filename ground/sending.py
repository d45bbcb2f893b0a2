"""Statements that a connection has prepared already, sent as what they are: a name and its values.

psycopg's cursor asks anew at each execution how a statement is written, what its values are and whether it is prepared, and sends each by
itself; that was a third of what a check cost. Here values are still written by psycopg, statements that go together leave in one
piece, and psycopg's own pipeline reads and raises what comes back. What is not prepared yet goes to a cursor, which prepares it.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import psycopg
from psycopg import errors, generators
from psycopg._queries import PostgresQuery  # what a cursor's executemany does, statement by statement
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, TransactionStatus

Connection = psycopg.Connection[Any]


class SentStatement:
    """A statement that was sent, or will be with the others of its pipeline; psycopg hands it what comes back."""

    def __init__(self, raw: Connection) -> None:
        self._conn = raw
        self._result: Any = None

    def _check_results(self, results: list[Any]) -> None:
        for result in results:
            if result.status == ExecStatus.FATAL_ERROR:
                raise errors.error_from_result(result, encoding=self._conn.info.encoding)
            if result.status == ExecStatus.PIPELINE_ABORTED:
                raise errors.PipelineAborted("pipeline aborted")

    def _set_results(self, results: list[Any]) -> None:
        self._result = results[-1]

    @property
    def statusmessage(self) -> str:
        """What the server said that it did."""
        return str(self._result.command_status.decode())

    def fetchall(self) -> list[tuple[bytes | None, ...]]:
        """The rows, each column as text; in a pipeline, what was sent before is waited for."""
        pipeline = self._conn._pipeline
        if self._result is None and pipeline is not None:
            self._conn.wait(pipeline._communicate_gen())
            self._conn.wait(pipeline._fetch_gen(flush=True))
        result = self._result
        return [
            tuple(result.get_value(row, column) for column in range(result.nfields))
            for row in range(result.ntuples)
        ]


def send(raw: Connection, statement: str, values: Mapping[str, Any] | None) -> SentStatement | None:
    """Send a statement, or lay it among those of the pipeline; None where it must be prepared first, or a transaction begun."""
    if not raw.autocommit and raw.pgconn.transaction_status != TransactionStatus.INTRANS:
        return None
    written = _write(raw, statement, values)
    prepared, key = raw._prepared, (written.query, written.types)
    name = prepared._names.get(key)
    if name is None:
        return None
    prepared._names.move_to_end(key)  # or it would be forgotten as one that nobody uses
    sent = SentStatement(raw)
    sending = partial(raw.pgconn.send_query_prepared, name, written.params, param_formats=written.formats)
    if raw._pipeline is None:
        sending()
        results = raw.wait(generators.execute(raw.pgconn))
        sent._check_results(results)
        sent._set_results(results)
    else:
        raw._pipeline.command_queue.append(sending)
        raw._pipeline.result_queue.append((sent, None))  # type: ignore[arg-type]  # all of a cursor that it uses
    return sent


def _write(raw: Connection, statement: str, values: Mapping[str, Any] | None) -> PostgresQuery:
    """A statement with its values as psycopg writes them."""
    of_connection = _list_written(raw)
    written = of_connection.get(statement)
    if written is None:
        written = of_connection[statement] = PostgresQuery(Transformer(raw))
        written.convert(statement, values)
    elif values is not None:
        written.dump(values)
    return written


def _list_written(raw: Connection) -> dict[str, PostgresQuery]:
    """A connection's statements, each with the transformer that has met its values.

    They are kept at the connection, which each transformer holds: a map beside it would keep every connection for ever.
    """
    written: dict[str, PostgresQuery] = vars(raw).setdefault("_written_statements", {})
    return written
