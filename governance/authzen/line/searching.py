"""Searches: which subjects, metrics or decisions of a use would be allowed, as the line would decide each question of its own.

Nothing is recorded but that it was searched, and no value is read. Pages go by name, under a token that is ours and of one
search and caller; it lasts an hour.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.core import signing
from msgspec import Struct
from msgspec.structs import replace

from charter.registry import queries as registry
from charter.rules.request import Request
from charter.rules.vocabulary import DecisionType
from governance.authzen import queries, services
from governance.authzen.line import translating
from governance.authzen.line.callers import AuthzenCaller, find_subject
from governance.authzen.wire.deciding import SearchPage
from governance.authzen.wire.messages import (
    MOST_RESULTS,
    PageAsked,
    ResourceSearch,
    Search,
    SubjectSearch,
)
from governance.decisions.facts.outlook import Ahead
from governance.decisions.requests.form import check_form
from governance.people.models import User
from ground import data_versions
from ground.errors import BadInput, NotFound

MOST_SUBJECTS = 50  # accounts that one page of a search for subjects looks at
_SALT = "authzen search"
_LASTING = 3_600  # seconds
_JSON = msgspec.json.Encoder(order="deterministic")
_ANY_METRIC, _ANY_DECISION = "any", DecisionType.RETROSPECTIVE


class _Place(Struct, frozen=True):
    """Where a page begins: behind a name, in a search that is on the log already."""

    after: str
    of: str
    entry: str


class _Sought(Struct, frozen=True):
    """What a search is about, in our words, for the log. `request` has a stand-in where it seeks."""

    kind: str
    request: Request
    subject: User | None
    decision: str | None
    metric: str | None


def search(asked: Search, caller: AuthzenCaller) -> SearchPage:
    """One page of a search. Raises BadInput, NotPermitted; names that name nothing find nothing."""
    try:
        sought, candidates = _prepare(asked, caller)
    except NotFound:
        return SearchPage([])
    place = _read_place(asked, caller)
    entry = UUID(place.entry) if place.entry else _note(sought, caller)
    results, last = _fill(candidates(place.after), _limit(asked.page))
    token = _write_place(replace(place, after=last, entry=str(entry))) if last else ""
    return SearchPage(results, token, {"entry": str(entry)})


# A name, and what is told of it where it is allowed; None where it is not.
_Candidates = Callable[[str], Iterator[tuple[str, dict[str, Any] | None]]]


def _prepare(asked: Search, caller: AuthzenCaller) -> tuple[_Sought, _Candidates]:
    """What is sought and how. Raises NotFound for a type or a name that is not here, BadInput for what cannot be asked."""
    if isinstance(asked, SubjectSearch):
        return _prepare_subjects(asked, caller)
    translating.check_is_metric(asked.resource)
    subject = find_subject(asked.subject, caller)
    if isinstance(asked, ResourceSearch):
        request = _translate(asked.action.name, _ANY_METRIC, asked)
        sought = _Sought("metrics", request, subject, asked.action.name, None)
        return sought, lambda after: _walk_metrics(request, subject, after)
    request = _translate(_ANY_DECISION.value, asked.resource.id, asked)
    _check_names(request)
    sought = _Sought("decisions", request, subject, None, asked.resource.id)
    return sought, lambda after: _walk_decisions(request, subject, after)


def _prepare_subjects(asked: SubjectSearch, caller: AuthzenCaller) -> tuple[_Sought, _Candidates]:
    translating.check_is_metric(asked.resource)
    kind = asked.subject.type
    if kind not in (queries.USER, queries.PERSON):
        raise NotFound("Subjects are of the type user or person.", field="subject.type")
    request = _translate(asked.action.name, asked.resource.id, asked)
    _check_names(request)
    sought = _Sought("subjects", request, None, asked.action.name, asked.resource.id)
    return sought, lambda after: _walk_subjects(request, kind, caller, after)


def _translate(decision: str, metric: str, asked: Search) -> Request:
    request = translating.translate(decision, metric, asked.context)
    check_form(request)
    return request


def _check_names(request: Request) -> None:
    """Raise NotFound for a metric that nobody has named."""
    known = {each.slug for each in registry.read_uses(data_versions.read())}
    if not set(request.metrics) <= known:
        raise NotFound("There is no such metric.", field="resource.id")


def _walk_metrics(request: Request, subject: User, after: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Metrics by name whose charter lists the use: no other can be allowed (AR07, which nobody can waive)."""
    uses = registry.read_uses(data_versions.read())
    use = (request.decision, request.grain)
    listed = sorted(
        each.slug for each in uses if any(use == (one.decision, grain) for one, grain in each.list_uses())
    )
    beside = request.metrics[1:]
    left = [slug for slug in listed if slug > after and slug not in beside]
    requests = [replace(request, metrics=(slug, *beside)) for slug in left]
    for slug, permits in zip(left, _decide(requests, subject), strict=True):
        yield slug, {"type": translating.METRIC, "id": slug} if permits else None


