"""Who may see a decision that was made about a request, put it to the board, and end what the board ruled."""

from datetime import date

from django.utils.translation import gettext as _

from charter.rules.vocabulary import Outcome, Role
from governance.board import permissions as board
from governance.decisions.models import Decision, DelayedNotice, Referral
from governance.decisions.states import RULED, RulingStanding
from governance.people import queries as people
from governance.people.models import User
from governance.people.permissions import is_system
from ground.errors import BadInput, Conflict, NotFound, NotPermitted


def check_can_see_decision(*, user: User, decision: Decision, on: date) -> None:
    """Whoever asked may, auditors, the board where it is put to it, and who was looked at. To all others it is not there."""
    if decision.actor_id == user.pk or Role.AUDITOR in people.asker(user, on=on).roles:
        return
    if not (was_looked_at(user, decision) or _is_before(user, decision)):
        raise NotFound("There is no receipt with this id that you may see.", code="receipt_not_found")


def was_looked_at(user: User, decision: Decision) -> bool:
    """Whether somebody else saw a value of this account's person by it, and the person may know of that by now."""
    if decision.actor_id == user.pk or decision.checked_only or decision.verdict != Outcome.PERMIT:
        return False
    person = user.person.external_id if user.person_id is not None else None
    if person is None or person not in decision.subjects:
        return False
    waiting = DelayedNotice.objects.filter(decision=decision, person=person, given_at__isnull=True)
    return not waiting.exists()


def _is_before(user: User, decision: Decision) -> bool:
    """Whether the question was put to the board and the account sits on it."""
    return Referral.objects.filter(decision=decision).exists() and board.sits(user)


def check_can_refer(user: User, decision: Decision) -> None:
    """Raise unless the account asked this itself and the rules left it to the board."""
    if decision.actor_id != user.pk or not user.is_active:
        raise NotPermitted(_("Only whoever asked a question puts it to the board."))
    if decision.verdict != Outcome.REFER:
        raise BadInput(
            _("The rules decided this question themselves. Only what they leave to the board is put to it."),
            field="decision",
            code="not_referred",
        )


def can_see_asker(user: User, referral: Referral) -> bool:
    """Whether the account may see who asked what about whom: the asker, the board and auditors. Others see the matter."""
    return referral.asked_by_id == user.pk or board.sees_askers(user)


def check_can_end_ruling(user: User, standing: RulingStanding) -> None:
    """Raise unless the account sits on the board and the ruling that stands so is in force."""
    if not (board.sits(user) or is_system(user)):
        raise NotPermitted(_("Only members of the board end a ruling."))
    if standing not in RULED:
        raise Conflict(_("There is no ruling in force here that could be ended."), code="not_in_force")
