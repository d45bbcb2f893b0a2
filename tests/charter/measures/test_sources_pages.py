"""Pages and API of sources and of the names in them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from charter.measures import sources
from charter.measures.models import SourceSurvey, UnmatchedName
from charter.registry.models.sources import Source
from governance.people import identities
from governance.people.models import Identity, TeamAlias
from ground import clock
from tests import factories, on_the_log

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

API = "/api/v1"
FORM = {
    "slug": "reviews",
    "name": "Reviews",
    "kind": "version_control",
    "description": "Reviews of changes.",
    "owner": "Data",
    "cadence": "P1D",
    "region": "EU",
    "columns": "id TEXT event_key\r\ndone_at TIMESTAMPTZ time\r\n\r\nwho TEXT person\r\nlines INTEGER",
}


@pytest.fixture
def admin():
    return factories.an_administrator()


@pytest.fixture
def page(client, admin, settings):
    settings.WAREHOUSE_URL = ""
    client.force_login(admin)
    return client


@pytest.fixture
def seen():
    """A survey of changes with three names that mean nobody."""
    survey = on_the_log.make(
        SourceSurvey,
        source=Source.objects.get(slug="changes"), connected=True, rows=100, newest_at=clock.now(),
        people_known=0.7, teams_known=1.0,
    )  # fmt: skip
    for kind, name, events in (("person", "gh-1", 20), ("person", "zoe", 9), ("team", "serach", 1)):
        on_the_log.make(UnmatchedName, survey=survey, kind=kind, name=name, events=events, suggestion="ann")
    return survey


def api(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user, token="counted")
    return client


def test_a_source_is_described_on_its_page(page, admin):
    """Issue 10, item 1: by page; what is at fault stands beside its field."""
    assert page.post("/sources/new", FORM).status_code == 302
    made = Source.objects.get(slug="reviews").read()
    assert (made.event_key, made.persons, made.columns["lines"].means) == ("id", ("who",), None)
    again = page.get("/sources/reviews/change")
    assert "who TEXT person" in again.content.decode()
    page.post("/sources/reviews/change", {**FORM, "slug": "other", "owner": "Somebody"})
    assert Source.objects.get(slug="reviews").owner == "Somebody" and not Source.objects.filter(slug="other")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "presence"}, "kind"),
        ({"cadence": "daily"}, "cadence"),
        ({"slug": "Reviews"}, "slug"),
        ({"columns": "id"}, "columns"),
        ({"columns": "id VARCHAR"}, "columns"),
        ({"columns": "id TEXT wrong"}, "columns"),
        ({"columns": "id TEXT event_key"}, "columns"),
        ({"columns": "at TIMESTAMPTZ time\nat TEXT"}, "columns"),
    ],
)
def test_a_fault_of_a_source_stands_beside_its_field(page, wrong, field):
    """Bad input: 400, the field, and nothing made; a banned kind as well (AR01)."""
    refused = page.post("/sources/new", {**FORM, **wrong})
    assert refused.status_code == 400 and set(refused.context["form"].errors) == {field}
    assert not Source.objects.filter(slug="reviews").exists()


def test_the_list_is_narrowed_sorted_and_paged(page, seen):
    """Issue 10: lists sorted, filtered and paged."""
    shown = page.get("/sources?sort=-unmatched").content.decode()
    assert shown.index("Merged changes") < shown.index("Commits") and "70 %" in shown
    assert "Merged changes" not in page.get("/sources?name=commits").content.decode()
    assert page.get("/sources?kind=nonsense").status_code == 400


def test_unmatched_names_are_for_administrators(page, client, seen, admin):
    """S151: unmatched names are told by how much they matter, with a suggestion, to whoever can give them."""
    shown = page.get("/sources/changes").content.decode()
    assert shown.index("gh-1") < shown.index("zoe") < shown.index("serach")
    assert "/names/people/new?source=changes&amp;name=gh-1&amp;whose=ann" in shown
    client.force_login(factories.an_account("somebody"))
    shown = client.get("/sources/changes").content.decode()
    assert "gh-1" not in shown and "Merged changes" in shown
    assert api(factories.an_account("somebody")).get(f"{API}/sources/changes/unmatched").status_code == 403
    told = api(admin).get(f"{API}/sources/changes/unmatched").json()["results"]
    assert [(each["name"], each["events"]) for each in told] == [("gh-1", 20), ("zoe", 9), ("serach", 1)]


def test_a_name_is_given_and_ended_on_its_pages(page, admin):
    """Issue 10, item 2: page; the suggestion comes along, and decides nothing."""
    ann = factories.a_person("ann")
    form = page.get("/names/people/new?source=changes&name=gh-1&whose=ann").content.decode()
    assert 'value="gh-1"' in form and 'value="ann"' in form
    given = {"source": "changes", "name": "GH-1", "kind": "somebody", "whose": "ann"}
    assert page.post("/names/people/new", given).status_code == 302
    made = Identity.objects.get()
    assert (made.person, made.key, made.given_by) == (ann, "gh-1", admin)
    listed = page.get("/names/people?name=ANN").content.decode()
    assert "GH-1" in listed and "/names/people.csv?name=ANN" in listed
    taken = (
        b"".join(page.get("/names/people.csv?name=ANN").streaming_content).decode("utf-8-sig").splitlines()
    )
    assert taken[0].startswith("Name in the source,Source") and taken[1].startswith("GH-1,changes,ann,")
    assert len(b"".join(page.get("/names/people.csv?name=zzz").streaming_content).splitlines()) == 1
    assert page.post(f"/names/people/{made.pk}/end").status_code == 302
    assert identities.read_names().people.find("gh-1", ["changes"]).known is False
    assert page.get(f"/names/people/{made.pk}/end").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field", "status"),
    [
        ({"whose": "nobody-here"}, "whose", 400),
        ({"whose": ""}, "whose", 400),
        ({"kind": "nobody"}, "whose", 400),
        ({"kind": ""}, "kind", 400),
        ({"name": "\u200b"}, "name", 400),
        ({"name": "BOB"}, "name", 400),
    ],
)
def test_a_fault_of_a_name_stands_beside_its_field(page, wrong, field, status):
    """Bad input: the field, and nothing given."""
    factories.a_person("ann")
    factories.a_person("bob")
    refused = page.post(
        "/names/people/new", {"source": "", "name": "x", "kind": "somebody", "whose": "ann", **wrong}
    )
    assert refused.status_code == status and field in refused.context["form"].errors
    assert not Identity.objects.exists()


def test_a_team_has_its_names_on_pages_as_well(page):
    """S77: a team's, a service's, or none of ours."""
    factories.a_team("search")
    page.post("/names/teams/new", {"source": "", "name": "Suche", "kind": "somebody", "whose": "search"})
    page.post("/names/teams/new", {"source": "", "name": "Agency", "kind": "nobody"})
    assert set(TeamAlias.objects.values_list("key", "team__slug")) == {("suche", "search"), ("agency", None)}
    shown = page.get("/names/teams").content.decode()
    assert "Suche" in shown and "None of ours" in shown


def test_names_are_given_over_the_api(admin):
    """Issue 10, item 2: API; nobody else may, and what is wrong is a problem that names the field."""
    factories.a_person("ann@example.org")
    body = {"source": "changes", "name": "gh-1", "person": "ann@example.org"}
    assert (
        api(factories.an_account("somebody")).post(f"{API}/identities", body, format="json").status_code
        == 403
    )
    made = api(admin).post(f"{API}/identities", body, format="json")
    assert made.status_code == 201 and made.json()["person"] == "ann@example.org"
    bot = api(admin).post(f"{API}/identities", {**body, "name": "renovate", "person": None}, format="json")
    assert bot.json()["is_bot"] is True
    assert api(admin).post(f"{API}/identities", body, format="json").status_code == 409
    for wrong in ({"person": "zoe"}, {"name": ""}, {"who": "x"}):
        assert api(admin).post(f"{API}/identities", {**body, **wrong}, format="json").status_code == 400
    listed = api(admin).get(f"{API}/identities?page_size=1").json()
    assert len(listed["results"]) == 1 and listed["next"]
    assert api(admin).get(f"{API}/identities?name=example").json()["results"][0]["name"] == "gh-1"
    ended = api(admin).post(f"{API}/identities/{made.json()['id']}/end")
    assert ended.status_code == 200
    assert api(admin).post(f"{API}/identities/{made.json()['id']}/end").status_code == 409
    factories.a_team("search")
    alias = {"source": "", "name": "Suche", "team": "search"}
    assert api(admin).post(f"{API}/team-aliases", alias, format="json").status_code == 201
    assert api(admin).get(f"{API}/team-aliases").json()["results"][0]["team"] == "search"


def test_a_source_is_described_over_the_api(admin, settings):
    """Issue 10, item 1: API; the same refusals as the page, the field named."""
    settings.WAREHOUSE_URL = ""
    columns = {
        "id": {"type": "TEXT", "means": "event_key"},
        "done_at": {"type": "TIMESTAMPTZ", "means": "time"},
    }
    body = {**FORM, "columns": columns}
    made = api(admin).post(f"{API}/sources", body, format="json")
    assert made.status_code == 201 and made.json()["columns"] == columns
    assert api(admin).get(f"{API}/sources/reviews").json()["survey"] is None
    refused = api(admin).post(
        f"{API}/sources", {**body, "slug": "wellbeing", "kind": "presence"}, format="json"
    )
    assert (refused.status_code, refused.json()["code"]) == (400, "banned_source")
    wrongs: list[dict[str, object]] = [
        {"kind": "x"}, {"columns": {"a": {"type": "VARCHAR"}}}, {"more": 1}, {"columns": []},
    ]  # fmt: skip
    for wrong in wrongs:
        assert api(admin).post(f"{API}/sources", {**body, **wrong}, format="json").status_code == 400
    assert (
        api(factories.an_account("somebody")).post(f"{API}/sources", body, format="json").status_code == 403
    )


def test_looking_at_the_sources_needs_a_warehouse(page, admin):
    """Fail closed: 503, and what was seen stays."""
    assert page.post("/sources/survey").status_code == 503
    assert api(admin).post(f"{API}/sources/survey").status_code == 503


@pytest.mark.parametrize("path", ["/sources", "/sources/changes", "/names/people", "/names/teams"])
def test_lists_cost_a_fixed_number_of_statements(page, seen, path):
    """Every list query pinned: as many statements for many rows as for few."""
    _fill(0, 1)
    page.get(path)
    with CaptureQueriesContext(connection) as few:
        page.get(path)
    _fill(1, 30)
    with CaptureQueriesContext(connection) as many:
        assert page.get(path).status_code == 200
    assert len(many) == len(few)


def _fill(first: int, last: int) -> None:
    by = factories.system()
    for n in range(first, last):
        person, team = factories.a_person(f"p-{n}"), factories.a_team(f"t-{n}")
        identities.give_identity(source="changes", name=f"gh-{n + 100}", person=person, by=by)
        identities.give_alias(source="", name=f"squad {n}", team=team, by=by)
        description = factories.a_description(f"table_{n}")
        sources.describe_source(description=description, by=by)
    survey = SourceSurvey.objects.get()
    for n in range(first, last):
        on_the_log.make(UnmatchedName, survey=survey, kind="person", name=f"x-{n}", events=n)
