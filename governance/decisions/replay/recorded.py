"""Recorded questions, read for a replay as they lie: most are asked over and over, and what reads alike is decided once."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import BinaryField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.expressions import Combinable
from msgspec import Struct

from audits.ledger.packing import UnreadableRecord, read_as_it_lies
from charter.rules.facts import CharterFacts, Facts
from charter.rules.request import Request
from charter.rules.vocabulary import Role, Standing
from governance.decisions.models import DecisionRecord
from governance.decisions.models.kept_charters import complete
from governance.decisions.replay.counting import AskedBy

_COLUMNS = ("id", "at", "actor_id", "roles", "subjects", "paired", "request_lies", "facts_lie")
# The moment of asking, of which rules and charters see the day alone.
_MOMENT = re.compile(rb'"at":"(\d{4}-\d\d-\d\d)T[^"]*"')


class RecordedQuestion(Struct, frozen=True):
    """One recorded question; `request` and `own_facts` are its JSON."""

    by: AskedBy
    roles: tuple[str, ...]
    request: bytes
    own_facts: bytes

    def held_roles(self) -> frozenset[Role]:
        return frozenset(map(Role, self.roles))

    def hash_alike(self) -> bytes:
        """The same for questions whose facts read alike but for the time of day."""
        said = blake2b(self.request, digest_size=16)
        said.update(b"\0" + _MOMENT.sub(rb'"at":"\1"', self.own_facts))
        return said.digest()

    def read_facts(self) -> tuple[Facts, ...]:
        """As they were decided; none where this version cannot read them any more."""
        try:
            request = msgspec.json.decode(self.request, type=Request)
            return tuple(_read(each, request) for each in msgspec.json.decode(self.own_facts))
        # Another version's, or broken where it or its charter lies.
        except (msgspec.DecodeError, ValueError, KeyError, TypeError, UnreadableRecord):
            return ()


def list_recorded(since: datetime, until: datetime) -> QuerySet[DecisionRecord]:
    """The questions of the days, in the order in which they were decided."""
    return DecisionRecord.objects.filter(at__gte=since, at__lt=until).order_by("at", "pk")


def read_recorded(
    found: QuerySet[DecisionRecord], *, after: tuple[datetime, UUID] | None, most: int
) -> list[RecordedQuestion]:
    """The next of them, behind the one decided at a moment."""
    if after is not None:
        at, key = after
        # The first condition is what the index begins at; the second alone would read all that lies before.
        found = found.filter(at__gte=at).filter(Q(at__gt=at) | Q(at=at, pk__gt=key))
    rows = found.annotate(request_lies=_lying("request"), facts_lie=_lying("own_facts"))
    return list(_convert(rows.values_list(*_COLUMNS)[:most]))


def _lying(field: str) -> Combinable:
    return ExpressionWrapper(F(field), output_field=BinaryField())


def _convert(rows: Iterable[tuple[Any, ...]]) -> Iterator[RecordedQuestion]:
    for key, at, actor, roles, subjects, paired, request, own_facts in rows:
        beside = tuple(str(each.get("metric", "")) for each in paired)
        by = AskedBy(key, at, actor, tuple(subjects), beside)
        yield RecordedQuestion(
            by, tuple(roles), read_as_it_lies(bytes(request)), read_as_it_lies(bytes(own_facts))
        )


def _read(own: dict[str, Any], request: Request) -> Facts:
    charter = own["charter"]
    kept = charter.get("kept")
    if kept is None:
        read = msgspec.convert(charter, CharterFacts)
    else:
        of_the_day = (charter["standing"], charter["in_force"], charter["kept_from"])
        read = _read_charter(kept, *of_the_day)
    return msgspec.convert({**own, "charter": read, "request": request}, Facts)


@lru_cache(maxsize=5_000)
def _read_charter(kept: str, standing: Standing, in_force: bool, kept_from: date) -> CharterFacts:
    """What a charter said on a day: read once for all questions of that day."""
    of_the_day = {"kept": kept, "standing": standing, "in_force": in_force, "kept_from": kept_from}
    (whole,) = complete([{"charter": of_the_day}])
    return msgspec.convert(whole["charter"], CharterFacts)
