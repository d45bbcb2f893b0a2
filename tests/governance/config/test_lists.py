"""Issue 10, 7: every list, on pages and in the API, goes by what is unique: no row twice, none left out, while rows come."""

import re
from collections import Counter
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client

from charter.measures.models import Revision
from charter.programme.models import Contract
from charter.registry.models import CharterVersion, Metric, Review
from governance.board.models import Term
from governance.decisions import services as decisions
from governance.decisions.models import Hold
from governance.decisions.states import HoldCause
from governance.people.models import Person, User
from ground import paging
from ground.errors import BadInput
from tests import factories
from tests.access.world import World, furnish
from tests.governance.config.test_bad_input import document, filled
from tests.governance.decisions.conftest import governed, house, stopped
from tests.governance.decisions.test_answer import ask

__all__ = ["governed", "house", "stopped"]

pytestmark = pytest.mark.django_db

WHO = ("administrator", "seat: Engineering", "metric owner", "manager", "auditor", "employee", "HR")
NEXT, PREVIOUS = 'rel="next"', 'rel="prev"'


def list_lists() -> set[str]:
    """Where a list of the API begins; each has several rows in the world below."""
    return {
        filled(path)
        for path, said in document()["paths"].items()
        for parameter in said.get("get", {}).get("parameters", ())
        if parameter["name"] == "cursor"
    }


@pytest.fixture
def world(house) -> World:
    """The world of the table of access, with several of each; the clock stands, so that all are of one moment."""
    made = furnish(house)
    owner = made.accounts["metric owner"]
    for month in (2, 3, 4):
        ask(house.manager, reason=f"{month}")
        decisions.place_hold(
            metric=Metric.objects.get(slug="lead-time-for-changes"), cause=HoldCause.DATA_QUALITY, reason="Again.",
            starts_on=date(2026, month, 1), ends_on=date(2026, month + 1, 1), by=owner,
        )  # fmt: skip
    return made


