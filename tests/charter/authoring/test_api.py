"""Drafts over the API: the same services as the pages, the same refusals, as problems that name the field."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from charter.authoring import drafts
from charter.authoring import states as authoring_states
from charter.authoring.models import Draft
from charter.registry import catalogue
from charter.registry.models.sources import Source
from charter.rules.vocabulary import Role, SourceKind
from governance.board.models import Case
from tests import factories, on_the_log, snapshots

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

PATH = "/api/v1/drafts"


class Client(APIClient):
    """Sends JSON for an account."""

    def __init__(self, user) -> None:
        super().__init__()
        self.force_authenticate(user, token="counted")

    def send(self, method: str, path: str, body: object = None) -> tuple[int, dict]:
        """The status of the reply and what it says."""
        reply = self.generic(method, path, json.dumps(body) if body is not None else "", "application/json")
        return reply.status_code, reply.json() if reply.content else {}


@snapshots.fixture
def owner(founded):
    factories.the_rules()
    factories.a_programme()
    owner = factories.an_account("writer")
    factories.a_role(owner, Role.METRIC_OWNER)
    return owner


@pytest.fixture
def client(owner) -> Client:
    return Client(owner)


@snapshots.fixture
def draft(owner) -> Draft:
    document = factories.a_document("cycle-time")
    return drafts.start_draft(programme=factories.a_programme(), document=document, by=owner)


def test_a_charter_is_written_checked_and_handed_in(client, owner):
    """Issue 3, item 8: what the pages do, over the API, from an empty charter's first word to a case."""
    status, begun = client.send("POST", PATH, {"start": "catalogue", "metric": "cycle-time"})
    assert status == 201 and begun["owner"] == "writer" and begun["may_end"]
    address = f"{PATH}/{begun['id']}"
    status, listed = client.send("GET", PATH)
    assert [each["id"] for each in listed["results"]] == [begun["id"]]
    why = client.send("GET", f"{address}/headings/why")[1]
    saved = client.send(
        "PATCH", f"{address}/headings/why", {"seen": why["seen"], "changes": {"purpose": "See waits."}}
    )
    assert saved[0] == 200 and saved[1]["says"] == {**why["says"], "purpose": "See waits."}
    checked = client.send("GET", f"{address}/check")[1]
    assert checked["passes"] and all(each["matches"] for each in checked["examples"])
    status, case = client.send("POST", f"{address}/hand-in")
    assert (status, case["metric"], case["state"]) == (201, "cycle-time", "open")
    told = client.send("GET", address)[1]
    assert (told["version"], told["may_edit"]) == (1, False)
    assert client.send("POST", f"{address}/hand-in")[1]["code"] == "draft_ended"


def test_a_second_writers_stale_save_is_refused(client, owner, draft):
    """Issue 3, item 1: 409, nothing overwritten; other headings are theirs to save."""
    address = f"{PATH}/{draft.pk}/headings"
    seen = {each: client.send("GET", f"{address}/{each}")[1]["seen"] for each in ("why", "harms")}
    first = {"seen": seen["why"], "changes": {"purpose": "Mine."}}
    assert client.send("PATCH", f"{address}/why", first)[0] == 200
    status, stale = client.send("PATCH", f"{address}/why", {**first, "changes": {"purpose": "Theirs."}})
    assert (status, stale["code"]) == (409, "heading_changed")
    assert client.send("GET", f"{address}/why")[1]["says"]["purpose"] == "Mine."
    other = {"seen": seen["harms"], "changes": {"caregivers": "None that we know of."}}
    assert client.send("PATCH", f"{address}/harms", other)[0] == 200


def test_what_stands_in_the_way_comes_with_its_findings(client, owner, draft):
    """S64: refused for a source that watches people, with rule, field and how to mend it; nothing is handed in."""
    on_the_log.make(
        Source, slug="badge_log", name="Badge log", kind=SourceKind.PRESENCE, description="Doors."
    )
    address = f"{PATH}/{draft.pk}"
    seen = client.send("GET", f"{address}/headings/what")[1]["seen"]
    measure = {
        "sources": ["badge_log"],
        "facts": "SELECT at, team, value FROM badge_log",
        "aggregation": "median",
    }
    body = {"seen": seen, "changes": {"measure": measure}}
    assert client.send("PATCH", f"{address}/headings/what", body)[0] == 200
    checked = client.send("GET", f"{address}/check")[1]
    assert not checked["passes"] and "CH10" in {each["rule"] for each in checked["findings"]}
    status, told = client.send("POST", f"{address}/hand-in")
    assert (status, told["code"]) == (400, "charter_has_errors")
    assert {"rule": "CH10", "level": "error"}.items() <= told["findings"][0].items() and told["field"]
    assert not Case.objects.exists()


