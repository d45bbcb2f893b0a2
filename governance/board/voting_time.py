"""How long votes can be cast on a case, where whoever puts it says so.

The days are theirs to choose within bounds: a case that ends before anybody can vote turns down what others proposed, and one
that never ends keeps the door closed to the next of its kind. The organisation's own BOARD_VOTING_DAYS may lie beyond.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from ground.errors import BadInput

SHORTEST_DAYS = 3
LONGEST_DAYS = 60


def find_end(opened_at: datetime, asked: datetime | None) -> datetime:
    """Until when votes can be cast: the moment that was asked for, else BOARD_VOTING_DAYS from now. Raises BadInput."""
    usual: int = settings.BOARD_VOTING_DAYS
    if asked is None:
        return opened_at + timedelta(days=usual)
    shortest, longest = min(SHORTEST_DAYS, usual), max(LONGEST_DAYS, usual)
    if not timedelta(days=shortest) <= asked - opened_at <= timedelta(days=longest):
        text = _("Votes can be cast for %(shortest)s to %(longest)s days. Choose a moment between.")
        raise BadInput(text % {"shortest": shortest, "longest": longest}, field="closes_at")
    return asked
