"""Pages and API are asked the same by the same accounts: who may do what with a draft and with a case is one answer."""

import json
from collections.abc import Callable
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from charter.authoring import drafts
from charter.authoring import models as authoring_models
from charter.authoring.states import DraftRight
from charter.registry.headings import Heading
from charter.rules.vocabulary import Role
from governance.board import services as board
from governance.board.proposals import propose
from governance.board.states import SeatKind
from tests import factories, snapshots
from tests.charter.authoring.screens.test_writing import typed

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

# What a door says: it did it, this account may not, or not any more.
SAID = {200: "yes", 201: "yes", 204: "yes", 302: "yes", 403: "no", 409: "over"}


@contextmanager
def undone():
    """Whatever is done within is as if it had not been."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def page(user, path: str, data: dict | None = None) -> str:
    client = Client()
    client.force_login(user)
    with undone():
        reply = client.get(path) if data is None else client.post(path, data)
    return SAID[reply.status_code]


def api(user, method: str, path: str, body: object = None) -> str:
    client = APIClient()
    client.force_authenticate(user, token="counted")
    sent = json.dumps(body) if body is not None else ""
    with undone():
        reply = client.generic(method, f"/api/v1{path}", sent, "application/json")
    return SAID[reply.status_code]


@snapshots.fixture
def accounts(founded) -> dict:
    """An account of every kind, in a database where what is done can be undone."""
    factories.the_rules()
    factories.a_programme()
    members = factories.a_board()
    found = {name: factories.an_account(name) for name in ("writer", "along", "reader", "auditor", "nobody")}
    found |= {
        "root": factories.an_account("root", is_superuser=True, is_staff=True),
        "board": members[SeatKind.HR],
    }
    found["handler"], found["admin"] = factories.an_account("handler"), factories.an_account("admin")
    for name, role in (("writer", Role.METRIC_OWNER), ("auditor", Role.AUDITOR), ("admin", Role.ADMIN)):
        factories.a_role(found[name], role)
    factories.a_role(found["board"], Role.BOARD_MEMBER)
    return found


def a_draft(accounts) -> authoring_models.Draft:
    owner = accounts["writer"]
    document = factories.a_document("cycle-time")
    draft = drafts.start_draft(programme=factories.a_programme(), document=document, by=owner)
    for name, right in (("along", DraftRight.WRITE), ("reader", DraftRight.READ)):
        drafts.share_draft(draft=draft, user=accounts[name], right=right, by=owner)
    return drafts.get_draft(draft.pk)


def draft_doors(draft) -> dict[str, tuple[Callable, Callable]]:
    """Everything that is done with a draft, by page and by API."""
    at, inside = f"/charters/{draft.pk}", f"/drafts/{draft.pk}"
    saved = {"seen": drafts.hash_heading(draft, Heading.WHY), "changes": {"purpose": "Another."}}
    reading = {"user": "api-guest", "right": "read"}
    written = typed(draft, Heading.WHY, purpose="Another.")
    return {
        "see": (lambda user: page(user, at), lambda user: api(user, "GET", inside)),
        "check": (lambda user: page(user, f"{at}/check"), lambda user: api(user, "GET", f"{inside}/check")),
        "write": (
            lambda user: page(user, f"{at}/why", written),
            lambda user: api(user, "PATCH", f"{inside}/headings/why", saved),
        ),
        "share": (
            lambda user: page(user, f"{at}/writers", reading),
            lambda user: api(user, "POST", f"{inside}/shares", reading),
        ),
        "unshare": (
            lambda user: page(user, f"{at}/writers", {"user": "along", "remove": "on"}),
            lambda user: api(user, "DELETE", f"{inside}/shares/along"),
        ),
        "hand in": (
            lambda user: page(user, f"{at}/check", {"x": "y"}),
            lambda user: api(user, "POST", f"{inside}/hand-in"),
        ),
        "discard": (
            lambda user: page(user, f"{at}/discard", {"x": "y"}),
            lambda user: api(user, "DELETE", inside),
        ),
    }


@pytest.mark.proof(alone=True)
@pytest.mark.parametrize("state", ["open", "handed in", "thrown away"])
def test_a_draft_is_the_same_at_both_doors(accounts, state):
    """Issue 3, item 8: pages and API call the same checks; superusers get nothing at either."""
    factories.an_account("api-guest")
    draft = a_draft(accounts)
    doors = draft_doors(draft)
    if state == "handed in":
        propose(draft=draft, by=accounts["writer"])
    elif state == "thrown away":
        drafts.discard_draft(draft=draft, by=accounts["writer"])
    goes = "yes" if state == "open" else "over"
    reads = dict.fromkeys(("writer", "along", "reader", "board", "auditor", "admin"), "yes")
    expected = {
        "see": reads,
        "check": reads,
        "write": {"writer": goes, "along": goes},
        **{act: {"writer": goes} for act in ("share", "unshare", "hand in", "discard")},
    }
    for act, (by_page, by_api) in doors.items():
        for name, user in accounts.items():
            said = (by_page(user), by_api(user))
            assert said == (expected[act].get(name, "no"),) * 2, (act, name)


def case_doors(case) -> dict[str, tuple[Callable, Callable]]:
    """What is done with a case by whom it is not a vote of, by page and by API."""
    at = f"/cases/{case.pk}"
    said, named = {"text": "Prepared."}, {"handler": "nobody"}
    return {
        "see": (lambda user: page(user, at), lambda user: api(user, "GET", at)),
        "comment": (
            lambda user: page(user, f"{at}/comments", said),
            lambda user: api(user, "POST", f"{at}/comments", said),
        ),
        "name": (
            lambda user: page(user, f"{at}/handler", named),
            lambda user: api(user, "PUT", f"{at}/handler", named),
        ),
        "release": (
            lambda user: page(user, f"{at}/handler/release", {"x": "y"}),
            lambda user: api(user, "DELETE", f"{at}/handler"),
        ),
        "close": (
            lambda user: page(user, f"{at}/close", {"x": "y"}),
            lambda user: api(user, "POST", f"{at}/close"),
        ),
    }


@pytest.mark.proof(alone=True)
@pytest.mark.parametrize("state", ["open", "closed"])
def test_a_case_is_the_same_at_both_doors(accounts, state):
    """Issue 3, item 8: who sees, discusses, closes and hands on a case; an unheard one is closed by nobody."""
    case = factories.an_open_case("pr-size", owner=accounts["writer"])
    board.name_handler(case=case, handler=accounts["handler"], by=accounts["board"])
    if state == "closed":
        factories.a_decided_case(case)
    work = dict.fromkeys(("writer", "board", "auditor", "admin", "handler"), "yes")
    closes = ("board", "admin", "handler")
    everybody = dict.fromkeys(accounts, "yes")
    expected = {
        "open": {
            "see": work, "comment": work, "name": {"board": "yes"}, "release": {"board": "yes", "handler": "yes"},
            "close": dict.fromkeys(closes, "over"),
        },
        "closed": {
            "see": everybody, "comment": dict.fromkeys(accounts, "over"), "name": {"board": "over"},
            "release": {"board": "over", "handler": "over"}, "close": dict.fromkeys(closes, "yes"),
        },
    }[state]  # fmt: skip
    for act, (by_page, by_api) in case_doors(case).items():
        for name, user in accounts.items():
            said = (by_page(user), by_api(user))
            assert said == (expected[act].get(name, "no"),) * 2, (act, name)
