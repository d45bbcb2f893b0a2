"""What people are grouped by in an audit: each attribute's code by person, as it was on the last day of the period."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from dateutil.relativedelta import relativedelta
from django.db.models import Choices, F

from audits.fairness.comparing import UNKNOWN, Attribute, Codes
from audits.fairness.states import AuditedAttribute, TenureBand
from governance.people.models import ContextClassChoices, Membership, Person, WorkingArrangement

_YEARS = ((1, TenureBand.FIRST), (3, TenureBand.SECOND), (6, TenureBand.THIRD))


def group_people(external_ids: Sequence[str], *, on: date) -> dict[str, Attribute]:
    """The attributes of these persons (S101); a code of -1 where the organisation has not recorded one.

    Team type and tenure are those of the day; location, role and working arrangement those that the last import gave.
    """
    persons = {
        person.external_id: person
        for person in Person.objects.filter(external_id__in=external_ids).only(
            "external_id", "location", "role_family", "working_arrangement", "employed_from"
        )
    }
    types = dict(
        Membership.objects.on(on)
        .filter(person__external_id__in=external_ids)
        .values_list("person__external_id", F("team__context_class"))
    )
    found = [persons[each] for each in external_ids]
    return {
        AuditedAttribute.TEAM_TYPE: _code(
            [types.get(each, "") for each in external_ids], ContextClassChoices
        ),
        AuditedAttribute.LOCATION: _code([each.location for each in found], None),
        AuditedAttribute.ROLE: _code([each.role_family for each in found], None),
        AuditedAttribute.TENURE: _code([find_tenure(each.employed_from, on) for each in found], TenureBand),
        AuditedAttribute.ARRANGEMENT: _code([each.working_arrangement for each in found], WorkingArrangement),
    }


def find_tenure(since: date, on: date) -> str:
    """The band of whole years between two days."""
    years = relativedelta(on, since).years
    return next((band.value for most, band in _YEARS if years < most), TenureBand.FOURTH.value)


def count_moved(external_ids: Sequence[str], *, since: date, until: date) -> int:
    """How many of them changed their team within the period, and are counted in the team of its last day."""
    moved = Membership.objects.filter(
        person__external_id__in=external_ids, valid_from__gt=since, valid_from__lt=until
    )
    return moved.filter(person__memberships__valid_to=F("valid_from")).values("person").distinct().count()


def last_day(ends_on: date) -> date:
    """The last day of a period that ends before this one."""
    return ends_on - timedelta(days=1)


def code_words(words: Sequence[str]) -> Codes:
    """Codes of words from 0 on, in the order of the words."""
    places = {word: place for place, word in enumerate(sorted(set(words)))}
    return np.fromiter((places[word] for word in words), dtype=np.int64, count=len(words))


def _code(words: Sequence[str], choices: type[Choices] | None) -> Attribute:
    order = list(map(str, choices.values)) if choices else sorted(set(words) - {""})
    places = {word: place for place, word in enumerate(order)}
    codes = np.fromiter((places.get(word, UNKNOWN) for word in words), dtype=np.int64, count=len(words))
    return Attribute(codes, tuple(order))
