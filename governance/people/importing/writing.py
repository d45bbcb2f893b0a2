"""Carrying out the differences of an import, in a few bulk statements."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from django.db import connection, models

from governance.people.importing.differences import RowDifference

BATCH = 500
# Rows after which somebody who waits is told how far it is.
STEP = 2_000
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('people.import_organisation'))"

Tell = Callable[[str], None]


def take_lock() -> None:
    """Wait for another import: two at once would each write half of the other's difference."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)


def write(differences: Mapping[str, RowDifference], *, tell: Tell) -> None:
    """Write the differences, in the order given: what a row refers to comes before it.

    Removals come before new ends and new rows, so that no two spans of a person ever overlap on the way.
    """
    for file, each in differences.items():
        rows = each.model._default_manager
        if each.gone:
            rows.filter(pk__in=[record.pk for record in each.gone]).delete()
        for some in _in_steps(file, "changed", each.changed, tell):
            rows.bulk_update(some, each.fields, batch_size=BATCH)
        for some in _in_steps(file, "added", each.added, tell):
            rows.bulk_create(some, batch_size=BATCH)


def _in_steps(
    file: str, how: str, records: Sequence[models.Model], tell: Tell
) -> Iterator[Sequence[models.Model]]:
    """The records in parts, each told of once it is written; few are one part, and nothing is told."""
    for start in range(0, len(records), STEP):
        yield records[start : start + STEP]
        if len(records) > STEP:
            tell(f"{file}: {min(start + STEP, len(records))} of {len(records)} rows {how}")
