"""Sources beside the live warehouse: checked against it, surveyed, and their unmatched names told by how much they matter."""

from datetime import UTC, datetime, timedelta

import pytest

from audits.ledger.models import Entry
from charter.measures import sources
from charter.measures.models import SourceSurvey
from charter.registry.models.sources import Source
from ground.errors import BadInput, NotPermitted, Unavailable
from tests import factories

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
COLUMNS = {
    "id": "TEXT event_key",
    "at": "TIMESTAMPTZ time",
    "who": "TEXT person",
    "squad": "TEXT team",
    "lines": "INTEGER",
}


@pytest.fixture
def admin(database):
    factories.a_programme()
    return factories.an_administrator()


@pytest.fixture
def reviews(warehouse_file):
    warehouse_file.run(
        'CREATE TABLE reviews (id VARCHAR, "at" TIMESTAMPTZ, who VARCHAR, squad VARCHAR, lines BIGINT)'
    )
    return warehouse_file


def describe(admin, **changed):
    described = factories.a_description("reviews", columns={**COLUMNS, **changed})
    return sources.describe_source(description=described, by=admin)


def test_a_source_is_checked_against_the_live_table(admin, reviews):
    """Issue 10, item 1: what is there as described is taken."""
    assert describe(admin).read().persons == ("who",)


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"reviewer": "TEXT person"}, "columns.reviewer", "has no column reviewer"),
        ({"at": "TIMESTAMP time"}, "columns.at", "not TIMESTAMP"),
        ({"at": "DATE time"}, "columns.at", "not DATE"),
        ({"lines": "TEXT"}, "columns.lines", "not TEXT"),
        ({"who": "BIGINT person"}, "columns.who", "VARCHAR in the warehouse"),
    ],
)
def test_what_is_not_in_the_warehouse_is_named(admin, reviews, changed, field, says):
    """Issue 10, item 1: a missing column and a wrong type are named, and nothing is written."""
    with pytest.raises(BadInput, match=says) as caught:
        describe(admin, **changed)
    assert caught.value.field == field
    assert not Source.objects.filter(slug="reviews").exists()


def test_a_missing_table_is_named(admin, warehouse_file):
    """Issue 10, item 1."""
    with pytest.raises(BadInput, match="no table reviews") as caught:
        describe(admin)
    assert caught.value.field == "slug"


def test_without_a_warehouse_a_source_is_taken_as_it_is_said(admin, settings):
    """Issue 10, item 1: nothing can be checked before one is connected."""
    settings.WAREHOUSE_URL = ""
    assert describe(admin).slug == "reviews"
    with pytest.raises(Unavailable):
        sources.survey_sources(by=admin)


def test_nobody_learns_of_the_warehouse_who_may_not_describe(admin, reviews):
    """Permission before validation."""
    with pytest.raises(NotPermitted):
        describe(factories.an_account("nobody"), nope="TEXT")


def test_a_survey_tells_freshness_coverage_and_unmatched_names(admin, reviews):
    """Issue 10, item 1 and fifth row: how fresh, how much is known, and unmatched names by events with a suggestion."""
    factories.a_team("search", people=2)
    names = ["search-1"] * 5 + ["Search-2"] * 2 + ["search_1@example.org"] * 2 + ["zoe"] * 1 + [None]
    rows = [
        (str(n), NOON + timedelta(days=n), name, "serach" if n < 4 else "Search", 1)
        for n, name in enumerate(names)
    ]
    reviews.insert("reviews", rows)
    describe(admin)
    sources.survey_sources(by=admin)
    found = SourceSurvey.objects.get(source__slug="reviews")
    assert (found.connected, found.faults, found.rows) == (True, [], 11)
    assert found.newest_at == NOON + timedelta(days=10)
    assert found.people_known == pytest.approx(0.7) and found.teams_known == pytest.approx(7 / 11)
    told = [(each.kind, each.name, each.events, each.suggestion) for each in found.unmatched.all()]
    assert told == [
        ("team", "serach", 4, "search"), ("person", "search_1@example.org", 2, "search-1"), ("person", "zoe", 1, "")
    ]  # fmt: skip
    absent = SourceSurvey.objects.get(source__slug="commits")
    assert (absent.connected, absent.faults) == (False, ["The warehouse has no table commits."])
    assert Entry.objects.get(kind="measures.sources.surveyed")


def test_a_survey_takes_the_place_of_the_one_before(admin, reviews):
    """S151: names that are known by now are not kept."""
    reviews.insert("reviews", [("a", NOON, "zoe", "search", 1)])
    describe(admin)
    sources.survey_sources(by=admin)
    factories.a_person("zoe")
    factories.a_team("search")
    sources.survey_sources(by=admin)
    assert not SourceSurvey.objects.get(source__slug="reviews").unmatched.exists()


@pytest.mark.parametrize(
    ("cadence", "days", "stale"), [("P1D", 3, True), ("P1D", 1, False), ("P2W", 27, False), ("PT6H", 1, True)]
)
def test_a_source_is_stale_after_two_cadences(cadence, days, stale):
    """Issue 10, item 1: freshness is told by what the source says of itself."""
    survey = SourceSurvey(newest_at=NOON)
    assert sources.is_stale(survey, cadence, NOON + timedelta(days=days)) is stale
