"""Decisions in a big installation: 10,000 active charters, 100,000 people in 5,000 teams, asked in process and over HTTP.

What is timed stands beside its floor of the same run: bare Cedar in process, a bare REST view with one insert over HTTP.
The rules are exchanged under load, and every answer is held to the rulebook that it names.
"""

import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import msgspec
import psycopg

from tests.benchmarks import harness
from tests.benchmarks.checks import BARE_TABLE, CLIENTS, server
from tests.benchmarks.load import Load, Replies, load
from tests.benchmarks.pages import Registry
from tests.benchmarks.rules import afresh, bare, medians

FEW, MANY = 100, 10_000
PEOPLE, TEAMS = 100_000, 5_000
SAMPLE, ROUNDS = 100, 7
BATCH = 100
SECONDS = 8.0
# Before rules are exchanged the examples of all charters are tried once more, which takes as long as the load lasts.
EXCHANGE_SECONDS = 90.0
MEGABYTES = 1000
FLAT = 1.3
# What no charter gives an example of, or the rules could not be put in force.
UNUSUAL = {"time_filter": "weekend"}
STRICTER = """
@id("ORG01") @title("No weekends today") @text("Nothing is asked of weekends alone.") @why("The rules are exchanged.")
@fix("Ask for all days.") @family("ours") @effect("deny") @waivable("never")
forbid (principal, action == Action::"use", resource) when { context.by_clock };
"""


def run() -> list[dict]:
    """Rates, medians and tails of decisions; their cost as charters grow (aim 1.3×); a worker's memory (aim 1 GB)."""
    with harness.installation() as address:
        owner = harness.owner_address(address)
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute(BARE_TABLE)
            connection.execute("GRANT SELECT, INSERT ON bare_note TO mc_runtime")
        registry = Registry(owner)
        asker = _Asker(owner)
        registry.grow(FEW)
        few = _in_process(asker, FEW)
        registry.grow(MANY)
        _crowd(owner)
        many = _in_process(asker, MANY)
        return [*_against_cedar(), *_flat(few, many), *_over_http(asker), *_swap(asker)]


