"""Queries are tried on made-up rows while they are written: whether they run and what they give, and nothing of anybody."""

from datetime import date

import msgspec
import pytest

from charter.authoring import drafts
from charter.measures.warehouse.made_up import try_query
from charter.registry import catalogue
from charter.registry.document import Measure
from charter.rules.vocabulary import Aggregation, Role
from ground.errors import BadInput
from tests import factories
from tests.pages import browse, governed, house, stopped, with_people

__all__ = ["browse", "governed", "house", "stopped", "with_people"]

FIRST = date(2026, 1, 1)
DESCRIBED = {source.slug: source for source in catalogue.read_starter_sources()}
MEASURES = {
    slug: charter.what.measure
    for slug, charter in catalogue.read_starter_charters().items()
    if charter.what.measure is not None
}
CHANGES = "SELECT merged_at AS at, author AS person, 1 AS value FROM changes"


def a_measure(facts: str, *sources: str) -> Measure:
    return Measure(sources=sources or ("changes",), facts=facts, aggregation=Aggregation.COUNT)


@pytest.mark.parametrize("slug", sorted(MEASURES))
def test_each_starter_query_gives_rows(slug):
    """Issue 11: the query's first rows, without persons. Conditions of the query are met by some made-up rows."""
    rows = try_query(MEASURES[slug], DESCRIBED, first=FIRST, rows=5)
    assert len(rows) == 5 and any(row["at"] is not None and row["value"] is not None for row in rows)
    assert all(str(row.get("person") or "person-1").startswith("person-") for row in rows)


def test_the_same_query_shows_the_same_rows():
    once, again = (try_query(MEASURES["pr-size"], DESCRIBED, first=FIRST, rows=8) for _ in range(2))
    assert once == again


@pytest.mark.parametrize(
    ("facts", "sources", "error", "says"),
    [
        ("SELECT 1", ("changes",), BadInput, "does not read it"),
        ("SELECT at, person, value FROM presence", ("presence",), BadInput, "Nobody has described"),
        (
            "SELECT no_such_column AS at, team, 1 AS value FROM changes",
            ("changes",),
            BadInput,
            "no_such_column",
        ),
    ],
)
def test_a_query_that_cannot_run_says_why(facts, sources, error, says):
    with pytest.raises(error, match=says):
        try_query(a_measure(facts, *sources), DESCRIBED, first=FIRST, rows=5)


def a_draft(**measure):
    """A draft with the query of the starter charter, or with these fields of its measure in their place."""
    owner, document = factories.an_account("writer"), factories.a_document("pr-size")
    factories.a_role(owner, Role.METRIC_OWNER)
    changed = msgspec.structs.replace(document.what.measure, **measure)
    what = msgspec.structs.replace(document.what, measure=changed)
    return drafts.start_draft(
        programme=factories.a_programme(), document=msgspec.structs.replace(document, what=what), by=owner
    )


def test_the_page_shows_made_up_rows_to_who_may_read_the_draft(browse, house, settings):
    """No warehouse is opened: it need not even be there."""
    settings.WAREHOUSE_URL = ""
    draft = a_draft()
    page = browse(f"/charters/{draft.pk}/rows", by=draft.owner)
    assert page.says("First rows, made up", "person-", "The query")
    assert browse(f"/charters/{draft.pk}", by=draft.owner).says("See what the query gives")
    assert browse(f"/charters/{draft.pk}/rows", by=house.stranger).status == 403


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ("", "There is no query yet"),
        ("SELECT", "It does not run"),
        (f"{CHANGES} WHERE merged_at < TIMESTAMPTZ '1999-01-01'", "no made-up row fits its conditions"),
    ],
)
def test_the_page_says_why_there_are_none(browse, house, facts, says):
    draft = a_draft(facts=facts)
    assert browse(f"/charters/{draft.pk}/rows", by=draft.owner).says(says)
