"""What was refused is on the log as well: who tried what, and why not."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction

from audits.ledger import services as ledger
from governance.people.models import User
from ground.errors import HouseError


@contextmanager
def refusals_logged(kind: str, payload: Mapping[str, object], by: User) -> Iterator[None]:
    """Note a typed error of the block in the ledger and let it go on.

    The block's own transaction is rolled back by then, so the note has one of its own.
    """
    try:
        yield
    except HouseError as refusal:
        told = {**payload, "code": refusal.code, "why": refusal.detail}
        with transaction.atomic():
            ledger.append(kind=kind, payload=told, by=by.actor)
        raise