class _Asker:
    """A manager of a team of nine, who has acknowledged the rules."""

    def __init__(self, owner: str) -> None:

        from governance.people import cohorts
        from governance.people.models import GrantedRole
        from governance.training import services as training
        from ground import calendar
        from tests import factories

        team = factories.a_team("payments", people=9)
        cohorts.register_tree(on=calendar.today(), minimum=5, by=factories.system())
        self.user = factories.an_account("manager")
        factories.a_role(self.user, GrantedRole.MANAGER, team=team)
        training.acknowledge(rulebook_version=factories.the_rules(), by=self.user)
        self.token = factories.a_token(self.user)
        self.today = calendar.today()

    def metrics(self, of: int, sample: int = SAMPLE) -> list[str]:
        """So many metrics, evenly spread over the first `of`."""
        from charter.registry.models import Metric

        slugs = list(Metric.objects.order_by("pk").values_list("slug", flat=True)[:of])
        return slugs[:: max(1, of // sample)][:sample]

    def question(self, metric: str, cohort: str = "team:payments") -> dict[str, object]:
        return {**_question(self.today), "metrics": [metric], "cohorts": [cohort]}


def _question(today: date) -> dict[str, object]:
    """The last whole month, for a retrospective."""
    end = today.replace(day=1)
    start = (end - timedelta(days=1)).replace(day=1)
    return {
        "decision": "retrospective",
        "grain": "team",
        "window": {"from": start.isoformat(), "to": end.isoformat()},
        "period": "month",
    }


def _in_process(asker: _Asker, of: int) -> tuple[float, float]:
    """Median milliseconds of a check of a metric that was not asked for before, and of one that was."""
    from charter.rules.request import Request
    from governance.decisions.models import Door
    from governance.decisions.services import answer

    requests = [msgspec.convert(asker.question(metric), Request) for metric in asker.metrics(of)]

    def once(request: Request) -> float:
        began = time.perf_counter()
        answer(request=request, by=asker.user, door=Door.API, rows=False)
        return (time.perf_counter() - began) * 1000

    cold = [once(request) for request in requests]
    warm = [once(request) for _ in range(ROUNDS) for request in requests]
    return statistics.median(cold), statistics.median(warm)


def _against_cedar() -> list[dict]:
    """Decisions a second in process, beside bare Cedar."""
    from charter import rules
    from charter.rules.examples.base import team

    rulebook, facts = rules.compile_rulebook(rules.builtin_files()), team()
    floor, ours = medians(bare(facts, rulebook), afresh(facts, rulebook))
    return [
        _line("in process: bare cedarpy", 1 / floor, "1/s"),
        _line("in process: rules.decide, nothing remembered", 1 / ours, "1/s"),
    ]


def _flat(few: tuple[float, float], many: tuple[float, float]) -> Iterator[dict]:
    for what, before, after in zip(("first asked", "asked again"), few, many, strict=True):
        yield _line(f"in process: a check, {what}, {FEW} charters: p50", before, "ms")
        yield _line(f"in process: a check, {what}, {MANY:,} charters: p50", after, "ms")
        ratio = after / before
        yield _line(f"cost as charters grow, {what}", ratio, "times", f"at most {FLAT}", ratio <= FLAT)


def _crowd(owner: str) -> None:
    """People in teams in registered cohorts, by SQL: an import of so many is measured nowhere here."""
    from tests import on_the_log  # which reads models, once there are settings

    with (
        psycopg.connect(owner, autocommit=True) as connection,
        on_the_log.set_aside(connection, *_TABLES),
    ):
        for statement in _CROWD:
            connection.execute(statement, {"people": PEOPLE, "teams": TEAMS})


_TABLES = (
    "people_valuestream", "people_team", "people_person", "people_membership", "people_cohort", "people_cohort_teams"
)  # fmt: skip
_CROWD = (
    "INSERT INTO people_valuestream (id, slug, name) SELECT gen_random_uuid(), 'crowd-' || n, 'Crowd ' || n FROM generate_series(1, 50) n",
    """
    INSERT INTO people_team (id, slug, name, value_stream_id, context_class, valid_from)
    SELECT gen_random_uuid(), 'crowd-' || n, 'Crowd ' || n,
           (SELECT id FROM people_valuestream WHERE slug = 'crowd-' || (n %% 50 + 1)), 'platform', '2020-01-01'
    FROM generate_series(1, %(teams)s) n
    """,
    """
    INSERT INTO people_person (id, external_id, name, location, working_arrangement, role_family, employed_from)
    SELECT gen_random_uuid(), 'crowd-' || n, 'Person ' || n, '', '', '', '2020-01-01'
    FROM generate_series(1, %(people)s) n
    """,
    """
    INSERT INTO people_membership (id, person_id, team_id, valid_from)
    SELECT gen_random_uuid(), p.id, t.id, '2020-01-01'
    FROM people_person p JOIN people_team t ON t.slug = 'crowd-' || (substr(p.external_id, 7)::int %% %(teams)s + 1)
    WHERE p.external_id LIKE 'crowd-%%'
    """,
    """
    INSERT INTO people_cohort (id, slug, kind, name, registered_at, registered_by_id)
    SELECT gen_random_uuid(), 'team:' || slug, 'team', name, now(), (SELECT id FROM people_user LIMIT 1)
    FROM people_team WHERE slug LIKE 'crowd-%%'
    """,
    """
    INSERT INTO people_cohort_teams (id, cohort_id, team_id)
    SELECT gen_random_uuid(), c.id, t.id FROM people_cohort c JOIN people_team t ON c.slug = 'team:' || t.slug WHERE t.slug LIKE 'crowd-%%'
    """,
    "ANALYZE",
)


def _over_http(asker: _Asker) -> Iterator[dict]:
    """Checks one at a time and a hundred at a time beside a bare view, then every charter once for the memory of it."""
    metrics = asker.metrics(MANY)
    single = json.dumps(asker.question(metrics[0])).encode()
    batch = json.dumps({"requests": [asker.question(metric) for metric in metrics[:BATCH]]}).encode()
    with server() as (port, process):
        for path, body in (("/bare", single), ("/api/v1/checks", single), ("/api/v1/checks", batch)):
            _load(port, path, body, asker, 1.0)  # to warm up
        floor = _load(port, "/bare", single, asker)
        one = _load(port, "/api/v1/checks", single, asker)
        many = _load(port, "/api/v1/checks", batch, asker)
        yield from _told("bare view with one insert", floor)
        yield from _told("checks, one at a time", one)
        yield from _told(f"checks, {BATCH} at a time", many, each=BATCH)
        yield _line("checks against bare views", one.rate / floor.rate, "ratio")
        yield _line("checks in batches against bare views", many.rate * BATCH / floor.rate, "ratio")
        failed = one.failed + many.failed
        yield _line("answers that were not 200", failed, "", "none", not failed)
        _ask_of_everything(port, asker)
        memory = _megabytes(process.pid)
    title = f"a worker's memory, {MANY:,} charters, {PEOPLE:,} people"
    yield _line(title, memory, "MB", f"under {MEGABYTES}", memory < MEGABYTES)


def _load(port: int, path: str, body: bytes, asker: _Asker, seconds: float = SECONDS) -> Load:
    return load(port=port, path=path, body=body, token=asker.token, clients=CLIENTS, seconds=seconds)


def _told(name: str, found: Load, each: int = 1) -> Iterator[dict]:
    yield _line(f"{name}: rate", found.rate * each, "1/s")
    for label, share in (("p50", 0.5), ("p99", 0.99)):
        yield _line(f"{name}: {label}", found.quantile(share), "ms")


def _ask_of_everything(port: int, asker: _Asker) -> None:
    """Every charter once, each of another team, so that the worker's memories are as full as they get."""
    everything = asker.metrics(MANY, MANY)
    for start in range(0, MANY, BATCH):
        asked = [
            asker.question(metric, f"team:crowd-{(start + place) % TEAMS + 1}")
            for place, metric in enumerate(everything[start : start + BATCH])
        ]
        _post(port, json.dumps({"requests": asked}).encode(), asker)


def _post(port: int, body: bytes, asker: _Asker) -> bytes:
    import urllib.request

    headers = {"Authorization": f"Token {asker.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/checks", body, headers)
    with urllib.request.urlopen(request, timeout=120) as response:  # noqa: S310 (our own server)
        return response.read()


def _megabytes(pid: int) -> float:
    """The most resident memory of the largest process below this one: the worker's (Linux)."""
    return max(_peak(each) for each in _family(pid)) / 1024


def _peak(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in _family(int(child)))]


def _swap(asker: _Asker) -> Iterator[dict]:
    """Exchange the rules under load: no request is lost, and each answer is by the one rulebook that it names."""
    body = json.dumps({**asker.question(asker.metrics(MANY)[0]), **UNUSUAL}).encode()
    replies: Replies = []
    exchange = _exchange()
    with server() as (port, _process):
        _load(port, "/api/v1/checks", body, asker, 1.0)
        swap = threading.Timer(1.0, exchange)
        swap.start()
        found = load(
            port=port, path="/api/v1/checks", body=body, token=asker.token, clients=CLIENTS,
            seconds=EXCHANGE_SECONDS, keep=replies,
        )  # fmt: skip
        swap.join()
    told = [json.loads(reply) for reply in replies]
    hashes = {each["rulebook"]["hash"] for each in told}
    newest = max(told, key=lambda each: each["rulebook"]["number"])["rulebook"]["hash"]
    mixed = sum(_by_new_rule(each) != (each["rulebook"]["hash"] == newest) for each in told)
    yield _line("rules exchanged under load: answers", len(told), "")
    yield _line("rules exchanged under load: rulebooks seen", len(hashes), "", "2", len(hashes) == 2)
    yield _line("rules exchanged under load: requests lost", found.failed, "", "none", not found.failed)
    yield _line("rules exchanged under load: answers by two rulebooks", mixed, "", "none", not mixed)


def _by_new_rule(told: dict) -> bool:
    return any(rule["id"] == "ORG01" for rule in told["rules"])


def _exchange() -> Callable[[], object]:
    """Propose stricter rules, which tries the examples of ten thousand charters; the last vote, to be cast by whoever
    calls, puts them in force by a case that the board passes, as in life."""
    from charter import rules
    from charter.registry import services as registry
    from governance.board import services as board
    from governance.board.states import Vote
    from tests import factories

    files = {**rules.builtin_files(), "ours.cedar": STRICTER}
    proposed = registry.propose_rulebook(files=files, by=factories.system())
    case = board.open_case(rulebook_version=proposed, by=factories.system())
    *first, last = [
        partial(board.cast_ballot, case=case, seat_kind=seat, vote=Vote.APPROVE, by=member)
        for seat, member in factories.a_board().items()
    ]
    for vote in first:
        vote()
    return last


def _line(name: str, value: float, unit: str, aim: str = "", holds: bool = True) -> dict:
    return {"name": name, "value": value, "unit": unit, "aim": aim, "holds": holds}
