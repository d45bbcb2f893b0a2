"""Pages in a real browser: Chromium, one for all, against one server on a governed database of each test's own."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import Context, copy_context
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client, override_settings
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.browser import following
from tests.browser.browsers import ARGUMENTS, CHROMIUM
from tests.governance.decisions.conftest import governed, house, stopped, with_people

__all__ = ["governed", "house", "stopped", "with_people"]


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
    # Beside such a loop Django keeps other connections than without; none may be found open when it begins or ends.
    connections.close_all()
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", following.click)
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()
        connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingMixIn, WSGIServer):
    """A thread a request, each of which sees the clock of the block that is `served`."""

    daemon_threads = True
    seen: Context

    def process_request(self, request, client_address) -> None:
        answer = self.process_request_thread
        threading.Thread(
            target=self.seen.copy().run, args=(answer, request, client_address), daemon=True
        ).start()

    def handle_error(self, *_: object) -> None:
        """A browser that hangs up is no error of ours."""


@contextmanager
def _serving() -> Iterator[_Server]:
    """A server of the application with its static files, which answers from wherever the process is connected to."""
    with override_settings(WHITENOISE_USE_FINDERS=True):
        application = get_wsgi_application()
    server = make_server("127.0.0.1", 0, application, server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def served(by: _Server | None = None) -> Iterator[str]:
    """Serve as the clock now stands, by a server that runs already or one for this block; gives the address."""
    with nullcontext(by) if by else _serving() as server:
        server.seen = copy_context()
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(scope="session")
def web_server() -> Iterator[_Server]:
    """One server for the run."""
    with _serving() as server:
        yield server


@pytest.fixture
def address(house, web_server) -> Iterator[str]:
    """Where the governed house is served."""
    with served(by=web_server) as found:
        yield found


@pytest.fixture
def window(chromium, address) -> Iterator[Callable[..., Page]]:
    """A new window, signed in as an account where one is given; `options` are those of a browser context.

    `at` is the address of pages served elsewhere, such as at another time.
    """
    contexts = []

    def _window(by=None, at=address, **options) -> Page:
        context = chromium.new_context(base_url=at, **options)
        context.set_default_timeout(10_000)
        following.note_leaving(context)
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
