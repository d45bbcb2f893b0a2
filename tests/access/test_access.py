"""Every address asked as every account: what is seen is what docs/reference/access.md says."""

import os

import pytest
from django.test import Client
from django.urls import reverse

from governance.ui.page_access import SIGNED_IN
from tests.access import WRITE, table
from tests.access.table import Row
from tests.access.world import NO_ACCOUNT, World
from tests.proof import ASKED

WRITES = os.environ.get(WRITE) == "true"
COLUMNS = (
    NO_ACCOUNT, "employee", "manager", "another manager", "value stream lead", "leadership", "metric owner",
    "another metric owner", "seat: Engineering", "seat: Product", "seat: HR", "seat: Legal", "seat: Security",
    "seat: Worker representative", "board role, no seat", "HR", "auditor", "administrator", "superuser", "machine",
)  # fmt: skip
# Asked in every run of the suite; some more in the short proof, which CI runs as well; all others in the whole one.
TELLING = {NO_ACCOUNT, "employee"}
SHORTLY = {"auditor", "manager", "metric owner", "seat: HR", "administrator", "superuser"}
# What opens and is not looked for in the navigation: a list of drafts by whoever owns no metrics, what is under review by
# whoever has put some of it there, and the check of a use by all but HR, who find it on their home.
OFFERED_CALIBRATION = {"HR", "manager", "another manager"}
NOT_OFFERED = {"metric owner": {"holds"}, "another metric owner": set()}
AGAIN = "Read what differs; if it is meant, run .venv/bin/python -m tests.access."
_written: dict[str, table.Column] = {}


def _all_of(names):
    alone = pytest.mark.proof(alone=True)
    asked = [name for name in names if ASKED == "whole" or name in TELLING | SHORTLY]
    return [pytest.param(name, marks=() if name in TELLING else alone) for name in asked]


@pytest.fixture
def rows(world: World) -> list[Row]:
    return table.list_rows(world.objects)


@pytest.mark.parametrize("name", _all_of(COLUMNS))
def test_pages_answer_each_account_as_the_table_says(world, rows, name):
    """Issue 8, 4: a truth table of every address and every role; a page that is new or answers anew differs from it."""
    seen = _look(rows, _client(world, name), signed_in=name != NO_ACCOUNT)
    if WRITES:
        _written[name] = seen
    else:
        assert seen == table.read().get(name, {}), AGAIN


def test_the_page_says_what_the_routes_declare(rows):
    """Issue 8, 4: who may open a page is data, and the page of it is generated."""
    if WRITES:
        table.FILE.write_text(table.write(rows, _written), encoding="utf-8")
    columns = table.read()
    assert tuple(columns) == COLUMNS
    assert table.FILE.read_text(encoding="utf-8") == table.write(rows, columns), AGAIN


def test_every_account_of_the_programme_has_its_column(world):
    """Issue 8, 4: each role, each seat of the board, and accounts without either."""
    assert (NO_ACCOUNT, *world.accounts) == COLUMNS


def test_what_is_declared_open_to_everybody_is_closed_to_nobody(rows):
    """Issue 8, 4: the declaration and the answers tell the same."""
    opens = {row.title for row in rows if row.page.access == SIGNED_IN}
    for name, column in table.read().items():
        assert name == NO_ACCOUNT or not {title for title in opens if column[title] in "✗∅→"}


@pytest.mark.parametrize("name", _all_of(COLUMNS[1:]))
def test_the_navigation_leads_to_what_opens_and_leaves_out_what_does_not(world, rows, name):
    """Issue 8, 4: no dead link, and nothing to look for elsewhere."""
    pages = {f"/{row.address}": row for row in rows if row.page.nav or row.page.footer}
    page = _client(world, name).get("/accessibility").context["page"]
    offered = {pages[url].page.name for _label, url, *_here in (*page["nav"], *page["footer"])}
    opens = {row.page.name for row in pages.values() if table.read()[name][row.title] == "✓"}
    hidden = (
        NOT_OFFERED.get(name, {"charters"})
        | ({"use-check"} if "use-check" in opens and name != "HR" else set())
        | ({"calibration"} if "calibration" in opens and name not in OFFERED_CALIBRATION else set())
    )
    assert (opens - offered, offered - opens) == (hidden, set())


def _client(world: World, name: str) -> Client:
    client = Client()
    if name != NO_ACCOUNT:
        client.force_login(world.accounts[name])
    return client


def _look(rows: list[Row], client: Client, *, signed_in: bool) -> dict[str, str]:
    return {row.title: _mark(client, reverse(row.page.name, args=row.arguments), signed_in) for row in rows}


def _mark(client: Client, url: str, signed_in: bool) -> str:
    response = client.get(url)
    if signed_in and response.status_code == 200 and response["Content-Type"].startswith("text/html"):
        assert b'action="/sign-out"' in response.content, f"{url} does not say who is signed in"
    if response.status_code == 302:
        return "→" if response["Location"].startswith("/sign-in?next=") else "↪"
    return {200: "✓", 403: "✗", 404: "∅", 405: "post"}.get(response.status_code, str(response.status_code))
