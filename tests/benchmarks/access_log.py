"""The access log over a million decisions: its first page by each of the commonest filters, against a bare count.

Decisions are copies of real ones, written past the log by the owner; DECISIONS says how many.
"""

import json
import os
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from statistics import median, quantiles

import psycopg

from tests.benchmarks import harness
from tests.benchmarks.checks import _prepare as found_programme

DECISIONS = int(os.environ.get("DECISIONS", "1000000"))
ACCOUNTS, TURNS, AIM = 200, 7, 500.0
TABLE = "decisions_decisionrecord"
# What each row is made of: its time over three years, one of the accounts, and words that repeat at different rates.
MADE = """
CREATE TABLE bench_made AS
SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS entry, %(now)s::timestamptz - n * (interval '1095 days' / %(rows)s) AS at,
    (%(actors)s::uuid[])[1 + (hashint8(n) & 2147483647) %% %(accounts)s] AS actor,
    CASE WHEN n %% 30 = 0 THEN 'lead-time-for-changes' ELSE 'metric-' || n %% 30 END AS metric,
    CASE WHEN n %% 50 = 0 THEN 'team:payments' ELSE 'team:t' || n %% 500 END AS cohort,
    CASE WHEN n %% 8 = 0 THEN ARRAY['payments-' || 1 + n %% 9] ELSE '{}'::text[] END AS subjects,
    (ARRAY['retrospective', 'release_readiness', 'staffing', 'performance_rating', 'team_coaching'])[1 + n %% 5] AS use,
    CASE WHEN n %% 40 = 0 THEN 'refer' WHEN n %% 7 = 0 THEN 'deny' ELSE 'permit' END AS verdict,
    (ARRAY['quarterly review', 'incident follow up', 'planning', 'rating week', 'cost of delay'])[1 + n %% 5] AS reason
FROM generate_series(1, %(rows)s) AS n
"""
ENTRIES = """
INSERT INTO ledger_entry (id, kind, at, leaf, leaf_hash, visibility)
SELECT entry, 'decisions.answered', at, convert_to(repeat(entry::text, 5), 'UTF8'), sha256(entry::text::bytea), 'open'
FROM bench_made
"""
COPIES = """
INSERT INTO decisions_decisionrecord (id, at, actor_id, door, checked_only, request, reason, window_from, window_to, own_facts, metrics, cohorts, subjects, use, consequential, grain,
    roles, verdict, rules, matches, refused_for, obligations, rulebook_hash, content_hash, snapshot, paired, entry_id)
SELECT made.id, made.at, made.actor, one.door, n % 4 = 0, one.request, made.reason, one.window_from, one.window_to, one.own_facts,
    ARRAY[made.metric], ARRAY[made.cohort], made.subjects, made.use, one.consequential, CASE WHEN n % 8 = 0 THEN 'person' ELSE 'team' END,
    CASE WHEN n % 20 = 0 THEN ARRAY['hr'] ELSE ARRAY['manager'] END, made.verdict,
    CASE WHEN made.verdict = 'permit' THEN '{}'::text[] ELSE ARRAY['AR0' || 1 + n % 9] END, one.matches, one.refused_for, one.obligations,
    one.rulebook_hash, one.content_hash, one.snapshot, one.paired, made.entry
FROM bench_made made, (SELECT * FROM decisions_decisionrecord LIMIT 1) one
"""


def run() -> list[dict]:
    """Milliseconds of the first page by filter (aim: 500 at p95 of all), and how often that is a bare count's."""
    with harness.installation() as address:
        found_programme()
        size = _fill(address)
        floor, taken = _measure()
    everything = [each for times in taken.values() for each in times]
    slowest = quantiles(everything, n=20)[18]
    return [
        _line("access log: decisions", DECISIONS, ""),
        _line("access log: table with its indexes, bytes a decision", size / DECISIONS, "B"),
        _line("access log: a bare count of all, p50", median(floor), "ms"),
        *(_line(f"access log: {name}, p50", median(times), "ms") for name, times in taken.items()),
        _line("access log: all of these, p95", slowest, "ms", f"under {AIM:g}", slowest < AIM),
        _line("access log: p50 of all against a bare count", median(everything) / median(floor), "ratio"),
    ]


