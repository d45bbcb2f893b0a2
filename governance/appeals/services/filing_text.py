"""Texts of appeals, as they are kept."""

from django.utils.translation import gettext as _

from ground.errors import BadInput
from ground.parsing import read_prose

LONGEST = 10_000  # characters


def read_text(text: str, field: str, missing: str) -> str:
    """A text that must be there and is not endless. Raises BadInput."""
    said = read_prose(text, field=field)
    if not said:
        raise BadInput(missing, field=field)
    if len(said) > LONGEST:
        raise BadInput(_("That is too long: 10,000 characters at most."), field=field)
    return said