class Seen:
    """The keys of the rows that lists gave, page by page, and one that is not there yet."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pages: list[list[object]] = []
        self.hidden: object = None
        begin, cut, cut_at, pages = (
            paging.PlacedList.__init__, paging.PlacedList.cut, paging.PlacedList.cut_at, paging.ByPlace.__init__
        )  # fmt: skip

        def without_hidden(listed, found):
            begin(listed, found if self.hidden is None else found.exclude(pk=self.hidden))

        def told(listed, place, size):
            rows, more = cut(listed, place, size)
            self.pages.append([row.pk for row in rows])
            return rows, more

        def told_at(listed, start, size):
            rows = cut_at(listed, start, size)
            self.pages.append([row.pk for row in rows])
            return rows

        self.size = 200
        # What is not there yet is not counted either.
        monkeypatch.setattr(paging.ByPlace, "count", property(lambda pager: pager.placed._rows.count()))
        monkeypatch.setattr(paging.PlacedList, "__init__", without_hidden)
        monkeypatch.setattr(paging.PlacedList, "cut", told)
        monkeypatch.setattr(paging.PlacedList, "cut_at", told_at)
        monkeypatch.setattr(
            paging.ByPlace, "__init__", lambda pager, rows, _size: pages(pager, rows, self.size)
        )

    def look(self, client: Client, address: str) -> tuple[str | None, str | None]:
        """Open one page of a list; where the next and the previous one are."""
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.content)
        if "/api/" in address:
            told = answer.json()
            return told["next"], told["previous"]
        page = answer.content.decode()
        return _link(page, NEXT, address), _link(page, PREVIOUS, address)

    def read(self, client: Client, address: str, *, backwards: bool = False) -> list[object]:
        """All rows from an address on, following the links."""
        begun, where = len(self.pages), address
        while where:
            where = self.look(client, where)[backwards]
            assert len(self.pages) - begun < 500, "it never ends"
        return [key for page in self.pages[begun:] for key in page]


def _link(page: str, rel: str, address: str) -> str | None:
    found = re.search(rf'<a [^>]*govuk-pagination__link" href="([^"]*)" {rel}', page)
    return urlsplit(address).path + unescape(found[1]) if found else None


def small(address: str, size: int) -> str:
    return f"{address}?page_size={size}" if address.startswith("/api/") else address


@pytest.fixture
def seen(monkeypatch, settings) -> Seen:
    return Seen(monkeypatch)


def signed_in(world: World, name: str, address: str) -> Client:
    """A client of an account, by token for the API, whose lists know no session."""
    account = world.accounts[name]
    if "/api/" in address:
        return Client(headers={"Authorization": f"Token {factories.a_token(account)}"})
    client = Client()
    client.force_login(account)
    return client


def find_lists(world: World, seen: Seen, addresses: list[str]) -> list[tuple[str, Client, list[object]]]:
    """Of each list of the API the account of those that sees most of it, with all that it sees."""
    found = []
    clients = [signed_in(world, name, "/api/") for name in WHO]
    for address in addresses:
        most: tuple[str, Client, list[object]] | None = None
        for client in clients:
            before = len(seen.pages)
            if client.get(small(address, 200)).status_code == 200 and len(seen.pages) > before:
                rows = seen.pages[-1]
                most = (address, client, rows) if most is None or len(rows) > len(most[2]) else most
        if most:
            found.append(most)
    return found


def check_while_rows_come(seen: Seen, client: Client, address: str, rows: list[object], size: int) -> None:
    """Whichever row comes between the first page and the second, all others are seen once and it at most once."""
    seen.size = size
    assert seen.read(client, small(address, size)) == rows, "at rest, in order"
    for coming in (rows[0], rows[len(rows) // 2], rows[-1]):
        seen.hidden = coming
        begun = len(seen.pages)
        onward, _before = seen.look(client, small(address, size))
        first, seen.hidden = seen.pages[begun], None
        told = Counter(first) + Counter(seen.read(client, onward) if onward else [])
        assert max(told.values()) == 1, (address, "a row was told twice")
        missing = set(rows) - set(told) - {coming}
        assert not missing or onward is None, (address, "a row was left out")
    last = small(address, size)
    while onward := seen.look(client, last)[0]:
        last = onward
    back = seen.read(client, last, backwards=True)
    assert Counter(back) == Counter(rows), (address, "backwards")
    seen.size = 200


# The pages with a list, each of which some account sees more than two rows of, or fewer.
LONG = {
    "/cases": "seat: Engineering", "/metrics": "seat: Engineering", "/matrix": "metric owner", "/my-answers": "manager",
    "/holds": "metric owner", "/legal-record": "auditor", "/access-log": "auditor", "/charters": "metric owner",
    "/accounts": "administrator", "/training/managers": "auditor",
}  # fmt: skip


def _of_one_that_is_there(address: str) -> str:
    """The address of a list below one thing, of a thing that the world has."""
    of = Revision if "/revisions/" in address else Review
    address = re.sub("0197b1f2-0000-7000-8000-000000000000", str(of.objects.latest("pk").pk), address)
    return re.sub("(?<=/sources/)[a-z-]+", "changes", address)


@pytest.mark.proof(alone=True)
def test_every_list_of_the_api(world, seen):
    addresses = {_of_one_that_is_there(each) for each in list_lists()}
    found = find_lists(world, seen, sorted(addresses))
    for address, client, rows in found:
        if len(rows) > 1:
            check_while_rows_come(seen, client, address, rows, 1)
    assert {address for address, _, _ in found} == addresses
    assert {address for address, _, rows in found if len(rows) > 2} >= {
        "/api/v1/cases", "/api/v1/metrics", "/api/v1/notices", "/api/v1/cohorts", "/api/v1/records", "/api/v1/terms",
        "/api/v1/holds",
    }  # fmt: skip


@pytest.mark.proof(alone=True)
@pytest.mark.parametrize("address", LONG)
def test_every_list_of_a_page(world, seen, address):
    client = signed_in(world, LONG[address], address)
    seen.look(client, address)
    rows = seen.pages[-1]
    assert len(rows) > 2
    check_while_rows_come(seen, client, address, rows, 2)


def test_no_list_is_turned_otherwise():
    """All pages and all of the API turn by place; those above are the ways in which they do."""
    project = Path(paging.__file__).parents[1]
    own = {"ground/paging.py", "governance/ui/lists.py"}
    # What waits for one reader, and one use of every metric: lists in memory.
    by_number = {"governance/desk/screens/home.py", "governance/use_check/screens/decisions.py"}
    other = re.compile(r"django\.core\.paginator|RequestConfig|rest_framework\.pagination|\.paginate\(")
    found = {
        path.relative_to(project).as_posix()
        for wing in ("audits", "charter", "governance", "ground")
        for path in (project / wing).rglob("*.py")
        if other.search(path.read_text(encoding="utf-8"))
    }
    assert found == own | by_number


@pytest.mark.proof(alone=True)
def test_a_list_sorted_by_the_reader(world, seen):
    """Every column of the metrics, either way: many are equal in most."""
    client = Client()
    client.force_login(world.accounts["administrator"])
    for column in ("name", "standing", "category", "view", "owner"):
        for way in ("", "-"):
            address = f"/metrics?{urlencode({'sort': way + column})}"
            seen.size = 200
            seen.look(client, address)
            rows, seen.size = seen.pages[-1], 1
            assert len(rows) > 2 and seen.read(client, address) == rows


@pytest.mark.proof(alone=True)
def test_places_of_another_list_and_made_up_ones_are_refused(world):
    """A bad cursor is 400 and named, on pages as well."""
    client, api = (signed_in(world, "administrator", each) for each in ("/metrics", "/api/v1/metrics"))
    onward = api.get("/api/v1/cases?page_size=1").json()["next"]
    of_cases = onward.partition("cursor=")[2].partition("&")[0]
    for bad in ("x", "%00", "é", of_cases, "W10", "bnVsbA", "e30", "A" * 5000, "=", "cD0x"):
        told = api.get(f"/api/v1/metrics?cursor={bad}")
        assert told.status_code == 400, bad
        if bad != "%00":
            assert told.json()["field"] == "cursor"
            assert client.get(f"/metrics?page={bad}").status_code == 400, bad
    assert client.get("/metrics?page=99999").status_code == 200  # as far as it goes


def test_nulls_ties_and_either_way(db):
    """Rows equal in what they are ordered by, some without it, forwards and backwards, by every field."""
    for number, left in enumerate(
        [None, date(2026, 1, 1), None, date(2025, 1, 1), date(2026, 1, 1), None, None]
    ):
        with factories.imported():
            Person.objects.create(
                external_id=f"p{number}", name="Ana", employed_from=date(2020, 1, 1), employed_to=left
            )
    for order in (
        ["employed_to"],
        ["-employed_to"],
        ["name", "-employed_to"],
        ["-name", "employed_to", "-external_id"],
    ):
        listed = paging.PlacedList(Person.objects.order_by(*order))
        whole = listed.cut(None, 100)[0]
        assert whole == list(
            Person.objects.order_by(*order, "pk" if not order[-1].startswith("-") else "-pk")
        )
        for size in (1, 2, 3):
            rows, place, more = [], None, True
            while more:
                some, more = listed.cut(place, size)
                rows += some
                place = listed.read_place(listed.write_place(rows[-1], backwards=False))
            assert rows == whole, order
            place = listed.read_place(listed.write_place(rows[-1], backwards=True))
            back, more = listed.cut(place, 100)
            assert back == whole[:-1] and not more and listed.count_before(whole[3]) == 3


@pytest.mark.proof(alone=True)
def test_a_place_keeps_to_the_microsecond(world):
    """Moments, days, keys and numbers come back from a token as they were."""
    for found in (
        Term.objects.order_by("-announced_at"),
        Contract.objects.all(),
        User.objects.order_by("-created_at"),
    ):
        listed = paging.PlacedList(found)
        for row in listed.cut(None, 3)[0]:
            place = listed.read_place(listed.write_place(row, backwards=False))
            assert row.pk in {each.pk for each in found} and place.values == tuple(
                getattr(row, term.name) for term in listed._terms
            )
    with pytest.raises(BadInput):
        paging.PlacedList(Hold.objects.all()).read_place(paging.PlacedList(CharterVersion.objects.all()).write_place(
            paging.PlacedList(CharterVersion.objects.all()).cut(None, 1)[0][0], backwards=False))  # fmt: skip
