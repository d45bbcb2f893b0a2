"""What a count says of a cost, wherever counts stand (counts.py)."""

from django.utils.translation import gettext as _
from msgspec import Struct

from ground.errors import Unavailable


class NotCounted(Unavailable):
    """The counter cannot be reached."""

    def __init__(self) -> None:
        super().__init__(
            _("How often you ask could not be counted, so nothing was done. Try again in a moment.")
        )


class Spent(Struct, frozen=True):
    """Whether a cost was granted, what of the window is spent now, and in how many seconds it is over (never 0)."""

    granted: bool
    spent: int
    wait: float
