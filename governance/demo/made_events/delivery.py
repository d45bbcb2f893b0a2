"""Made-up changes, commits, deployments and change requests."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.demo.made_events.drawing import (
    draw_count,
    draw_events,
    draw_hours,
    draw_office_time,
    number_ids,
)
from governance.demo.made_events.population import WEEK, Population
from governance.demo.warehouse import Columns

CHANGES_A_DAY, COMMITS_A_DAY = 0.3, 0.95
_HELPS_ANOTHER_TEAM = 0.04


def changes(population: Population, _: dict[str, Columns]) -> Columns:
    """Merged changes: log-normal lead times by team, slower in the migration."""
    random = population.random("changes")
    person, day = draw_events(random, population.working * population.output[:, None] * CHANGES_A_DAY)
    team = _teams_of(population, random, person, day)
    slow = np.where(population.migrating(team, day), 2.5, 1.0)
    median = random.lognormal(np.log(22), 0.45, len(population.teams))[team] * slow
    merged_at = population.to_utc(person, _local(population, random, day))
    columns = {
        "id": number_ids("change-", len(person)),
        "team": population.teams[team],
        "author": population.people[person],
        "first_commit_at": merged_at - draw_hours(random, median, 1.1, len(person)),
        "merged_at": merged_at,
        "commits": 1 + random.poisson(1.4 * slow),
        "additions": draw_count(random, 45, 1.4, len(person)),
        "deletions": draw_count(random, 14, 1.5, len(person)),
        "revert": _reverts(population, random, team),
    }
    return _until(population, columns, "merged_at")


def commits(population: Population, _: dict[str, Columns]) -> Columns:
    """Commits; some are committed again later, as rebased ones are."""
    random = population.random("commits")
    rate = population.working * population.output[:, None] * COMMITS_A_DAY
    person, day = draw_events(random, rate)
    team = _teams_of(population, random, person, day)
    local = _local(population, random, day)
    authored_at = population.to_utc(person, local)
    rebased = random.random(len(person)) < 0.2
    columns = {
        "id": number_ids("commit-", len(person)),
        "team": population.teams[team],
        "author": population.people[person],
        "authored_at": authored_at,
        "authored_local": local,
        "committed_at": authored_at + draw_hours(random, 12.0, 1.0, len(person)) * rebased,
        "files": 1 + draw_count(random, 1.6, 0.9, len(person)),
        "additions": draw_count(random, 18, 1.4, len(person)),
        "deletions": draw_count(random, 6, 1.5, len(person)),
        "revert": _reverts(population, random, team),
    }
    return _until(population, columns, "committed_at")


def deployments(population: Population, _: dict[str, Columns]) -> Columns:
    """Releases on working days, and hotfixes now and then."""
    random = population.random("deployments")
    pace = random.lognormal(np.log(0.7), 0.6, len(population.teams))
    team, day = draw_events(random, pace[:, None] * WEEK[population.weekdays])
    columns = {
        "id": number_ids("deployment-", len(team)),
        "team": population.teams[team],
        "kind": random.choice(np.array(["release", "hotfix"], dtype=object), len(team), p=[0.93, 0.07]),
        "finished_at": _local(population, random, day),
    }
    return _until(population, columns, "finished_at")


def change_requests(population: Population, tables: dict[str, Columns]) -> Columns:
    """One for every merged change, and those still open."""
    random = population.random("change_requests")
    merged = tables["changes"]
    size, still_open = len(merged["id"]), 90
    opened_at = _between(random, merged["first_commit_at"], merged["merged_at"], 1.0, 3.0)
    review_at = _between(random, opened_at, merged["merged_at"], 1.2, 2.5)
    copied = random.integers(0, size, still_open)  # whose team and author the open ones take
    open_since = population.as_of - draw_hours(random, 60.0, 1.0, still_open)
    unseen = np.full(still_open, np.datetime64("NaT", "us"))
    seen = _between(random, open_since, np.full(still_open, population.as_of), 1.0, 2.0)
    return {
        "id": number_ids("request-", size + still_open),
        "team": np.concatenate([merged["team"], merged["team"][copied]]),
        "author": np.concatenate([merged["author"], merged["author"][copied]]),
        "opened_at": np.concatenate([opened_at, open_since]),
        "first_review_at": np.concatenate(
            [review_at, np.where(random.random(still_open) < 0.6, seen, unseen)]
        ),
        "closed_at": np.concatenate([merged["merged_at"], unseen]),
        "dependency_hours": np.concatenate(
            [_dependency_hours(random, merged["merged_at"] - opened_at), np.zeros(still_open)]
        ),
    }


def _teams_of(
    population: Population, random: np.random.Generator, person: NDArray[Any], day: NDArray[Any]
) -> NDArray[Any]:
    """The team of each event: the author's own, or now and then one they help."""
    own = population.team_of[person, day]
    helped = random.integers(0, len(population.teams), len(own))
    return np.where(random.random(len(own)) < _HELPS_ANOTHER_TEAM, helped, own)


def _local(population: Population, random: np.random.Generator, day: NDArray[Any]) -> NDArray[Any]:
    return population.days[day].astype("M8[us]") + draw_office_time(random, len(day))


def _reverts(population: Population, random: np.random.Generator, team: NDArray[Any]) -> NDArray[np.bool_]:
    share = random.uniform(0.01, 0.06, len(population.teams))
    return random.random(len(team)) < share[team]


def _between(
    random: np.random.Generator, first: NDArray[Any], last: NDArray[Any], a: float, b: float
) -> NDArray[Any]:
    """Times between two others, beta-distributed from the first to the last."""
    share = random.beta(a, b, len(first))
    return first + ((last - first).astype(np.int64) * share).astype("m8[us]")


def _dependency_hours(random: np.random.Generator, lasted: NDArray[Any]) -> NDArray[np.float64]:
    """Hours of a request's life spent waiting for another team; most wait for none."""
    whole = lasted.astype("m8[s]").astype(np.int64) / 3600
    waits = random.random(len(whole)) < 0.2
    return np.round(waits * random.beta(1.5, 4.0, len(whole)) * whole, 2)


def _until(population: Population, columns: Columns, time: str) -> Columns:
    """Only what had happened by the population's `as_of`."""
    happened = columns[time] <= population.as_of
    return {name: values[happened] for name, values in columns.items()}
