"""Writing one record so that whatever is wrong with it reaches the asker as a sentence."""

from typing import TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models

from ground.errors import BadInput, Conflict

Model = TypeVar("Model", bound=models.Model)


def insert(record: Model) -> Model:
    """Check a new record against its model and constraints, then write it.

    Raises BadInput, naming the field where there is one; Conflict where somebody wrote first between check and write.
    """
    check(record)
    try:
        record.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            "Somebody else recorded the same at that moment. Look at it again before you retry."
        ) from error
    return record


def check(record: models.Model) -> None:
    """Raise BadInput where a record does not keep to its model and constraints, naming the field where there is one."""
    try:
        record.full_clean()
    except ValidationError as error:
        raise bad_input(error) from error


def bad_input(error: ValidationError) -> BadInput:
    """The first of Django's findings as our error."""
    field, messages = (
        next(iter(error.message_dict.items())) if hasattr(error, "error_dict") else (None, error.messages)
    )
    return BadInput(" ".join(messages), field=None if field == NON_FIELD_ERRORS else field)