def _walk_decisions(
    request: Request, subject: User, after: str
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    declared = sorted(registry.read_decisions(data_versions.read()))
    left = [decision for decision in declared if decision.value > after]
    requests = [replace(request, decision=decision) for decision in left]
    for decision, permits in zip(left, _decide(requests, subject), strict=True):
        yield decision.value, {"name": decision.value} if permits else None


def _walk_subjects(
    request: Request, kind: str, caller: AuthzenCaller, after: str
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Accounts by user name; whoever is no enforcement point finds themself at most."""
    if caller.point is None:
        accounts = [caller.user] if caller.user.username > after else []
    else:
        accounts = queries.list_accounts_after(after, MOST_SUBJECTS + 1)
    for place, account in enumerate(accounts):
        if place == MOST_SUBJECTS:  # this page has looked at enough
            yield "", None
            return
        name = _name(account, kind)
        permits = name is not None and next(_decide([request], account))
        yield account.username, {"type": kind, "id": name} if permits else None


def _name(account: User, kind: str) -> str | None:
    if kind == queries.USER:
        return account.username
    return account.person.external_id if account.person is not None else None


def _decide(requests: Sequence[Request], subject: User) -> Iterator[bool]:
    """Whether each would be allowed, from facts read once; one that cannot be asked is not."""
    if not requests:
        return
    ahead = Ahead.read(requests, by=subject)
    for each in requests:
        yield ahead.decide(each).permits


def _fill(
    candidates: Iterable[tuple[str, dict[str, Any] | None]], most: int
) -> tuple[list[dict[str, Any]], str]:
    """The results of a page, and the name behind which the next begins; empty where none follows."""
    results: list[dict[str, Any]] = []
    last = ""
    for name, told in candidates:
        if not name or (told is not None and len(results) == most):
            return results, last
        last = name
        results += [told] if told is not None else []
    return results, ""


def _limit(page: PageAsked) -> int:
    return min(page.limit or MOST_RESULTS, MOST_RESULTS)


def _note(sought: _Sought, caller: AuthzenCaller) -> UUID:
    asked = msgspec.to_builtins(sought.request)
    return services.note_search(
        sought=sought.kind,
        account=sought.subject,
        through=caller.user if caller.point is not None else None,
        decision=sought.decision,
        metric=sought.metric,
        asked={name: value for name, value in asked.items() if name not in ("decision", "metrics")},
        by=caller.user,
    )


def _read_place(asked: Search, caller: AuthzenCaller) -> _Place:
    """Where this page begins. Raises BadInput for a token that is not of this search and caller, or is too old."""
    of = hashlib.sha256(
        _JSON.encode((type(asked).__name__, replace(asked, page=PageAsked()), caller.user.pk))
    ).hexdigest()
    if not asked.page.token:
        return _Place("", of, "")
    try:
        place = msgspec.convert(signing.loads(asked.page.token, salt=_SALT, max_age=_LASTING), _Place)
    except (signing.BadSignature, msgspec.ValidationError):
        place = None
    if place is None or place.of != of:
        text = "This token begins no page of this search. Search again from the beginning."
        raise BadInput(text, field="page.token", code="page_token")
    return place


def _write_place(place: _Place) -> str:
    return signing.dumps(msgspec.to_builtins(place), salt=_SALT, compress=True)
