"""A query over governed views, put to the line: what it may have is released to the views, row by row as the line gives it.

Nothing else is in a view, so that what a statement makes of it, and whatever a parser has missed of that, shows no more than was decided.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from msgspec import Struct

from charter.measures.queries import Row, find_published_months
from charter.measures.values.calendar import find_period_end, find_period_start
from charter.registry import queries as registry
from charter.rules.request import Request
from charter.rules.vocabulary import DecisionType, Grain, OrderBy, Period, Standing
from governance.decisions.facts.outlook import Ahead
from governance.decisions.models import Door
from governance.decisions.requests.parsing import parse
from governance.decisions.services import answer
from governance.decisions.services.answers import Answer
from governance.people import passwords
from governance.people.models import Cohort, User
from governance.sql_door.naming import GovernedView, map_views
from governance.sql_door.queries import GOVERNED, GUARD, Name, Query
from governance.sql_door.refusals import NotAllowed, refuse_relation
from governance.sql_door.wire import SqlRefusal, make_notice
from ground import calendar, data_versions
from ground.data_versions import Versions
from ground.errors import DomainError, TooMuch, Unauthenticated, Unavailable

MONTHS_SECONDS = 60
MOST_COHORTS = 50  # that one request may name
_SQLSTATES: Mapping[type[DomainError], str] = {
    Unauthenticated: "28000",
    TooMuch: "53400",
    Unavailable: "57P03",
}
_ONE = "Or name one group: WHERE cohort = '…'."
_JSON = msgspec.json.Encoder()


class Terms(Struct, frozen=True):
    """What a session said when it began: by which token, for which decision, of which periods, why, and what it affirms of charters."""

    token: UUID
    decision: DecisionType
    period: Period = Period.MONTH
    reason: str | None = None
    affirms: tuple[str, ...] = ()


class Released(Struct, frozen=True):
    """What the line has released for one statement: by view its rows as JSON, and what the client is told of it."""

    rows: Mapping[str, str] = {}
    notices: bytes = b""


class ViewRow(Struct, frozen=True):
    """A row as a view shows it, in that order of columns."""

    cohort: str
    period: str
    starts_on: date
    value: float | None
    low: float | None
    high: float | None
    unit: str
    n: int | None
    people: str | None
    coverage: float | None
    context: str
    withheld: str | None


def release(query: Query, values: Sequence[str | None], terms: Terms) -> Released:
    """Ask the line for what a query reads. Raises NotAllowed with what its client is told."""
    try:
        user, seen = passwords.count_and_read_account(terms.token)
        views = _find_views(query, seen)
        asked = [
            _make_request(grain, some, query, values, terms, user, seen)
            for grain, some in _by_grain(views).items()
        ]
        answers = [
            (some, request, answer(request=request, by=user, door=Door.SQL)) for some, request in asked
        ]
    except DomainError as error:
        raise NotAllowed(_tell_error(error)) from error
    for _, request, given in answers:
        if not given.verdict.permits:
            lacking = _list_unaffirmed(request, terms, seen)
            raise NotAllowed(_tell_refusal(given, lacking, several=len(request.cohorts) > 1))
    rows = {view.name: _show(given.rows, view.metric) for some, _, given in answers for view in some}
    return Released(rows, b"".join(_notice(given) for *_, given in answers))


def foresee(query: Query, terms: Terms) -> None:
    """What is said before a query is prepared, while PostgreSQL knows its views or not. Raises NotAllowed.

    A view whose charter is not in force is none of PostgreSQL's: the line says why, and its refusal is on the log.
    """
    try:
        seen = data_versions.read()
        views = _find_views(query, seen)
        active = {each.slug for each in registry.read_uses(seen) if each.standing is Standing.ACTIVE}
    except DomainError as error:
        raise NotAllowed(_tell_error(error)) from error
    gone = [view for view in views if view.metric not in active]
    if gone:
        release(query, (), terms)
        raise NotAllowed(refuse_relation(f"{GOVERNED}.{gone[0].name}"))


def check_account(terms: Terms) -> None:
    """Raise NotAllowed where the token of a session is not valid any more, or its account asks too often."""
    try:
        passwords.count_and_read_account(terms.token)
    except DomainError as error:
        raise NotAllowed(_tell_error(error)) from error


# Which views


def _find_views(query: Query, seen: Versions) -> list[GovernedView]:
    known = _map_views(tuple(each.slug for each in registry.read_uses(seen)))
    for name in query.views:
        if name not in known:
            raise NotAllowed(refuse_relation(name))
    return [known[name] for name in query.views]


@lru_cache(maxsize=8)
def _map_views(metrics: tuple[str, ...]) -> Mapping[str, GovernedView]:
    return map_views(metrics)


def _by_grain(views: Sequence[GovernedView]) -> dict[Grain, list[GovernedView]]:
    """Views of one grain are asked for together: what a statement holds beside each other, the line sees beside each other."""
    found: dict[Grain, list[GovernedView]] = {}
    for view in views:
        found.setdefault(view.grain, []).append(view)
    return found


# What is asked


def _make_request(
    grain: Grain,
    views: list[GovernedView],
    query: Query,
    values: Sequence[str | None],
    terms: Terms,
    user: User,
    seen: Versions,
) -> tuple[list[GovernedView], Request]:
    """One request of the views of one grain, of the groups that the query names, or all that the account may see."""
    metrics = tuple(view.metric for view in views)
    made: dict[str, Any] = {
        "decision": terms.decision.value,
        "metrics": metrics,
        "grain": grain.value,
        "period": terms.period.value,
        "export": query.export,
        "reason": terms.reason,
        "affirms": [
            each for each in _list_affirmations(metrics, grain, terms, seen) if each in terms.affirms
        ],
    }
    named = _list_named(views, query, values)
    cohorts = _find_seen(made, metrics, user, terms.period, seen) if named is None else named
    several = len(cohorts) > 1  # of one group there is no other to be held against
    made |= {
        "cohorts": cohorts,
        "window": _find_window(metrics, len(cohorts), terms.period),
        "limit": GUARD if query.limited else None,
        "order_by": OrderBy.VALUE.value if query.by_value else None,
        "percentile": query.percentile and several,
        "compare": query.compare and several,
    }
    request = parse(_JSON.encode(made))
    assert isinstance(request, Request)  # noqa: S101 - it is no batch
    return views, request


def _list_affirmations(metrics: Sequence[str], grain: Grain, terms: Terms, seen: Versions) -> tuple[str, ...]:
    """What the charters of these metrics have anybody affirm who asks for this: a session may affirm more, for others."""
    uses = (each.find_use(terms.decision, grain) for each in registry.read_uses(seen) if each.slug in metrics)
    return tuple(dict.fromkeys(said for use in uses if use is not None for said in use.affirm))


def _list_unaffirmed(request: Request, terms: Terms, seen: Versions) -> list[str]:
    wanted = _list_affirmations(request.metrics, request.grain, terms, seen)
    return [each for each in wanted if each not in terms.affirms]


def _list_named(
    views: Sequence[GovernedView], query: Query, values: Sequence[str | None]
) -> tuple[str, ...] | None:
    """The groups that a query names for all of its views of a grain; None where it reads one of them whole."""
    found = list[str]()
    for view in views:
        named = query.views[view.name]
        if named is None:
            return None
        for each in named:
            text = _resolve(each, values)
            if text is None:
                return None
            found.append(text)
    return tuple(dict.fromkeys(found))[: MOST_COHORTS + 1]


def _resolve(name: Name, values: Sequence[str | None]) -> str | None:
    if not name.parameter:
        return name.text
    return values[name.parameter - 1] if name.parameter <= len(values) else None


def _find_window(metrics: Sequence[str], cohorts: int, period: Period) -> dict[str, date]:
    """All periods that were published, the newest of them where that is more than one question may ask for."""
    today = calendar.today()
    first, last = _find_months(tuple(metrics), int(time.monotonic() / MONTHS_SECONDS)) or (None, None)
    ends = find_period_start(period, today)
    starts = find_period_start(period, first) if first else _before(ends, period)
    if last is not None:
        ends = min(ends, find_period_end(period, find_period_start(period, last)))
    most = max(settings.QUESTION_COST // max(len(metrics) * cohorts, 1), 1)
    starts = max(starts, _before(ends, period, most))
    return {"from": min(starts, _before(ends, period)), "to": ends}


@lru_cache(maxsize=500)
def _find_months(metrics: tuple[str, ...], _minute: int) -> tuple[date, date] | None:
    """Remembered for a minute: a month that was just published is seen that much later. It decides nothing."""
    return find_published_months(metrics)


def _before(day: date, period: Period, count: int = 1) -> date:
    months = day.year * 12 + day.month - 1 - count * (3 if period is Period.QUARTER else 1)
    return date(max(months // 12, 1), months % 12 + 1, 1)


def _find_seen(
    made: Mapping[str, object], metrics: tuple[str, ...], user: User, period: Period, versions: Versions
) -> tuple[str, ...]:
    """The groups of a grain that the line would let the account see by themselves; all of them where it is none, so that it says why.

    What it foresees is asked of the line after that, so what is remembered here decides nothing.
    """
    kind = str(made["grain"])
    found = Cohort.objects.filter(kind=kind, retired_at__isnull=True).order_by("slug")
    cohorts = tuple(found.values_list("slug", flat=True))
    if not cohorts:
        raise NotAllowed(SqlRefusal(f"No group of kind {kind} is registered.", "22023"))
    plain = _JSON.encode({**made, "window": _find_window(metrics, len(cohorts), period)})
    known = tuple(sorted(versions.items()))
    seen = _foresee(known, calendar.today(), user.pk, cohorts, plain)
    if len(seen) > MOST_COHORTS:
        raise NotAllowed(
            SqlRefusal(
                f"You may see {len(seen)} groups here, and one statement may read {MOST_COHORTS}.",
                "54000",
                hint="Name those that you want: WHERE cohort IN ('team:a', 'team:b').",
            )
        )
    return seen or cohorts[:MOST_COHORTS]


@lru_cache(maxsize=2_000)
def _foresee(
    _versions: tuple[tuple[str, str], ...], _today: date, user: UUID, cohorts: tuple[str, ...], plain: bytes
) -> tuple[str, ...]:
    made = msgspec.json.decode(plain)
    requests = [msgspec.convert({**made, "cohorts": [slug]}, Request) for slug in cohorts]
    ahead = Ahead.read(requests, by=User.objects.get(pk=user))
    return tuple(
        slug for slug, request in zip(cohorts, requests, strict=True) if ahead.decide(request).permits
    )


# What is told


def _show(rows: Sequence[Row], metric: str) -> str:
    return _JSON.encode([_show_row(row) for row in rows if row.metric == metric]).decode()


def _show_row(row: Row) -> ViewRow:
    return ViewRow(
        cohort=row.cohort,
        period=row.period,
        starts_on=_read_start(row.period),
        value=row.value,
        low=row.low,
        high=row.high,
        unit=row.unit,
        n=row.n,
        people=row.people,
        coverage=row.coverage,
        context="; ".join(note.label for note in row.context),
        withheld=row.withheld,
    )


def _read_start(label: str) -> date:
    year, _dash, part = label.partition("-")
    return date(int(year), int(part[1:]) * 3 - 2 if part.startswith("Q") else int(part), 1)


def _notice(given: Answer) -> bytes:
    metrics = ", ".join(metric for metric, _version in given.charters)
    detail = (
        f"What is required of its use: {', '.join(given.verdict.obligations)}."
        if given.verdict.obligations
        else ""
    )
    beside = [each.metric for each in given.paired if each.permitted]
    if beside:
        detail += f" Show beside it: {', '.join(beside)}."
    url = f"{settings.BASE_URL}/receipts/{given.receipt.id}"
    return make_notice(f"charter: receipt {given.receipt.id} for {metrics}. {url}", detail=detail.strip())


def _tell_refusal(given: Answer, unaffirmed: Sequence[str], *, several: bool) -> SqlRefusal:
    """The rules that decided, each with its reason; what to do instead, or to affirm; and the receipt of the refusal."""
    rules = list({(rule.id, rule.metric): rule for rule in given.verdict.rules}.values())
    ids = ", ".join(dict.fromkeys(rule.id for rule in rules))
    detail = "\n".join(f"{rule.id} {rule.title}. {rule.here or rule.why}" for rule in rules)
    fixes = " ".join([*dict.fromkeys(rule.fix for rule in rules), *_tell_affirming(unaffirmed)])
    url = f"{settings.BASE_URL}/receipts/{given.receipt.id}"
    return SqlRefusal(
        f"This use is not allowed: {ids}. Receipt {given.receipt.id}.",
        "42501",
        detail=f"{detail}\n{url}",
        hint=f"{fixes} {_ONE}" if several else fixes,
    )


def _tell_affirming(unaffirmed: Sequence[str]) -> Iterator[str]:
    """How a session says what a charter has its asker affirm: where it begins, in the charter's own words."""
    if unaffirmed:
        said = "|".join(unaffirmed).replace("\\", r"\\").replace(" ", r"\ ")
        yield f"If it is so, affirm it where you connect, beside what else you affirm: options=-c charter.affirms={said}"


def _tell_error(error: DomainError) -> SqlRefusal:
    sqlstate = next((state for kind, state in _SQLSTATES.items() if isinstance(error, kind)), "22023")
    return SqlRefusal(str(error.detail), sqlstate, detail=error.field or "")
