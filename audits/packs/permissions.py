"""Who asks for evidence packs and downloads them: auditors and the board. Everybody takes along what is open to them."""

from django.utils.translation import gettext as _

from audits.packs.models import EvidencePack
from audits.packs.states import PackState
from charter.rules.vocabulary import Role
from governance.board.permissions import sits
from governance.people.models import AccountKind, User
from governance.people.permissions import holds, is_system
from ground.errors import Conflict, NotPermitted


def check_can_read_packs(user: User) -> None:
    """Raise NotPermitted unless the account is an auditor's or sits on the board."""
    if not (holds(user, Role.AUDITOR) or sits(user)):
        raise NotPermitted(_("Evidence packs are for auditors and members of the board."))


def check_can_make(user: User) -> None:
    """Raise NotPermitted unless it is the product itself."""
    if not is_system(user):
        raise NotPermitted(_("The clock makes packs that were asked for."))


def check_can_take(user: User, pack: EvidencePack) -> None:
    """Raise unless the account may download the pack and it is made."""
    check_can_read_packs(user)
    if pack.state != PackState.MADE:
        raise Conflict(_("This pack is not made yet, or could not be."), code="not_made")


def check_can_take_along(user: User) -> None:
    """Raise NotPermitted unless the account is in use and a person's or a machine's of ours."""
    if not user.is_active or user.kind not in AccountKind.values:
        raise NotPermitted(_("Sign in to take something along."))
