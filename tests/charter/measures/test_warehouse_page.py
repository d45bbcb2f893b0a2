"""Issue 15, item 4: the warehouse tested, and its tables seen, described or not; without a row, and without its secrets."""

import duckdb
import pytest

from audits.ledger.models import Entry
from charter.measures.screens.warehouse import tell_address
from charter.measures.warehouse import first_rows
from charter.measures.warehouse.listing import name_type
from charter.registry.models.sources import Source
from tests import factories
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


@pytest.fixture
def browse(client, settings, tmp_path):
    path = tmp_path / "facts.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE reviews (id VARCHAR, done_at TIMESTAMPTZ, lines SMALLINT, cost DECIMAL(9, 2), raw JSON)"
        )
        connection.execute("CREATE TABLE changes (id VARCHAR)")
        connection.execute("INSERT INTO reviews VALUES ('secret-row', now(), 1, 1, '{}')")
    settings.WAREHOUSE_URL = f"duckdb://{path}"
    client.force_login(factories.an_administrator())
    return lambda address: Page(client.get(address))


def test_tables_are_listed_with_their_columns_and_no_row(browse):
    """What is there, in the words of a description; described ones lead to theirs."""
    page = browse("/warehouse")
    assert page.says(
        "It can be reached, and has 2 tables",
        "reviews",
        "done_at TIMESTAMPTZ",
        "lines INTEGER",
        "Describe it",
    )
    assert 'href="/sources/changes"' in page.html and 'href="/sources/new?table=reviews"' in page.html
    assert page.says("Described, and not there", "incidents")
    assert "secret-row" not in page.html


def test_describing_begins_with_what_is_known(browse):
    """Names and types are filled in; what each means stays to be said by a person."""
    page = browse("/sources/new?table=reviews")
    assert 'value="reviews"' in page.html and "done_at TIMESTAMPTZ" in page.html
    assert 'value="nowhere"' not in browse("/sources/new?table=nowhere").html


def test_the_first_rows_say_of_which_type_a_column_is_and_nothing_of_anybody(browse):
    """Issue 15, 4: types and what the text of the first rows reads as; never a value, of a table that is there alone."""
    page = browse("/sources/new?table=reviews")
    assert page.says(
        "What the first 1 rows hold", "done_at", "times", "lines", "whole numbers", "No value is shown"
    )
    assert "secret-row" not in page.html
    assert "What the first" not in browse("/sources/new?table=nowhere").html


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (["2026-01-31", "2026-02-01"], "days"), (["2026-01-31T10:00:00Z"], "times"), (["1", "2"], "whole numbers"),
        (["1.5", "2"], "numbers"), (["true", "False"], "yes or no"), (["ana", "2"], "text"), ([None, ""], "nothing"),
    ],
)  # fmt: skip
def test_the_text_of_a_file_is_read_as_what_it_says(values, word):
    """Issue 15, 4: files have nothing but text, so what it reads as is said beside its type."""
    assert first_rows._tell("column", "VARCHAR", values).reads_as == word


@pytest.fixture
def four_keys(browse, settings, tmp_path):
    """Tables of Four Keys, without incidents and teams; a table of GitLab, without drafts; and another."""
    path = tmp_path / "keys.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE changes (change_id VARCHAR, time_created TIMESTAMP, event_type VARCHAR)"
        )
        connection.execute(
            "CREATE TABLE deployments (source VARCHAR, deploy_id VARCHAR, time_created TIMESTAMPTZ, main_commit VARCHAR)"
        )
        connection.execute("CREATE TABLE reviews (id VARCHAR, done_at TIMESTAMPTZ)")
        connection.execute(
            "CREATE TABLE merge_requests (id VARCHAR, project_id BIGINT, author_id BIGINT, state VARCHAR,"
            " created_at TIMESTAMP, merged_at TIMESTAMP, closed_at TIMESTAMP)"
        )
    settings.WAREHOUSE_URL = f"duckdb://{path}"
    return browse


