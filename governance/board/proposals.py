"""From a draft to the board: what its owner hands in becomes a version, and the version a case."""

from django.db import transaction

from charter.registry import drafts
from charter.registry.models import Draft
from governance.board.models import Case
from governance.board.services import open_case
from governance.people.models import User


@transaction.atomic(durable=True)
def propose(*, draft: Draft, by: User) -> Case:
    """Hand a draft in and put it to the board, all or nothing.

    Raises BadInput with `findings` where the charter has errors, NotPermitted where the draft is not `by`'s own,
    Conflict where it has ended or the board has rejected the very same before.
    """
    return open_case(charter_version=drafts.hand_in(draft=draft, by=by), by=by)
