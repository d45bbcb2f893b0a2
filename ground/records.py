"""Writing one record so that whatever is wrong with it reaches the asker as a sentence."""

from collections.abc import Collection
from typing import TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from ground.errors import BadInput, Conflict

Model = TypeVar("Model", bound=models.Model)


def insert(record: Model) -> Model:
    """Check the fields of a new record, then write it; the database checks its constraints.

    Only where it refuses are they asked one by one what is wrong, as each of them costs a statement; so does asking for a
    row that is in hand, which is left to its foreign key. Raises BadInput, naming the field where there is one; Conflict
    where nothing is found wrong, as somebody wrote at that moment.
    """
    _check(record, constraints=False, without=_find_rows_in_hand(record))
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError as error:
        check(record)
        raise Conflict(
            "Somebody else recorded the same at that moment. Look at it again before you retry."
        ) from error
    return record


def check(record: models.Model) -> None:
    """Raise BadInput where a record does not keep to its model and constraints, naming the field where there is one."""
    _check(record, constraints=True)


def check_fields(record: models.Model, *, known: Collection[str] = ()) -> None:
    """Raise BadInput where a field of a new record is not as its model says; nothing is asked of the database.

    `known` are its references, to rows that are there.
    """
    try:
        record.clean_fields(exclude=known)
    except ValidationError as error:
        raise to_bad_input(error) from error


def _find_rows_in_hand(record: models.Model) -> set[str]:
    """The foreign keys of a record whose rows were read or written already."""
    keys = [each for each in record._meta.concrete_fields if isinstance(each, models.ForeignKey)]
    rows = {key.name: key.get_cached_value(record, default=None) for key in keys}
    return {name for name, row in rows.items() if row is not None and not row._state.adding}


def _check(record: models.Model, *, constraints: bool, without: Collection[str] = ()) -> None:
    try:
        record.full_clean(exclude=without, validate_unique=constraints, validate_constraints=constraints)
    except ValidationError as error:
        raise to_bad_input(error) from error


def to_bad_input(error: ValidationError) -> BadInput:
    """The first of Django's findings as our error."""
    field, messages = (
        next(iter(error.message_dict.items())) if hasattr(error, "error_dict") else (None, error.messages)
    )
    return BadInput(" ".join(messages), field=None if field == NON_FIELD_ERRORS else field)
