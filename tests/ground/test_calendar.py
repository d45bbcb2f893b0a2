"""Issue 10, 5: a day is the programme's: nothing else says which day it is, in Python or in SQL."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ground import calendar, clock

PROJECT = Path(clock.__file__).parents[1]
WINGS = ("audits", "charter", "governance", "ground")

# A moment becomes a day in the zone that stands before it: `at.astimezone(zone).date()`.
MAY = {
    "charter/measures/warehouse/facts.py": "a source that keeps days: the day comes back as the source wrote it",
    "charter/measures/warehouse/made_up.py": "made-up moments of rows that are made up",
    "charter/registry/examples.py": "made-up facts of a made-up moment, the same in every programme",
    "charter/rules/context.py": "facts carry their moment in the programme's zone",
    "governance/use_check/changes.py": "the same facts, read for what would change them",
    "charter/rules/proof/realise.py": "made-up facts of a made-up moment",
    "governance/decisions/replay/proposals.py": "facts carry their moment in the programme's zone",
    "charter/rules/outlook.py": "the same: only so that what is asked again on one day is worked out once",
    "governance/decisions/facts/rulings.py": "the session's day, UTC, as a bound that is wide enough",
    "governance/about_me/letters.py": "of a moment brought into the zone on the lines above",
    "governance/desk/screens/home.py": "the same",
    "governance/decisions/services/access_notices.py": "of a moment brought into the zone on the line above",
    "governance/demo/dataset.py": "the demo's data end at a moment of their own",
    "governance/demo/past.py": "the same",
    "governance/demo/supervisor.py": "the same",
    "governance/demo/made_events/population.py": "the same",
}
BY_ITS_CLOCK = {
    "ground/counts.py",
    "governance/config/doctor.py",
    "audits/retention/owner_functions.py",
    "governance/directory/owner_functions.py",
    "audits/retention/queries.py",
    "charter/panels/expanding/dbt.py",  # names what statements of others ask of their databases
    "governance/sql_door/vocabulary.py",  # names what clients' statements may ask of the database
}
CLOCK_OF_THE_DATABASE = re.compile(
    r"\bcurrent_(date|timestamp)\b|\bnow\(\)|\blocaltimestamp\b|\bclock_timestamp\(", re.I
)
DAY_WITHOUT_ZONE = re.compile(r"AT TIME ZONE '[^']*'\)?::date|_at::date|__date\b", re.I)


def sources() -> Iterator[tuple[str, str]]:
    for wing in WINGS:
        for path in sorted((PROJECT / wing).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(PROJECT).as_posix(), path.read_text(encoding="utf-8")


def has_zone(call: ast.Call) -> bool:
    """Whether what becomes a day is `….astimezone(…)`."""
    of = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(of, ast.Call) and isinstance(of.func, ast.Attribute) and of.func.attr == "astimezone"


def days_without_zone(text: str) -> Iterator[int]:
    """The lines on which a moment becomes a day, and nothing says in which zone."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of_clock = isinstance(node.func.value, ast.Name) and node.func.value.id == "clock"
            if (node.func.attr == "date" and not node.args and not has_zone(node)) or (
                of_clock and node.func.attr == "today"
            ):
                yield node.lineno


@pytest.mark.parametrize(
    "text", ["clock.today()", "clock.now().date()", "case.closes_at.date()", "x = (at - lasting).date()"]
)
def test_a_day_without_a_zone_is_seen(text):
    assert list(days_without_zone(text)) == [1]


def test_no_moment_becomes_a_day_without_the_programmes_zone():
    found = {file for file, text in sources() if list(days_without_zone(text))}
    assert found == set(MAY)


def test_no_statement_asks_the_database_for_the_day():
    """Neither its clock nor its session's zone; counts of requests go by its clock, to the second and
    by no day, and what deletes goes by it and the programme's zone, as it does not believe whoever asks."""
    seen = re.compile(f"{CLOCK_OF_THE_DATABASE.pattern}|{DAY_WITHOUT_ZONE.pattern}", re.I)
    found = {
        (file, line.strip())
        for file, text in sources()
        for line in text.splitlines()
        if seen.search(re.sub(r"(clock|timezone)\.now\(\)|datetime\.now\(\)|def now\(\)", "", line))
        and file not in BY_ITS_CLOCK
    }
    assert found == set()


def test_days_are_utcs_where_nobody_keeps_a_programme(monkeypatch):
    monkeypatch.setattr(calendar, "_zone_finder", [])
    assert str(calendar.find_zone()) == "UTC"
    assert calendar.today() == calendar.find_day(clock.now())
