"""To the board: a draft that its owner hands in becomes a version, rules a rulebook, and each of them a case."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from charter.authoring import drafts
from charter.authoring.models import Draft
from charter.registry import services as registry
from charter.registry.states import RulebookState
from governance.board.models import Case
from governance.board.services import open_case
from governance.people.models import User
from ground.errors import Conflict


@transaction.atomic(durable=True)
def propose(*, draft: Draft, by: User) -> Case:
    """Hand a draft in and put it to the board, all or nothing.

    Raises BadInput with `findings` where the charter has errors, NotPermitted where the draft is not `by`'s own,
    Conflict where it has ended or the board has rejected the very same before.
    """
    return open_case(charter_version=drafts.hand_in(draft=draft, by=by), by=by)


@transaction.atomic(durable=True)
def propose_rules(*, files: Mapping[str, str], by: User) -> Case:
    """Store a rulebook and put it to the board, all or nothing.

    Raises BadInput, with `findings` where it could not be put in force, or where it is before the board already;
    Conflict where it is in force.
    """
    version = registry.propose_rulebook(files=files, by=by)
    if version.state == RulebookState.IN_FORCE:
        raise Conflict(_("These very rules are in force already."), code="in_force_already")
    return open_case(rulebook_version=version, by=by)
