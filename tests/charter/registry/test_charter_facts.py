"""From a document to facts: retention in calendar time, listings, and what fails closed."""

from datetime import date

import msgspec
import pytest

from charter.registry import catalogue
from charter.registry.charter_facts import (
    build_charter_facts,
    find_oldest_kept_day,
    parse_document,
    parse_duration,
)
from charter.registry.document import CharterDocument, HowLong
from charter.rules.vocabulary import Category, DecisionType, Grain, Kind, Role, SourceKind, Standing, View

LEAD_TIME = catalogue.read_starter_charters()["lead-time-for-changes"]
SOURCES = {source.slug: source for source in catalogue.read_starter_sources()}
TODAY = date(2026, 4, 14)


def facts(document: CharterDocument = LEAD_TIME, **changes):
    given = {
        "version": 3,
        "standing": Standing.ACTIVE,
        "in_force": True,
        "sources": SOURCES,
        "today": TODAY,
        **changes,
    }
    return build_charter_facts(document, **given)


def keeping(**how_long) -> CharterDocument:
    return msgspec.structs.replace(LEAD_TIME, how_long=HowLong(**how_long))


@pytest.mark.parametrize(
    ("duration", "day", "since"),
    [
        ("P3Y", TODAY, date(2023, 4, 14)),
        ("P13M", TODAY, date(2025, 3, 14)),
        ("P1Y6M", TODAY, date(2024, 10, 14)),
        ("P2W", TODAY, date(2026, 3, 31)),
        ("P31D", TODAY, date(2026, 3, 14)),
        ("P1Y2M3W4D", TODAY, date(2025, 1, 20)),
        ("P1Y", date(2024, 2, 29), date(2023, 2, 28)),
        ("P1M", date(2026, 3, 31), date(2026, 2, 28)),
    ],
)
def test_retention_is_calendar_time(duration, day, since):
    """AR28, ISO 8601: months and years are those of the calendar, also at their ends."""
    assert day - parse_duration(duration) == since
    assert find_oldest_kept_day(keeping(values=duration), day, grain_is_person=False) == since


@pytest.mark.parametrize(
    ("how_long", "person", "since"),
    [
        ({"facts": "P13M", "values": "P3Y"}, False, date(2023, 4, 14)),
        ({"facts": "P13M", "values": "P3Y"}, True, date(2025, 3, 14)),
        ({"values": "P3Y"}, True, date(2026, 3, 14)),
        ({"facts": "P13M"}, False, TODAY),
        ({}, False, TODAY),
    ],
)
def test_persons_values_live_as_long_as_their_facts(how_long, person, since):
    """DESIGN Charters: person grain defaults to P14D; AR28: where nothing is said, nothing is kept."""
    assert find_oldest_kept_day(keeping(**how_long), TODAY, grain_is_person=person) == since
    assert facts(keeping(**how_long), grain_is_person=person).kept_from == since


def test_listings_are_pairs_and_what_must_stand_beside():
    """S60, S26: uses are (decision, grain); a use that needs another metric beside it says which."""
    seen = facts()
    assert (DecisionType.RETROSPECTIVE, Grain.TEAM) in seen.listed
    assert (DecisionType.RETROSPECTIVE, Grain.VALUE_STREAM) not in seen.listed
    assert (Role.LEADERSHIP, Grain.ORG) in seen.access
    assert (DecisionType.RELIABILITY_TRADEOFF, Grain.TEAM, "slo-compliance") in seen.needs_beside
    assert not any(decision is DecisionType.RETROSPECTIVE for decision, _, _ in seen.needs_beside)
    assert seen.counter_metric == "change-failure-rate"


def test_facts_carry_what_the_charter_says():
    """S41: category, type, class, sources, unit and dates are the document's own."""
    seen = facts(pilot_cohorts=frozenset({"team:a"}))
    assert (seen.metric, seen.version, seen.standing, seen.in_force) == (
        "lead-time-for-changes", 3, Standing.ACTIVE, True,
    )  # fmt: skip
    assert (seen.category, seen.kind, seen.view, seen.unit) == (
        Category.DELIVERY, Kind.OUTCOME, View.DIAGNOSTIC, "hour",
    )  # fmt: skip
    assert seen.sources == {SourceKind.VERSION_CONTROL}
    assert seen.data_from == date(2025, 1, 1)
    assert seen.pilot_cohorts == {"team:a"}
    assert facts(catalogue.read_starter_charters()["weekend-share"]).counts_hours


def test_an_unfinished_draft_counts_as_the_most_restricted_kind():
    """S16: a draft that says nothing yet can be asked about, and is refused like the worst of metrics."""
    seen = facts(
        CharterDocument(charter=1, metric="new", name="New"), standing=Standing.DRAFT, in_force=False
    )
    assert (seen.category, seen.kind, seen.view) == (Category.ACTIVITY, Kind.ACTIVITY, View.DIAGNOSTIC)
    assert (seen.listed, seen.access, seen.kept_from) == (frozenset(), frozenset(), TODAY)


def test_a_source_that_nobody_described_counts_as_banned():
    """S65, AR01: what a source is must be known before it is allowed."""
    assert facts(sources={}).sources == {SourceKind.PRESENCE}


def test_a_stored_document_is_the_document():
    """S21: the JSON that is stored reads back as the same charter."""
    for document in catalogue.read_starter_charters().values():
        stored = msgspec.json.decode(msgspec.json.encode(msgspec.to_builtins(document)))
        assert parse_document(stored) == document
