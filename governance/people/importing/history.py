"""What an import says of where, how and as what people work, kept with the days from which it was so.

Audits of a period ask what was so in it, not what is so by now. A file has no days for these columns, so a change counts from
the day of its import on.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import cast

from governance.people.importing.differences import RowDifference
from governance.people.importing.writing import BATCH
from governance.people.models import Circumstances, Person
from ground import calendar

_COLUMNS = ("location", "working_arrangement", "role_family")


def keep_history(people: RowDifference) -> None:
    """Write from when what an import changed of people is so: of new ones from their first day, of others from today on."""
    if not people.added and not people.changed:
        return
    today = calendar.today()
    added, changed = (cast("Sequence[Person]", each) for each in (people.added, people.changed))
    begun = [_begin(person, person.employed_from) for person in added]
    lasting = Circumstances.objects.filter(person__in=[each.pk for each in changed], valid_to__isnull=True)
    held = {each.person_id: each for each in lasting}
    ended, same_day = [], []
    for person in changed:
        last = held.get(person.pk)
        if last is not None and _say(last) == _say(person):
            continue
        if last is not None and last.valid_from >= today:
            same_day.append(_take(last, person))
            continue
        if last is not None:
            last.valid_to = today
            ended.append(last)
        begun.append(_begin(person, today if last is not None else person.employed_from))
    _write(ended, same_day, begun)


def _write(
    ended: Iterable[Circumstances], same_day: Iterable[Circumstances], begun: Iterable[Circumstances]
) -> None:
    Circumstances.objects.bulk_update(ended, ["valid_to"], batch_size=BATCH)
    Circumstances.objects.bulk_update(same_day, _COLUMNS, batch_size=BATCH)
    Circumstances.objects.bulk_create(begun, batch_size=BATCH)


def _begin(person: Person, since: date) -> Circumstances:
    return _take(Circumstances(person=person, valid_from=since), person)


def _take(row: Circumstances, person: Person) -> Circumstances:
    for name in _COLUMNS:
        setattr(row, name, getattr(person, name))
    return row


def _say(row: Circumstances | Person) -> tuple[str, ...]:
    return tuple(getattr(row, name) for name in _COLUMNS)
