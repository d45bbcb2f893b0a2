"""The lines of docs/how-to that ask by a door are run as they stand there (issue 14, Done when)."""

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.test import Client

from governance.decisions.models import DecisionRecord, Door
from governance.people.scopes import Scope
from tests import factories
from tests.event_loops import run_to_end

HOW_TO = Path(django_settings.BASE_DIR) / "docs/how-to"


def carry(request: httpx2.Request) -> httpx2.Response:
    """The application's response, in the test's own transaction."""
    headers = {name: said for name, said in request.headers.items() if name != "content-length"}
    content_type = headers.pop("content-type", "")
    response = Client().generic(
        request.method, request.url.path, request.content, content_type, headers=headers
    )
    return httpx2.Response(response.status_code, headers=dict(response.items()), content=response.content)


@pytest.fixture
def run(house, monkeypatch, capsys):
    """Runs the first lines of Python of a page; gives what they print."""

    async def carry_async(_: Any, request: httpx2.Request) -> httpx2.Response:
        return await sync_to_async(carry, thread_sensitive=True)(request)

    monkeypatch.setattr(httpx2.HTTPTransport, "handle_request", lambda _, request: carry(request))
    monkeypatch.setattr(httpx2.AsyncHTTPTransport, "handle_async_request", carry_async)
    monkeypatch.setenv("CHARTER_URL", "http://testserver")
    monkeypatch.setenv("CHARTER_TOKEN", factories.a_token(house.manager, Scope.ASK))

    def run(page: str) -> str:
        found = re.search(r"^```python\n(.*?)^```", (HOW_TO / page).read_text(), re.DOTALL | re.MULTILINE)
        lines = found[1]
        assert len([line for line in lines.splitlines() if line.strip()]) <= 13, "ten lines, and imports"
        # In the thread that holds the test's transaction, where a script of its own would have a loop of its own.
        lines = lines.replace("asyncio.run(main())", "run_here(main)")
        here = {"__name__": "__main__", "run_here": run_to_end}
        exec(compile(lines, page, "exec"), here)  # noqa: S102 - our own documentation
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    ("page", "says", "door"),
    [
        ("ask-by-authzen.md", ["True permit"], Door.AUTHZEN),
        ("use-the-python-client.md", ["2026-01", "20.0", "too_few", "AR07", "Verified("], Door.API),
        ("let-an-assistant-ask.md", ["lead-time-for-changes", "permit"], None),
    ],
)
def test_the_lines_of_a_page_do_what_it_says(run, page, says, door):
    """Issue 14, Done when: docs/how-to shows each door in ten lines that a test runs."""
    told = run(page)
    assert all(each in told for each in says), told
    assert {each.door for each in DecisionRecord.objects.all()} == ({door} if door else set())
