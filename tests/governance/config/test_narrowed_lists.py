"""Issue 11: what can be listed can be narrowed, sorted and taken along as a table, and both say the same."""

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.access.world import World, furnish
from tests.governance.decisions.conftest import governed, house, stopped

__all__ = ["governed", "house", "stopped"]

pytestmark = pytest.mark.django_db

# Who opens a list that is not everybody's.
WHO = {
    "holds": "auditor", "findings": "auditor", "revisions": "auditor", "appeals/queue": "seat: Legal", "legal-record": "HR", "sampled-reviews": "auditor", "packs": "auditor", "retention": "auditor", "access-log/kept": "auditor",
    "evidence": "HR", "context": "employee",
    "fairness/tasks": "HR", "training/managers": "auditor",
}  # fmt: skip
OPTION = re.compile(r'<option value="([^"]+)"|<input[^>]*type="checkbox"[^>]*value="([^"]+)"')
FIELD = re.compile(r'<(?:select|input)[^>]*name="(\w+)"[^>]*>')
HEADING = re.compile(r'href="(\?[^"]*sort=[^"]+)"')
SHOWN = re.compile(r"<b>(\d+) of \d+</b>")


@pytest.fixture
def world(house) -> World:
    return furnish(house)


def list_twins() -> Iterator[str]:
    """The addresses of lists that are a page, and with `.csv` a table to take away; without those of a provider that is not set up."""
    routes = {str(each.pattern) for each in _walk(get_resolver())} - {"about-me/learn"}  # a form, and no list
    for route in sorted(routes):
        if (
            not route.startswith("directory/")
            and route.endswith(".csv")
            and route.removesuffix(".csv") in routes
        ):
            yield route.removesuffix(".csv").replace("<slug:slug>", "payments")


def _walk(resolver, above: str = ""):
    for each in resolver.url_patterns:
        if hasattr(each, "url_patterns"):
            yield from _walk(each)
        else:
            yield each


def read_form(html: str) -> dict[str, str]:
    """The fields of the form that narrows a list, each with the first word that it offers, if it offers any."""
    form = html.partition('class="mc-filters"')[2].partition("</form>")[0]
    found: dict[str, str] = {}
    for part in re.split(r"(?=<select|<input|<textarea)", form):
        if name := FIELD.match(part):
            word = OPTION.search(part)
            found.setdefault(name[1], unescape(word[1] or word[2]) if word else "")
    return found


class NarrowedList:
    """A list as its reader has it: the page, and the table to take away."""

    def __init__(self, address: str, client: Client) -> None:
        self._address, self._client = address, client

    def find_faults(self) -> Iterator[str]:
        """What does not hold of it: each filter and each heading is tried, and the table has as many rows as the page says."""
        page = self._client.get(f"/{self._address}").content.decode()
        fields = read_form(page)
        days = [name for name in fields if name in ("since", "until")]
        tried = [
            {},
            *({name: word} for name, word in fields.items() if word),
            *({name: "2026-02-01"} for name in days),
        ]
        headings = [unescape(each)[1:] for each in HEADING.findall(page)]
        for query in [*map(urlencode, tried), *headings]:
            yield from self._hold(query)
        for name, end in ((name, end) for name in days for end in ("", ".csv")):
            if self._client.get(f"/{self._address}{end}?{name}=soon").status_code != 400:
                yield f"{self._address}{end} takes “soon” for a day"

    def _hold(self, query: str) -> Iterator[str]:
        shown = self._client.get(f"/{self._address}?{query}")
        given = self._client.get(f"/{self._address}.csv?{query}")
        if (shown.status_code, given.status_code) != (200, 200):
            yield f"{self._address}?{query}: {shown.status_code}, {given.status_code}"
            return
        rows = list(csv.reader(io.StringIO(b"".join(given).decode("utf-8-sig"))))[1:]
        # The list's own count comes last: above it a page may count something else.
        *_others, found = SHOWN.findall(shown.content.decode()) or [None]
        if found is not None and len(rows) != int(found):
            yield f"{self._address}?{query}: {found} on the page, {len(rows)} in the table"


def test_a_list_and_its_table_say_the_same_however_it_is_narrowed(world):
    """All lists that can be taken along, each as somebody to whom it opens."""
    clients: dict[str, Client] = {}
    faults: list[str] = []
    for address in list_twins():
        who = "employee" if address.startswith("about-me") else WHO.get(address, "administrator")
        if who not in clients:
            clients[who] = Client()
            clients[who].force_login(world.accounts[who])
        faults += NarrowedList(address, clients[who]).find_faults()
    assert faults == []


def test_the_lists_are_found():
    """So that the walk above does not pass for want of lists."""
    found = set(list_twins())
    assert {
        "holds",
        "context",
        "evidence",
        "findings",
        "revisions",
        "fairness",
        "appeals/queue",
        "cases",
        "notices",
    } <= found
    assert len(found) >= 20
