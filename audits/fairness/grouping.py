"""What people are grouped by in an audit: each attribute's code by person, as it was on the last day of the period."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from dateutil.relativedelta import relativedelta
from django.db.models import Case, Choices, F, Q, When

from audits.fairness.comparing import UNKNOWN, Attribute, Codes
from audits.fairness.states import AuditedAttribute, TenureBand
from governance.people.models import (
    Circumstances,
    ContextClassChoices,
    Membership,
    Person,
    WorkingArrangement,
)

_YEARS = ((1, TenureBand.FIRST), (3, TenureBand.SECOND), (6, TenureBand.THIRD))


def group_people(external_ids: Sequence[str], *, on: date) -> dict[str, Attribute]:
    """The attributes of these persons (S101); a code of -1 where the organisation has not recorded one.

    All are those of the day. Of a day before anything was recorded of somebody, the first that was counts; of whom no import has
    told from when it was so, what is recorded of them now.
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
    worked = _read_circumstances(found, on)
    said = [worked.get(each.pk, each) for each in found]
    return {
        AuditedAttribute.TEAM_TYPE: _code(
            [types.get(each, "") for each in external_ids], ContextClassChoices
        ),
        AuditedAttribute.LOCATION: _code([each.location for each in said], None),
        AuditedAttribute.ROLE: _code([each.role_family for each in said], None),
        AuditedAttribute.TENURE: _code([find_tenure(each.employed_from, on) for each in found], TenureBand),
        AuditedAttribute.ARRANGEMENT: _code([each.working_arrangement for each in said], WorkingArrangement),
    }


def _read_circumstances(persons: Sequence[Person], on: date) -> dict[UUID, Circumstances]:
    """Where, how and as what each worked on a day, else the first that was recorded of them."""
    rows = Circumstances.objects.filter(person__in=[each.pk for each in persons])
    # The last one that began by that day stands before the others, which stand in the order in which they came.
    begun = Case(When(valid_from__lte=on, then=F("valid_from")), default=None)
    found = rows.order_by("person_id", begun.desc(nulls_last=True), "valid_from").distinct("person_id")
    return {each.person_id: each for each in found}


def find_tenure(since: date, on: date) -> str:
    """The band of whole years between two days."""
    years = relativedelta(on, since).years
    return next((band.value for most, band in _YEARS if years < most), TenureBand.FOURTH.value)


def count_moved(external_ids: Sequence[str], *, since: date, until: date) -> int:
    """How many of them changed their team, location, role or arrangement within the period; they count as on its last day."""
    persons = Person.objects.filter(external_id__in=external_ids)
    within = {"valid_from__gt": since, "valid_from__lt": until}
    teams = Membership.objects.filter(**within, person__memberships__valid_to=F("valid_from"))
    others = Circumstances.objects.filter(**within, person__circumstances__valid_to=F("valid_from"))
    return persons.filter(Q(pk__in=teams.values("person")) | Q(pk__in=others.values("person"))).count()


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
