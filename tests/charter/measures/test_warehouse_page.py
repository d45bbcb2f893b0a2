"""Issue 15, item 4: the warehouse tested, and its tables seen, described or not; without a row, and without its secrets."""

import duckdb
import pytest

from charter.measures.screens.warehouse import tell_address
from charter.measures.warehouse.listing import name_type
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
