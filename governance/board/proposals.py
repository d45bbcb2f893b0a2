"""From a draft to the board: what its owner hands in becomes a version, and the version a case."""

from charter.registry import drafts
from charter.registry.models import Draft
from governance.board import services
from governance.board.models import Case
from governance.board.states import CaseState
from governance.people.models import User


def propose(*, draft: Draft, by: User) -> Case:
    """Hand a draft in and put it to the board. Called again after a failure, it goes on where it stopped.

    Raises BadInput with `findings` where the charter has errors, NotPermitted where the draft is not `by`'s own.
    """
    version = draft.version or drafts.hand_in(draft=draft, by=by)
    standing = version.cases.filter(state=CaseState.OPEN).first()
    return standing or services.open_case(charter_version=version, by=by)
