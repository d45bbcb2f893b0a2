"""What was refused is on the log as well: who tried what, and why not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from audits.ledger import services as ledger
from governance.board.events import BallotRefused, SuspensionRefused
from governance.people.models import User
from ground.errors import DomainError


@contextmanager
def log_refusals(event: type[BallotRefused | SuspensionRefused], by: User, **tried: Any) -> Iterator[None]:
    """Note a typed error of the block in the ledger, with what was `tried`, and let it go on.

    The block's own transaction is rolled back by then, so the note has one of its own.
    """
    try:
        yield
    except DomainError as refusal:
        with transaction.atomic():
            ledger.append(event(**tried, code=refusal.code, why=refusal.detail), by=by.actor)
        raise