def test_a_tool_is_recognised_and_what_is_missing_is_told(four_keys):
    """Some of it looks like Four Keys: each table leads to its form, and a table that is described otherwise says so."""
    page = four_keys("/warehouse")
    assert page.says(
        "Some of this looks like DORA's Four Keys",
        "incidents, deployments.team",
        "Whoever loads the rows adds these columns:",
        "What DORA's Four Keys cannot say",
        "It is described otherwise",
    )
    assert 'href="/sources/changes/change?ready=four-keys"' in page.html
    assert not page.says("looks like GitHub")


def test_nothing_is_recognised_in_other_tables(browse):
    assert not browse("/warehouse").says("looks like")


def test_describing_begins_with_a_ready_description(four_keys):
    """Filled in with the types that are here; who answers for it and where it stands is left to say, and nothing is written."""
    assert 'href="/sources/new?table=merge_requests&amp;ready=gitlab-export"' in four_keys("/warehouse").html
    before = Entry.objects.count()
    page = four_keys("/sources/new?table=merge_requests&ready=gitlab-export")
    assert page.says("This begins with the ready description of GitLab")
    assert "id TEXT event_key" in page.html and "merged_at TIMESTAMP time" in page.html
    assert "draft BOOLEAN" not in page.html and "Delivery tools" not in page.html
    assert not Source.objects.filter(slug="merge_requests").exists()
    assert Entry.objects.count() == before


def test_a_person_s_word_describes_it(four_keys, client):
    """Described anew once it is sent: then the page says it is described so."""
    page = four_keys("/sources/changes/change?ready=four-keys")
    assert "time_created TIMESTAMP time" in page.html and "first_commit_at" not in page.html
    sent = {
        "name": "Changes", "kind": "version_control", "description": "Pushes.", "owner": "Tools", "cadence": "P1D", "region": "EU",
        "columns": "change_id TEXT\nevent_type TEXT\ntime_created TIMESTAMP time",
    }  # fmt: skip
    assert client.post("/sources/changes/change?ready=four-keys", sent).status_code == 302
    assert set(Source.objects.get(slug="changes").columns) == {"change_id", "event_type", "time_created"}
    assert four_keys("/warehouse").says("changes is described so.")


@pytest.mark.parametrize("ready", ["nothing", "grimoirelab", "../x", "four-keys&table=reviews"])
def test_a_ready_description_that_does_not_fit_begins_nothing(four_keys, ready):
    page = four_keys(f"/sources/new?table=reviews&ready={ready}")
    assert page.status == 200 and "deploy_id" not in page.html and "author_uuid" not in page.html


@pytest.mark.parametrize(
    "url", ["", "duckdb:///nowhere/facts.duckdb", "postgresql://reader:hush@127.0.0.1:1/facts"]
)
def test_one_that_is_away_is_told_why(browse, settings, url):
    """Issue 15, bad input: a warehouse that is down is a sentence on the page, and no password."""
    settings.WAREHOUSE_URL, settings.WAREHOUSE_SECONDS = url, 2.0
    page = browse("/warehouse")
    assert page.status == 200 and page.says("WAREHOUSE_URL") and "hush" not in page.html
    assert browse("/sources/new?table=reviews").status == 200


def test_others_are_refused(browse, client):
    client.force_login(factories.an_account())
    assert client.get("/warehouse").status_code == 403


def test_an_address_is_told_without_its_account():
    assert tell_address("postgresql://reader:hush@host:5432/facts?sslkey=x") == "postgresql://host:5432/facts"
    assert tell_address("") == "" and tell_address("duckdb:///a/b.duckdb") == "duckdb:///a/b.duckdb"


def test_types_in_the_words_of_a_description():
    told = {
        found: name_type(found)
        for found in ("VARCHAR", "DECIMAL(9,2)", "BIGINT", "JSON", "TIMESTAMP WITH TIME ZONE")
    }
    assert told == {
        "VARCHAR": "TEXT", "DECIMAL(9,2)": "DOUBLE", "BIGINT": "BIGINT", "JSON": "JSON", "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ",
    }  # fmt: skip
