"""Made-up incidents, service levels, work items, interruptions and rotas."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from charter.rules.vocabulary import ContextClass
from governance.demo.made_events.drawing import (
    draw_count,
    draw_events,
    draw_hours,
    draw_office_time,
    hours,
    number_ids,
)
from governance.demo.made_events.population import Population
from governance.demo.warehouse import Columns

_SEVERITIES, _SEVERITY_SHARES = np.arange(1, 5), [0.05, 0.2, 0.45, 0.3]
_HOURS_TO_RESTORE = np.array([np.nan, 1.5, 2.5, 5.0, 16.0])  # median, by severity
_SERVICES_A_TEAM = ("api", "jobs")
_STRAIN = 1.2  # more incidents a day in the team and months of strain
_OBJECTIVE = 0.999  # the share of requests that every service promises


def incidents(population: Population, _: dict[str, Columns]) -> Columns:
    """Restored incidents at any hour, many of them in incident-heavy teams."""
    random = population.random("incidents")
    team, day = _draw_incidents(population, random)
    severity = random.choice(_SEVERITIES, len(team), p=_SEVERITY_SHARES)
    started_at = population.days[day].astype("M8[us]") + hours(random.uniform(0, 24, len(team)))
    restored_at = started_at + draw_hours(random, _HOURS_TO_RESTORE[severity], 0.9, len(team))
    ended = restored_at <= population.as_of
    return {
        "id": number_ids("incident-", int(ended.sum())),
        "team": population.teams[team][ended],
        "service": _services(population, team, random.integers(0, 2, len(team)))[ended],
        "severity": severity[ended],
        "started_at": started_at[ended],
        "restored_at": restored_at[ended],
    }


def slo_windows(population: Population, tables: dict[str, Columns]) -> Columns:
    """Good and all requests of every service, each full day; incidents cost good ones."""
    random = population.random("slo_windows")
    days = population.days[:-1]
    names = np.array(
        [f"{team}-{service}" for team in population.teams for service in _SERVICES_A_TEAM], dtype=object
    )
    usual = random.lognormal(np.log(200_000), 0.9, len(names))
    rhythm = np.where(population.weekdays[:-1] < 5, 1.0, 0.6)
    total = np.round(
        usual[:, None] * rhythm * random.normal(1.0, 0.05, (len(names), len(days))).clip(0.8, 1.2)
    )
    failing = random.lognormal(np.log(4e-4), 0.7, total.shape) + _outage(names, days, tables["incidents"])
    good = total - np.round(total * np.minimum(failing, 0.6))
    return {
        "id": number_ids("slo-", total.size),
        "team": np.repeat(population.teams, len(_SERVICES_A_TEAM) * len(days)),
        "service": np.repeat(names, len(days)),
        "day": np.tile(days, len(names)),
        "good": good.ravel().astype(np.int64),
        "total": total.ravel().astype(np.int64),
        "objective": np.full(total.size, _OBJECTIVE),
    }


def work_items(population: Population, _: dict[str, Columns]) -> Columns:
    """Items that somebody has started; those that were not finished are open."""
    random = population.random("work_items")
    person, day = draw_events(random, population.working * 0.1)
    team = population.team_of[person, day]
    size = len(person)
    started_at = population.to_utc(
        person, population.days[day].astype("M8[us]") + draw_office_time(random, size)
    )
    slow = np.where(population.migrating(team, day), 2.0, 1.0)
    median = random.lognormal(np.log(55), 0.35, len(population.teams))[team] * slow
    lasted = draw_hours(random, median, 0.9, size)
    finished_at = started_at + lasted
    columns = {
        "id": number_ids("item-", size),
        "team": population.teams[team],
        "assignee": population.people[person],
        "kind": _pick(random, {"feature": 0.5, "bug": 0.25, "chore": 0.2, "incident_follow_up": 0.05}, size),
        "created_at": started_at - draw_hours(random, 70.0, 1.2, size),
        "started_at": started_at,
        "finished_at": np.where(finished_at <= population.as_of, finished_at, np.datetime64("NaT", "us")),
        "blocked_hours": _blocked_hours(random, lasted),
    }
    started = started_at <= population.as_of
    return {name: values[started] for name, values in columns.items()}


def interruptions(population: Population, tables: dict[str, Columns]) -> Columns:
    """Pages of whoever was on call, and questions and escalations in working hours."""
    random = population.random("interruptions")
    paged, page_at, page_team = _pages(population, random, tables["incidents"])
    asked, day = draw_events(random, population.working * 0.16)
    ask_at = population.to_utc(
        asked, population.days[day].astype("M8[us]") + draw_office_time(random, len(asked))
    )
    sources = _pick(random, {"question": 0.7, "escalation": 0.3}, len(asked))
    person, at = np.concatenate([paged, asked]), np.concatenate([page_at, ask_at])
    columns = {
        "team": np.concatenate([page_team, population.teams[population.team_of[asked, day]]]),
        "person": population.people[person],
        "at": at,
        "after_hours": _after_hours(population, person, at),
        "source": np.concatenate([np.full(len(paged), "page", dtype=object), sources]),
    }
    happened = at <= population.as_of
    kept = {name: values[happened] for name, values in columns.items()}
    return {"id": number_ids("interruption-", int(happened.sum())), **kept}


def rota_hours(population: Population, _: dict[str, Columns]) -> Columns:
    """Every team's on-call rota: a shift a week, from Monday 09:00 UTC."""
    mondays = population.days[:-1][population.weekdays[:-1] == 0].astype("M8[us]")
    starts_at = np.tile(mondays, len(population.teams)) + hours(9)
    team = np.repeat(population.teams, len(mondays))
    return {
        "id": number_ids("shift-", len(team)),
        "rota": team + "-on-call",
        "team": team,
        "starts_at": starts_at,
        "ends_at": starts_at + hours(7 * 24),
    }


