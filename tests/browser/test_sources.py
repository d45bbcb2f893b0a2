"""Sources and the names in them, in a browser: accessible at both widths in both schemes, and done without script."""

import re

import duckdb
import pytest
from playwright.sync_api import expect

from charter.measures.models import SourceSurvey, UnmatchedName
from charter.registry.models.sources import Source
from governance.people import identities
from governance.people.models import Identity
from ground import clock
from tests import factories, on_the_log
from tests.browser.test_accessibility import SOURCES, Eye


@pytest.fixture
def seen(house) -> None:
    """A survey with a name that means nobody, whom it may mean, and a source that is not as described."""
    survey = on_the_log.make(
        SourceSurvey,
        source=Source.objects.get(slug="changes"),
        connected=True,
        rows=100,
        newest_at=clock.now(),
        people_known=0.7,
    )
    on_the_log.make(
        UnmatchedName,
        survey=survey,
        kind="person",
        name="a-long-login@mail.example.org",
        events=20,
        suggestion="payments-1",
    )
    faults = ["The table commits has no column authored_local."]
    on_the_log.make(SourceSurvey, source=Source.objects.get(slug="commits"), connected=True, faults=faults)


@pytest.mark.proof(alone=True)
def test_sources_and_names_are_accessible(window, house, seen):
    """DESIGN, Accessibility: zero axe violations, of lists, forms and what is refused in them."""
    by = factories.an_administrator()
    eye = Eye(window(by))
    eye.look("/names/people", "identities")
    bot = identities.give_identity(source="", name="renovate[bot]", person=None, by=by)
    alias = identities.give_alias(source="changes", name="Suche", team=None, by=by)
    eye.look("/sources", "sources")
    eye.look("/sources?name=zzzz", "sources")
    eye.look("/sources/changes", "source")
    eye.look("/sources/commits", "source")
    eye.look("/sources/new", "source-new", "Describe it so")
    eye.look("/sources/changes/change", "source-change")
    eye.look("/sources/survey", "source-survey")
    for page, name, given in (("people", "identity", bot), ("teams", "alias", alias)):
        eye.look(f"/names/{page}", {"identity": "identities", "alias": "aliases"}[name])
        eye.look(f"/names/{page}/new", f"{name}-new", "Give it")
        eye.look(f"/names/{page}/{given.pk}/end", f"{name}-end")
    assert eye.faults == []
    assert eye.seen == SOURCES


@pytest.fixture
def gitlab(house, settings, tmp_path) -> None:
    """A warehouse with a table of a GitLab export, and not its others."""
    path = tmp_path / "gitlab.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE merge_requests (id BIGINT, project_id BIGINT, author_id BIGINT, state VARCHAR, draft BOOLEAN,"
            " created_at TIMESTAMPTZ, merged_at TIMESTAMPTZ, closed_at TIMESTAMPTZ)"
        )
    settings.WAREHOUSE_URL = f"duckdb://{path}"


def test_a_description_begins_from_a_ready_one(window, gitlab):
    """Issue 15, item 4: from the warehouse to a described table, whose owner and region a person says; without script."""
    by = factories.an_administrator()
    eye = Eye(window(by))
    eye.look("/warehouse", "warehouse")
    eye.look("/sources/new?table=merge_requests&ready=gitlab-export", "source-new")
    assert eye.faults == []
    page = window(by, java_script_enabled=False)
    page.goto("/warehouse")
    page.get_by_role("link", name="Begin with merge_requests").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Merge requests (GitLab)")
    page.get_by_label("Who answers for it").fill("Platform")
    page.get_by_label("Where its rows are kept").fill("EU")
    page.get_by_role("button", name="Describe it so").click()
    expect(page.get_by_role("heading", name="Merge requests (GitLab)")).to_be_visible()
    page.goto("/warehouse")
    expect(page.get_by_text("merge_requests is described so.")).to_be_visible()


def test_an_unmatched_name_becomes_somebodys(window, house, seen):
    """Issue 10, item 2: from the name that costs most to whose it is, in a few steps and without script."""
    page = window(factories.an_administrator(), java_script_enabled=False)
    page.goto("/sources")
    page.get_by_role("link", name="Merged changes").click()
    page.get_by_role("link", name=re.compile("Say who.*a-long-login")).click()
    expect(page.get_by_label("External id of the person")).to_have_value("payments-1")
    page.get_by_role("button", name="Give it").click()
    expect(page.get_by_text("“a-long-login@mail.example.org” is given.")).to_be_visible()
    assert Identity.objects.get().person.external_id == "payments-1"
