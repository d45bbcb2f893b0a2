"""Who may not is told so before anything that they posted is judged: every page that takes a form (issue 9).

As `test_refusals.py` has it of the API. What each account is answered to GET stands in docs/reference/access.md.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from governance.ui.forms import ServiceForm
from tests import factories
from tests.access import table
from tests.access.table import NOWHERE, Row
from tests.access.world import World
from tests.proof import ASKED

# What pages are about that nobody can open, as they only take what is posted: the object of another page.
ABOUT = {
    "case-ballot": "case-condition", "case-comment": "case-condition", "case-close": "case-condition",
    "case-handler-release": "case-condition", "pilot-end": "pilot", "pilot-exit": "pilot", "pilot-survey": "pilot",
    "pilot-roll-out": "pilot", "note-confirm": "note", "note-turn-down": "note", "charter-writers": "charter-draft",
}  # fmt: skip
# What anybody with an account may do, so that what they post is judged.
ANYBODY = {
    "notices-read": "One's own.",
    "sessions-end": "One's own.",
    "sign-out": "And whoever has signed out already.",
    "training-begin": "Each for oneself.",
}
# What anybody may read, so that it is told from what is not there.
READABLE = {
    "/metrics/": "Metrics are listed to everybody.",
    "/views/": "As metrics.",
    "/board/": "There are six seats, the same everywhere.",
    "/charters/": "Headings are the same of every draft, and its key is random.",
    "/calibration/rounds/": "Acts are the same of every round, and its key is random.",
}
# One says which is meant: a version of those that their pages list, an appeal by the number that its filer alone has, or the
# code of whoever has left.
BY_NUMBER = {
    "contract-acknowledge",
    "acknowledge",
    "appeal-anonymous-case",
    "about-me-left",
    "about-me-left-link",
}
# Who may see much and decide little.
INSIDERS = (
    "employee",
    "another manager",
    "another metric owner",
    "board role, no seat",
    "HR",
    "administrator",
)
REFUSED = {403, 404}
ONLY_POSTED = NOT_POSTED = 405
FORM = re.compile(r'<form[^>]+method="post"(?![^>]+action="/sign-out")')
DAYS = ("valid_from", "last_day", "starts_on", "ends_on", "first", "last", "data_from")


@pytest.fixture
def outsider(world: World) -> Client:
    """A browser of somebody who does not work here, with no role."""
    client = Client()
    client.force_login(factories.an_account("outsider"))
    return client


@pytest.fixture(scope="module")
def bodies() -> list[dict[str, str]]:
    """Nothing, and a word for whatever field any form of ours has."""
    return [{}, {name: "2026-04-01" if name in DAYS else "employee" for name in find_names()}]


def find_names() -> Iterator[str]:
    """The fields of all forms of ours."""
    forms = [ServiceForm]
    for form in forms:
        forms += form.__subclasses__()
        yield from form.base_fields


@pytest.mark.proof(alone=True)
def test_who_may_not_is_told_so_whatever_they_post(world, outsider, bodies):
    """Issue 9: permission before validation, and one answer for what is out of reach and what is not there."""
    rows = [row for row in list_rows(world) if row.page.name not in BY_NUMBER]
    faults = {row.title: fault for row in rows if (fault := find_fault(row, outsider, bodies))}
    assert not faults, "\n".join(f"{title}: {said}" for title, said in faults.items())


@pytest.mark.parametrize(
    "name",
    [
        "auditor",
        *(
            pytest.param(name, marks=pytest.mark.proof(alone=True))
            for name in (INSIDERS if ASKED == "whole" else INSIDERS[::3])
        ),
    ],
)
def test_whoever_may_see_and_not_decide_is_told_so_too(world, bodies, name):
    """Issue 9: of buttons and small forms on pages that more people see than may press them."""
    client, seen, faults = Client(), table.read()[name], {}
    client.force_login(world.accounts[name])
    for row in list_rows(world):
        if seen.get(f"`/{row.address}`") == "post" and row.page.name not in BY_NUMBER | {"sign-out"}:
            told = [post(client, reverse(row.page.name, args=row.arguments), body) for body in bodies]
            if not REFUSED.isdisjoint(told) and len(set(told)) > 1:
                faults[row.title] = told
    assert not faults


def list_rows(world: World) -> list[Row]:
    return table.list_rows(world.objects | {name: world.objects[of] for name, of in ABOUT.items()})


def find_fault(row: Row, client: Client, bodies: list[dict[str, str]]) -> str:
    """What is wrong with the answers of an address, blank for nothing."""
    address, name = reverse(row.page.name, args=row.arguments), row.page.name
    page = client.get(address)
    if page.status_code < 400 and not takes_a_form(page):
        return ""
    told = [post(client, address, body) for body in bodies]
    if not row.page.access.account and set(told) == {NOT_POSTED}:
        return ""  # anybody may open it where it is connected, and it takes no form
    if page.status_code in REFUSED and set(told) != {page.status_code}:
        return f"{page.status_code} to GET, {told} to POST"
    if page.status_code == ONLY_POSTED and (name in ANYBODY) == (not REFUSED.isdisjoint(told)):
        return f"{told}, though {'anybody' if name in ANYBODY else 'nobody'} of no role may"
    if not REFUSED.isdisjoint(told) and len(set(told)) > 1:
        return f"judged before refused: {told}"
    return find_difference(row, client, told[0])


def find_difference(row: Row, client: Client, told: int) -> str:
    """Whether an object that is there is told from one that is not, where its key is a word that can be guessed."""
    guessed = [each for each in row.arguments if isinstance(each, str) and each != NOWHERE]
    if told not in REFUSED or not guessed or f"/{row.address}".startswith(tuple(READABLE)):
        return ""
    nowhere = ["no-such" if isinstance(each, str) else each for each in row.arguments]
    gone = post(client, reverse(row.page.name, args=nowhere), {})
    return "" if gone == told else f"what is there reads {told}, what is not {gone}"


def takes_a_form(page: Any) -> bool:
    return page.status_code == 200 and not page.streaming and bool(FORM.search(page.content.decode()))


def post(client: Client, address: str, body: dict[str, str]) -> int:
    """The answer to a form, of which nothing is kept."""
    before = transaction.savepoint()
    answer = client.post(address, body).status_code
    transaction.savepoint_rollback(before)
    return answer
