"""What a token of the API may be used for: one of four words, each of which holds those before it.

- `read`: look at whatever its account may look at. GET alone.
- `ask`: put questions to the line, and check what would be answered; each question is on the log as its account's. At the SQL door it is the
  account's password.
- `write`: whatever else its account may do or ask for: drafts, reviews, recorded changes, holds, context notes, saved views,
  notices, training, the contract, and putting something to the board.
- `board`: what the board decides: ballots, comments, conditions, handlers and the closing of cases, ends of waivers, pilots and
  rulings, suspensions, terms.

A token never gives its account a right; it takes away what the scope does not say. A view of the API that changes something
names its scope as `token_scope`; one that names none needs the last, so that whatever is forgotten is closed.
"""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST = timedelta(days=90)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Scope(models.TextChoices):
    """The words, narrowest first."""

    READ = "read", _("Read")
    ASK = "ask", _("Read and ask")
    WRITE = "write", _("Read, ask and write")
    BOARD = "board", _("All, the board’s work included")

    def covers(self, other: "Scope") -> bool:
        """Whether what needs the other may be done with this one."""
        words = list(Scope)
        return words.index(self) >= words.index(other)


def needed(method: str | None, view: object) -> Scope:
    """The scope that a request to a view needs."""
    if method in SAFE:
        return Scope.READ
    return getattr(view, "token_scope", Scope.BOARD)