def _draw_incidents(population: Population, random: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
    """Team and day of every incident; those of the strained team come after all others."""
    team, day = draw_events(random, _incident_rate(population))
    more = draw_events(population.random("strain"), np.where(population.strained, _STRAIN, 0.0))
    return np.concatenate([team, more[0]]), np.concatenate([day, more[1]])


def _incident_rate(population: Population) -> NDArray[np.float64]:
    """Incidents a day by team and day: ten a month in incident-heavy teams, about one elsewhere."""
    random = population.random("incident rate")
    heavy = [team.context_class == ContextClass.INCIDENT_HEAVY for team in population.organisation.teams]
    rate = np.where(heavy, 10 / 30, random.uniform(0.4, 2.0, len(heavy)) / 30)
    teams, days = np.indices((len(population.teams), len(population.days)))
    return rate[:, None] * np.where(
        population.migrating(teams.ravel(), days.ravel()).reshape(teams.shape), 3.0, 1.0
    )


def _services(population: Population, team: NDArray[Any], which: NDArray[Any]) -> NDArray[Any]:
    return population.teams[team] + "-" + np.array(_SERVICES_A_TEAM, dtype=object)[which]


def _outage(names: NDArray[Any], days: NDArray[Any], incidents: Columns) -> NDArray[np.float64]:
    """The share of each service's day that incidents cost, worst for severity 1."""
    cost = np.zeros((len(names), len(days)))
    row = {name: index for index, name in enumerate(names)}
    service = np.array([row[name] for name in incidents["service"]], dtype=np.int64)
    day = (incidents["started_at"].astype("M8[D]") - days[0]).astype(np.int64)
    lasted = (incidents["restored_at"] - incidents["started_at"]).astype("m8[s]").astype(np.int64) / 3600
    share = np.minimum(lasted, 12) / 24 * np.array([0, 0.4, 0.1, 0.02, 0.002])[incidents["severity"]]
    whole = day < len(days)
    np.add.at(cost, (service[whole], day[whole]), share[whole])
    return cost


def _pick(random: np.random.Generator, shares: dict[str, float], size: int) -> NDArray[Any]:
    return random.choice(np.array(list(shares), dtype=object), size, p=list(shares.values()))


def _blocked_hours(random: np.random.Generator, lasted: NDArray[Any]) -> NDArray[np.float64]:
    whole = lasted.astype("m8[s]").astype(np.int64) / 3600
    blocked = random.random(len(whole)) < 0.3
    return np.round(blocked * random.beta(1.5, 3.0, len(whole)) * whole, 2)


def _pages(
    population: Population, random: np.random.Generator, incidents: Columns
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Who was called, when and for which team: one or more people an incident, from the team of that day."""
    times = 1 + draw_count(random, 0.6, 0.8, len(incidents["id"]))
    team = np.repeat(incidents["team"], times)
    at = np.repeat(incidents["started_at"], times) + hours(random.exponential(0.3, len(team)))
    column = {slug: index for index, slug in enumerate(population.teams)}
    day = np.minimum((at.astype("M8[D]") - population.days[0]).astype(np.int64), len(population.days) - 1)
    person = np.array(
        [
            random.choice(np.flatnonzero(population.team_of[:, one_day] == column[slug]))
            for slug, one_day in zip(team, day, strict=True)
        ],
        dtype=np.int64,
    )
    return person, at, team


def _after_hours(population: Population, person: NDArray[Any], at: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether it was before 8, after 18 or a weekend where the person is."""
    local = population.to_local(person, at)
    hour = (local - local.astype("M8[D]")).astype("m8[h]").astype(np.int64)
    weekday = (local.astype("M8[D]").astype(np.int64) + 3) % 7
    return (hour < 8) | (hour >= 18) | (weekday >= 5)