def _line(name: str, value: float, unit: str, aim: str = "", holds: bool = True) -> dict:
    return {"name": name, "value": value, "unit": unit, "aim": aim, "holds": holds}


def _fill(address: str, *, indexes: Container[str] | None = None) -> int:
    """Ask once, and copy that so many times; gives the bytes of the table with its indexes: all, or `indexes`."""
    from governance.decisions.models import DecisionRecord, Door
    from governance.decisions.services import answer
    from governance.people.models import User
    from governance.ui.questions import read_request
    from ground import calendar, clock
    from tests import factories
    from tests.benchmarks.checks import _question

    manager = User.objects.get(username="manager")
    answer(request=read_request(_question(calendar.today())), by=manager, door=Door.API)
    accounts = [factories.an_account(f"asker-{number}") for number in range(ACCOUNTS)]
    given = {
        "rows": DECISIONS, "now": clock.now(), "actors": [each.pk for each in accounts], "accounts": ACCOUNTS,
    }  # fmt: skip
    with psycopg.connect(harness.owner_address(address), autocommit=True) as owner:
        owner.execute("SET maintenance_work_mem = '512MB'")
        owner.execute("SET synchronous_commit = off")
        owner.execute(MADE, given)
        for table, statement in (("ledger_entry", ENTRIES), (TABLE, COPIES)):
            with _bare(owner, table, indexes):
                owner.execute(statement)
        owner.execute(f"VACUUM ANALYZE {TABLE}")
        size = owner.execute(f"SELECT pg_total_relation_size('{TABLE}')").fetchone()[0]
    assert DecisionRecord.objects.count() > DECISIONS
    return int(size)


@contextmanager
def _bare(owner: psycopg.Connection, table: str, indexes: Container[str] | None = None) -> Iterator[None]:
    """The table without its triggers and without the indexes that no constraint needs, which are made again at the end."""
    found = owner.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN "
        "(SELECT conname FROM pg_constraint)", [table],
    ).fetchall()  # fmt: skip
    owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for (name,) in owner.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass", [table]
    ).fetchall():
        owner.execute(
            f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'
        )  # of a database that ends with this run
    for name, _ in found:
        owner.execute(f'DROP INDEX "{name}"')
    yield
    for name, definition in found:
        if indexes is None or name in indexes:
            owner.execute(definition)
    owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _measure() -> tuple[list[float], dict[str, list[float]]]:
    """Milliseconds of a bare count and of each filter's page, in turns; the first turn warms up."""
    from audits.access_log.searching import Search
    from governance.decisions.models import DecisionRecord
    from governance.people import pseudonyms
    from governance.people.models import User
    from ground import calendar

    today, asker = calendar.today(), User.objects.get(username="asker-7")
    month = {"since": today - timedelta(days=30), "until": today}
    searches = {
        "no filter": Search(), "metric": Search(metric="lead-time-for-changes"), "verdict": Search(verdict=("refer",)),
        "decision": Search(decision="performance_rating"), "rule": Search(rule="AR04"), "role": Search(role="hr"),
        "group": Search(cohort="team:payments"), "a month": Search(**month), "looks at values": Search(kind="values"),
        "words of the reason": Search(text="quarterly"), "who asked": Search(person=pseudonyms.code_of_account(asker)),
        "who was asked about, in a month": Search(person=pseudonyms.code_of_person("payments-1"), part="looked_at", **month),
    }  # fmt: skip
    floor: list[float] = []
    taken: dict[str, list[float]] = {name: [] for name in searches}
    for turn in range(TURNS + 1):
        for name, search in searches.items():
            times = _timed(DecisionRecord.objects.count), _timed(partial(_page, search))
            if turn:
                floor.append(times[0])
                taken[name].append(times[1])
    return floor, taken


def _page(search) -> int:
    """What the first page costs: its counts by week, its fifty rows, and what is told of them."""
    from audits.access_log import queries, telling

    weeks = queries.count_weeks(search, reasons=True)
    found = queries.narrow(queries.list_decisions(), search, reasons=True)[:51]
    lines = telling.Teller(reasons=True).tell(found)
    return len(json.dumps([each.said for each in lines])) + len(weeks)


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000