def test_a_draft_is_shared_and_thrown_away(client, owner, draft):
    """Issue 3, item 8: who reads and writes along, since when and by whose leave; taken back twice is no fault."""
    colleague = factories.an_account("colleague")
    shares = f"{PATH}/{draft.pk}/shares"
    status, share = client.send("POST", shares, {"user": "colleague", "right": "read"})
    assert (status, share["right"], share["given_by"]) == (201, "read", "writer")
    status, wrong = client.send("POST", shares, {"user": "colleague", "right": "read"})
    assert (status, wrong["field"]) == (400, "user")
    assert client.send("POST", shares, {"user": "colleague", "right": "write"})[0] == 201
    told = Client(colleague).send("GET", f"{PATH}/{draft.pk}")[1]
    assert [each["right"] for each in told["shares"]] == ["write"]
    assert (told["may_edit"], told["may_end"]) == (True, False)
    for _ in range(2):
        assert client.send("DELETE", f"{shares}/colleague")[0] == 204
    assert Client(colleague).send("GET", f"{PATH}/{draft.pk}")[0] == 403
    assert client.send("DELETE", f"{PATH}/{draft.pk}")[0] == 204
    assert client.send("DELETE", f"{PATH}/{draft.pk}")[1]["code"] == "draft_ended"
    assert client.send("GET", PATH)[1]["results"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"start": "hope", "metric": "wait"}, "start"),
        ({"start": "blank", "metric": "No Slug", "name": "Wait"}, "metric"),
        ({"start": "blank", "metric": "wait"}, "name"),
        ({"start": "blank", "metric": "wait", "name": "Wait", "owner": "me"}, "owner"),
        ({"start": "catalogue", "metric": "wait"}, "metric"),
        ({"start": "version", "metric": "wait"}, "metric"),
        ([], "non_field_errors"),
        ("{", "body"),
        ("[" * 5000, "body"),
        ('{"start": "\\ud800"}', "body"),
        ('{"start": "blank", "metric": "wait", "name": "Wa\\u0000it"}', "name"),
        ('{"start": "blank", "start": "version"}', "start"),
        ('{"start": NaN}', "start"),
        (json.dumps({"start": "blank", "metric": "wait", "name": "x" * 70_000}), "body"),
    ],
)
def test_what_is_no_beginning_is_refused_with_its_field(client, owner, body, field):
    """Issue 3, Bad input: problems that name the field; nothing is begun."""
    sent = body if isinstance(body, str) else json.dumps(body)
    reply = client.generic("POST", PATH, sent, "application/json")
    assert reply.status_code == 400 and reply["Content-Type"] == "application/problem+json"
    assert reply.json()["field"] == field
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("heading", "changes", "field"),
    [
        ("why", {"purpos": "x"}, "why.purpos"),
        ("why", {"purpose": 3}, "why.purpose"),
        ("what", {"grains": ["galaxy"]}, "what.grains[0]"),
        ("what", {"measure": {"sources": []}}, "what.measure.facts"),
        ("who", {"owner": "somebody-else"}, "who.owner"),
        ("harms", {"invasiveness": 9}, "harms.invasiveness"),
        ("why", "x", "changes"),
    ],
)
def test_what_does_not_fit_a_heading_is_refused_with_its_field(client, owner, draft, heading, changes, field):
    """Issue 3, Bad input: the field is named as the document names it; nothing is saved."""
    address = f"{PATH}/{draft.pk}/headings/{heading}"
    seen = client.send("GET", address)[1]["seen"]
    status, told = client.send("PATCH", address, {"seen": seen, "changes": changes})
    assert (status, told["field"]) == (400, field)
    assert Draft.objects.get(pk=draft.pk).updated_at == draft.updated_at


def test_what_is_not_there_is_said_so(client, owner, draft):
    """Issue 3, Bad input: addresses of nothing."""
    other = "7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9"
    for path in (f"{PATH}/{other}", f"{PATH}/{other}/check", f"{PATH}/{draft.pk}/headings/weather"):
        assert client.send("GET", path)[0] == 404
    assert client.send("DELETE", f"{PATH}/{draft.pk}/shares/nobody-here")[0] == 404
    assert APIClient().get(PATH).status_code == 401


def test_beginnings_offered_by_the_catalogue(client, owner):
    """Issue 3, item 1: the starters, by their short names."""
    status, told = client.send("GET", "/api/v1/starters")
    assert status == 200 and {each["metric"] for each in told} == set(catalogue.read_starter_charters())


def test_lists_and_drafts_cost_a_pinned_number_of_statements(client, owner):
    """DESIGN, Style: pinned query counts, however many drafts there are and whomever they are shared with."""
    costs = []
    for slug in ("cycle-time", "pr-age"):
        document = factories.a_document(slug)
        draft = drafts.start_draft(programme=factories.a_programme(), document=document, by=owner)
        for name in ("a", "b", "c")[: 1 if slug == "cycle-time" else 3]:
            user = factories.an_account(name)
            drafts.share_draft(draft=draft, user=user, right=authoring_states.DraftRight.READ, by=owner)
        with CaptureQueriesContext(connection) as listing:
            client.send("GET", PATH)
        with CaptureQueriesContext(connection) as detail:
            client.send("GET", f"{PATH}/{draft.pk}")
        costs.append((len(listing), len(detail)))
    assert costs == [(1, 2), (1, 2)]
