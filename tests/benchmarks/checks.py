"""A check over HTTP against a bare REST view with one insert: the same server, token, clients and disk."""

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import psycopg

from tests import web_server
from tests.benchmarks import harness
from tests.benchmarks.load import Load, load, together

CHECKS, EVALUATION = "/api/v1/checks", "/access/v1/evaluation"
BARE_TABLE = "CREATE TABLE bare_note (id uuid PRIMARY KEY, body jsonb NOT NULL)"
CLIENTS = 16
SECONDS = 10.0
TURNS = 5


BATCH = 100
TWO = 1.8  # times the rate of one worker


def run() -> list[dict]:
    """Rates of the bare view and of checks, the same, differing, by AuthZEN and a hundred at a time, with their ratios; and of two workers."""
    with harness.installation() as address:
        with psycopg.connect(harness.owner_address(address), autocommit=True) as owner:
            owner.execute(BARE_TABLE)
            owner.execute("GRANT SELECT, INSERT ON bare_note TO mc_runtime")
        token, question = _prepare()
        differing = [json.dumps(each).encode() for each in _differing(question)]
        one = json.dumps(question).encode()
        batch = json.dumps({"requests": [{**question, "reason": f"{n}"} for n in range(BATCH)]}).encode()
        evaluation = json.dumps(_evaluation(question)).encode()
        asked = [
            ("/bare", [one]),
            (CHECKS, [one]),
            (CHECKS, differing),
            (CHECKS, [batch]),
            (EVALUATION, [evaluation]),
        ]
        with server() as (port, _process):
            floor, *found = _in_turns(port, asked, token)
            with server() as (other, _process_of_other):
                alone, both = _by_workers([port, other], one, token)
    failed = floor.failed + alone.failed + sum(each.failed for each in (*found, *both))
    workers = sum(each.rate for each in both) / alone.rate
    return [
        *_told("bare view", floor, floor),
        *_told("check, the same over and over", found[0], floor, aim=1.25),
        *_told(f"checks of {len(differing)} kinds in turn", found[1], floor, aim=1.0),
        *_told(f"checks, {BATCH} at a time", found[2], floor, aim=4.0, each=BATCH),
        *_told("AuthZEN evaluation", found[3], floor, aim=1.0),
        _line("two workers, against one", workers, "ratio", f"at least {TWO}", workers >= TWO),
        _line("answers that were not 200", failed, "", "none", not failed),
    ]


def _told(name: str, seen: Load, floor: Load, *, aim: float = 0, each: int = 1) -> Iterator[dict]:
    yield _line(f"{name}: rate", seen.rate * each, "1/s")
    for label, share in (("p50", 0.5), ("p99", 0.99)):
        yield _line(f"{name}: {label}", seen.quantile(share), "ms")
    if aim:
        ratio = seen.rate * each / floor.rate
        yield _line(f"{name}, against the bare view", ratio, "ratio", f"at least {aim}", ratio >= aim)


def _line(name: str, value: float, unit: str, aim: str = "", holds: bool = True) -> dict:
    return {"name": name, "value": value, "unit": unit, "aim": aim, "holds": holds}


def _prepare() -> tuple[str, dict[str, Any]]:
    """A small governed programme; gives its manager's token and a permitted question."""

    from governance.people import cohorts
    from governance.people.models import GrantedRole
    from governance.training import services as training
    from ground import calendar
    from tests import factories

    factories.an_active_charter("lead-time-for-changes")
    team = factories.a_team("payments", people=9)
    cohorts.register_tree(on=calendar.today(), minimum=5, by=factories.system())
    manager = factories.an_account("manager")
    factories.a_role(manager, GrantedRole.MANAGER, team=team)
    training.acknowledge(rulebook_version=factories.the_rules(), by=manager)
    token = factories.a_token(manager)
    return token, _question(calendar.today())


def _question(today: date) -> dict[str, Any]:
    """Last whole month's lead time of the team, for a retrospective."""
    end = today.replace(day=1)
    start = (end - timedelta(days=1)).replace(day=1)
    return {
        "decision": "retrospective",
        "metrics": ["lead-time-for-changes"],
        "grain": "team",
        "cohorts": ["team:payments"],
        "window": {"from": start.isoformat(), "to": end.isoformat()},
        "period": "month",
    }


def _evaluation(question: dict[str, Any]) -> dict[str, Any]:
    """The same question as AuthZEN puts it."""
    return {
        "subject": {"type": "user", "id": "manager"},
        "action": {"name": question["decision"]},
        "resource": {"type": "metric", "id": question["metrics"][0]},
        "context": {name: question[name] for name in ("grain", "cohorts", "window", "period")},
    }


def _by_workers(ports: Sequence[int], body: bytes, token: str) -> tuple[Load, list[Load]]:
    """The first of two workers alone, then both at once, each with clients of its own; the second is warmed up before."""

    def one(port: int) -> Load:
        return load(port=port, path=CHECKS, body=body, token=token, clients=CLIENTS, seconds=SECONDS / TURNS)

    one(ports[1])
    alone = one(ports[0])
    with ThreadPoolExecutor() as together_at_once:
        return alone, list(together_at_once.map(one, ports))


def _differing(question: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The question over windows of many lengths, with more and less evidence: facts that the rules see each differ."""
    end = date.fromisoformat(question["window"]["to"])
    for months in range(1, 13):
        start = date(end.year - (months >= end.month), (end.month - months - 1) % 12 + 1, 1)
        for pieces in range(20):
            evidence = [{"kind": "project_outcome", "ref": f"note {place}"} for place in range(pieces)]
            window = {"from": start.isoformat(), "to": end.isoformat()}
            yield {**question, "window": window, "evidence": evidence}


@contextmanager
def server() -> Iterator[tuple[int, Any]]:
    """The web server as the demo runs it: its port and its process."""
    log = harness.FOLDER.parent / "bench-web.log"
    with web_server.started(os.environ["DATABASE_URL"], log=log) as started:
        yield started


def _in_turns(port: int, asked: Sequence[tuple[str, Sequence[bytes]]], token: str) -> list[Load]:
    """Each for ten seconds in all, two at a time in turns, so that a busy machine is unkind to all alike."""
    seen: list[list[Load]] = [[] for _ in asked]
    for turn in range(TURNS + 1):
        for place, (path, bodies) in enumerate(asked):
            seconds = SECONDS / TURNS if turn else 1.0
            one = load(port=port, path=path, body=bodies, token=token, clients=CLIENTS, seconds=seconds)
            if turn:  # the first is to warm up
                seen[place].append(one)
    return [together(each) for each in seen]
