"""The web server: `python -m governance.config.web --port 8000`.

A request costs a thread only when it is complete: waitress reads it in its one loop of sockets, however slowly it comes. What is
added here is a deadline for that, and a stop that first finishes the answers under way.
"""

import argparse
import logging
import resource
import signal
import time
from collections.abc import Sequence
from typing import Any
from wsgiref.types import WSGIApplication

from django.conf import settings
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer

log = logging.getLogger("governance.config.web")  # also where this is the program that runs

HOST = "127.0.0.1"
# Each keeps one connection to the database, for as long as the process lives.
THREADS = 4
CONNECTIONS = 1000
# A connection takes a file, and so does each body that is too long for memory.
FILES = 4 * CONNECTIONS
# From the first byte of a request to its last; how long a connection may be silent between two; how often both are looked at.
REQUEST_SECONDS = 30
IDLE_SECONDS = 30
CLEANUP_SECONDS = 5
# The product takes bodies of 64 KiB and says so in its own words; beyond this size nothing is read.
BODY_BYTES = 1024 * 1024
BODY_BYTES_IN_MEMORY = 64 * 1024
# How long answers under way may take once the process is asked to stop.
STOP_SECONDS = 30.0


class Channel(HTTPChannel):
    """A connection that knows since when a request comes in on it."""

    begun_at = 0.0

    def received(self, data: bytes) -> bool:
        before = self.request
        taken: bool = super().received(data)
        if self.request is not before:
            self.begun_at = time.time()
        return taken

    def is_busy(self) -> bool:
        """Whether an answer is under way."""
        return bool(self.requests or self.total_outbufs_len)

    def is_late(self, now: float) -> bool:
        """Whether a request has been coming in for longer than it may."""
        return self.request is not None and not self.requests and now - self.begun_at > REQUEST_SECONDS


class WebServer(TcpWSGIServer):
    """Waitress with a deadline for each request and a gentle stop."""

    channel_class = Channel
    _stopping = False

    def maintenance(self, now: float) -> None:
        """Close connections that are silent, or on which a request takes too long to come."""
        super().maintenance(now)
        for channel in self.active_channels.values():
            if channel.is_late(now):
                channel.will_close = True

    def serve(self) -> None:
        """Answer until `stop`, then finish what is under way."""
        while not self._stopping:
            self._turn()
        self._finish()

    def stop(self, *_: object) -> None:
        """Ask it to end; a handler of signals."""
        if not self._stopping:
            self._stopping = True
            self.pull_trigger()

    def _finish(self) -> None:
        """Take no more, and close each connection when its answer has left."""
        self.accepting = False
        self.del_channel()
        self.socket.close()
        deadline = time.monotonic() + STOP_SECONDS
        while self.active_channels and time.monotonic() < deadline:
            for channel in self.active_channels.values():
                channel.will_close = channel.will_close or not channel.is_busy()
            self._turn()
        self.task_dispatcher.shutdown()
        wasyncore.close_all(self._map)

    def _turn(self) -> None:
        """Wait for what any of the sockets has to say, for a second at most, and heed it."""
        wasyncore.loop(timeout=1, use_poll=True, map=self._map, count=1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the product until a signal asks for the end."""
    parser = argparse.ArgumentParser(prog="python -m governance.config.web", description="The web server.")
    parser.add_argument("--host", default=HOST, help=f"the address to listen on ({HOST})")
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")
    given = parser.parse_args(arguments)
    _allow_files()
    application = _application()
    behind_proxy = settings.BEHIND_PROXY
    server = make_server(application, host=given.host, port=given.port, behind_proxy=behind_proxy)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.stop)
    log.info("Listening on http://%s:%s.", given.host, given.port)
    server.serve()
    log.info("Stopped.")


def make_server(
    application: WSGIApplication, *, host: str = HOST, port: int, behind_proxy: bool = False
) -> WebServer:
    """A server that listens, and answers once it is told to `serve`."""
    return WebServer(application, adj=Adjustments(**_adjustments(host, port, behind_proxy)))


def _application() -> WSGIApplication:
    """The product, with all that its first answers need made beforehand."""
    from governance.config.wsgi import application  # sets Django up, which the next needs

    # isort: split
    from governance.config import openapi

    openapi.prepare()
    return application


def _adjustments(host: str, port: int, behind_proxy: bool) -> dict[str, Any]:
    return {
        "host": host,
        "port": port,
        "threads": THREADS,
        "connection_limit": CONNECTIONS,
        "channel_timeout": IDLE_SECONDS,
        "cleanup_interval": CLEANUP_SECONDS,
        "max_request_body_size": BODY_BYTES,
        "inbuf_overflow": BODY_BYTES_IN_MEMORY,
        "asyncore_use_poll": True,  # select() knows no more than 1024 files
        "ident": None,
        # Django reads them where the proxy is ours (BEHIND_PROXY).
        "clear_untrusted_proxy_headers": not behind_proxy,
    }


def _allow_files() -> None:
    """Let the process open as many files as its connections need, where the machine lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    main()
