"""What tests of pages share: the small governed programme that the tests of the line fill, opened as a reader does."""

import html
import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.governance.decisions.conftest import governed, house, stopped, with_people

__all__ = ["governed", "house", "stopped", "with_people"]

QUESTION = {
    "decision": "retrospective",
    "metrics": ["lead-time-for-changes"],
    "grain": "team",
    "cohort": "team:payments",
    "first": "2026-01",
    "last": "2026-03",
    "period": "month",
}
RANKING = QUESTION | {
    "decision": "performance_rating",
    "metrics": ["commit-count"],
    "grain": "person",
    "order_by": "value",
}


class Page:
    """A response as a reader meets it: its status, and its text without markup."""

    def __init__(self, response) -> None:
        self.response = response
        self.status = response.status_code
        self.html = (b"".join(response) if response.streaming else response.content).decode("utf-8-sig")
        self.text = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.html)))

    def says(self, *texts: str) -> bool:
        """Whether each of these stands on the page, whatever is marked up in between."""
        tight = re.sub(r"\s+", "", self.text)
        return all(re.sub(r"\s+", "", text) in tight for text in texts)


@pytest.fixture
def browse(house) -> Callable[..., Page]:
    """Open a page as an account, the manager unless told otherwise; `data` is posted. Each signs in once a test."""
    sessions: dict[object, str] = {}

    def _browse(path: str, *, by=house.manager, data=None, **extra) -> Page:
        client = Client(**extra)
        if by is not None and by.pk in sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = sessions[by.pk]
        elif by is not None:
            client.force_login(by)
            sessions[by.pk] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return Page(client.get(path) if data is None else client.post(path, data))

    return _browse


@pytest.fixture
def statements(house) -> Callable[[str], int]:
    """How many SQL statements a page costs its reader, sessions included, once the process is warm."""

    def _statements(path: str, by=house.manager) -> int:
        client = Client()
        client.force_login(by)
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    return _statements
