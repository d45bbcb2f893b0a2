"""Small web servers in threads: a witness, or a folder of tiles."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from audits.ledger.witness import Witness, application


@contextmanager
def witness_at_work(folder: Path) -> Iterator[str]:
    """A witness's address, while it answers."""
    with make_server("127.0.0.1", 0, application(Witness(folder)), WSGIServer, _Quiet) as server:
        yield from _while_it_runs(server)


@contextmanager
def folder_served(folder: Path) -> Iterator[str]:
    """The address under which a folder's files are served, as they are."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_QuietFiles, directory=str(folder))) as server:
        yield from _while_it_runs(server)


def _while_it_runs(server) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class _QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass
