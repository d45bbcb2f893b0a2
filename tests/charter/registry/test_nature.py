"""Issue 16, S40, S65: what a metric is follows from its described sources and its measure, and from no label."""

import msgspec
import pytest

from charter.registry import catalogue
from charter.registry.document import Measure
from charter.registry.nature import UNREADABLE, find_nature
from charter.rules.vocabulary import Aggregation, Nature, SourceKind
from tests import factories

A = Aggregation
CHARTERS = catalogue.read_starter_charters()
SOURCES = {source.slug: source for source in catalogue.read_starter_sources()} | {
    "chats": factories.a_description(
        "chats",
        SourceKind.MESSAGES,
        columns={"id": "TEXT event_key", "at": "TIMESTAMPTZ time", "author": "TEXT person", "seen_at": "TIMESTAMPTZ time"},
    ),
    "answers": factories.a_description("answers", SourceKind.SURVEY),
}  # fmt: skip
ACTIVITY = {Nature.ACTIVITY}
CHANGE = "SELECT merged_at AS at, author AS person, team, {} AS value FROM changes"


def nature(facts: str, aggregation: Aggregation, *read: str) -> set[Nature]:
    return set(find_nature(Measure(read, facts, aggregation), SOURCES))


@pytest.mark.parametrize(
    ("facts", "aggregation", "source", "expected"),
    [
        ("SELECT committed_at AS at, author AS person, team, 1 AS value FROM commits", A.COUNT, "commits", ACTIVITY),
        ("SELECT committed_at AS at, author AS person, team, 1 AS value FROM commits", A.RATE, "commits", ACTIVITY),
        ("SELECT committed_at AS at, author AS person, team, files AS value FROM commits", A.P90, "commits", ACTIVITY),
        (CHANGE.format("additions + deletions"), A.MEDIAN, "changes", ACTIVITY),
        (CHANGE.format("CAST(additions AS DOUBLE) / 7"), A.MEAN, "changes", ACTIVITY),
        (CHANGE.format("CASE WHEN revert THEN 1 ELSE 0 END"), A.SHARE, "changes", set()),
        (CHANGE.format("(epoch(merged_at) - epoch(first_commit_at)) / 3600"), A.MEDIAN, "changes", set()),
        # the time that somebody spent, added up, is hours of work
        (CHANGE.format("(epoch(merged_at) - epoch(first_commit_at)) / 3600"), A.SUM, "changes", ACTIVITY),
        ("SELECT finished_at AS at, assignee AS person, team, 1 AS value FROM work_items", A.COUNT, "work_items", ACTIVITY),
        ("SELECT finished_at AS at, assignee AS person, team, blocked_hours AS value FROM work_items", A.MEAN, "work_items", set()),
        ("SELECT date_trunc('day', finished_at) AS at, assignee AS person, team, count(*) AS value FROM work_items "
         "GROUP BY date_trunc('day', finished_at), assignee, team", A.MEAN, "work_items", ACTIVITY),
        ("SELECT at, author AS person, 1 AS value FROM chats", A.COUNT, "chats", ACTIVITY),
        ("SELECT at, author AS person, epoch(seen_at) - epoch(at) AS value FROM chats", A.MEDIAN, "chats", {Nature.REPLY_LATENCY}),
        ("SELECT at, team, value FROM answers", A.MEAN, "answers", {Nature.SURVEY}),
        ("SELECT finished_at AS at, team, 1 AS value FROM deployments", A.RATE, "deployments", set()),
        ("SELECT interruptions.at AS at, person, team, 1 AS value FROM interruptions", A.COUNT, "interruptions", ACTIVITY),
    ],
)  # fmt: skip
def test_what_a_measure_makes_of_a_metric(facts, aggregation, source, expected):
    """Commits, lines, tickets, messages and hours are activity by their kind of event; waiting and failing are not."""
    assert nature(facts, aggregation, source) == expected


@pytest.mark.parametrize(
    "facts",
    [
        "SELECT committed_at AS at, author AS person, team, 1 AS value FROM commits "
        "UNION ALL SELECT finished_at, assignee, team, 3 FROM work_items",
        "WITH both AS (SELECT committed_at AS at, author AS person, team, files AS value FROM commits "
        "UNION ALL SELECT finished_at, assignee, team, 3 FROM work_items) SELECT at, person, team, value FROM both",
        "SELECT committed_at AS at, author AS person, team, files + (SELECT count(*) FROM work_items) AS value FROM commits",
    ],
)
def test_more_than_one_kind_of_event_is_a_composite(facts):
    """S34: whether laid under one another, named before or counted aside."""
    assert Nature.COMPOSITE in nature(facts, A.SUM, "commits", "work_items")


def test_a_table_that_is_only_looked_up_makes_no_composite():
    facts = (
        "SELECT c.committed_at AS at, c.author AS person, c.team AS team, c.files AS value FROM commits c "
        "JOIN changes ON changes.id = c.id WHERE changes.revert"
    )
    assert nature(facts, A.SUM, "commits", "changes") == ACTIVITY


def test_gaps_between_what_one_person_did_are_idle_time():
    """S64: from a person's event to their next; from an incident of a team to its next it is how a team recovers."""
    facts = (
        "SELECT committed_at AS at, author AS person, team, epoch(committed_at) - epoch(lag(committed_at) OVER "
        "(PARTITION BY {} ORDER BY committed_at)) AS value FROM commits"
    )
    assert Nature.IDLE in nature(facts.format("author"), A.MEAN, "commits")
    assert find_nature(CHARTERS["recovery-time"].what.measure, SOURCES) == frozenset()


@pytest.mark.parametrize("facts", ["SELECT nothing AS at FROM commits", "DROP TABLE commits"])
def test_what_cannot_be_read_counts_as_the_most_restricted(facts):
    """Fail closed: a query that nobody understands opens nothing."""
    assert nature(facts, A.COUNT, "commits") == UNREADABLE
    assert nature("SELECT at, 1 AS value FROM rumours", A.COUNT, "rumours") == UNREADABLE
    assert find_nature(None, SOURCES) == UNREADABLE


@pytest.mark.parametrize("slug", sorted(CHARTERS))
def test_no_label_changes_it(slug):
    """AR01, S65: calling it an outcome of class performance leaves it what it is; starters are labelled as what they are."""
    document = CHARTERS[slug]
    found = find_nature(document.what.measure, SOURCES)
    relabelled = msgspec.structs.replace(
        document, name="Outcome", what=msgspec.structs.replace(document.what, unit="x")
    )
    assert find_nature(relabelled.what.measure, SOURCES) == found
    assert Nature.COMPOSITE not in found and not {Nature.IDLE, Nature.REPLY_LATENCY} & found
