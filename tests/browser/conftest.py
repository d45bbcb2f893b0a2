"""Pages in a real browser: Chromium, against a server on a furnished database of the test's own."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from tests.governance.decisions.conftest import house, stopped

__all__ = ["house", "stopped"]

CHROMIUM = Path(shutil.which("chromium") or "/usr/bin/chromium")
# Quiet: a browser under test talks to our server and to nobody else.
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
            item.add_marker("committed")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the run. Where there is none, its tests are skipped, but never in CI."""
    if not CHROMIUM.exists():
        message = f"there is no Chromium at {CHROMIUM}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    # Playwright keeps an event loop in this thread, in which Django would refuse to touch its database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingMixIn, WSGIServer):
    """A thread a request, each of which sees the stopped clock of the test."""

    daemon_threads = True

    def process_request(self, request, client_address) -> None:
        answer = self.process_request_thread
        threading.Thread(
            target=copy_context().run, args=(answer, request, client_address), daemon=True
        ).start()

    def handle_error(self, *_: object) -> None:
        """A browser that hangs up is no error of ours."""


@contextmanager
def served() -> Iterator[str]:
    """Serve the house as the clock now stands; gives the address."""
    cache.clear()
    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=copy_context().run, args=(server.serve_forever, 0.05), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def address(house) -> Iterator[str]:
    """Where the furnished house is served."""
    with served() as found:
        yield found


@pytest.fixture
def window(chromium, address) -> Iterator[Callable[..., Page]]:
    """A new window, signed in as an account where one is given; `options` are those of a browser context.

    `at` is the address of a house served elsewhere, such as at another time.
    """
    contexts = []

    def _window(by=None, at=address, **options) -> Page:
        context = chromium.new_context(base_url=at, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        if by is not None:
            client = Client()
            client.force_login(by)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": at}])
        return context.new_page()

    yield _window
    for context in contexts:
        context.close()
