"""Who files, sees and handles an appeal. To whom it is not open it is not there: that there is one tells of somebody."""

from collections.abc import Callable
from datetime import timedelta

from django.utils.translation import gettext as _

from governance.appeals.independence import ReportLine, read_line
from governance.appeals.models import HANDLE, Appeal, AppealHandler, AppealTerm, Presumption
from governance.appeals.states import (
    OF_SECOND_INSTANCE,
    OVER,
    TRANSITIONS,
    WITH_A_HANDLER,
    AppealKind,
    AppealState,
)
from governance.appeals.words import Parties, tag, unseal
from governance.board.permissions import sits
from governance.people.models import AccountKind, GrantedRole, User
from governance.people.object_permissions import check_can_be_given, is_given_to
from governance.people.permissions import holds, is_system
from ground import calendar
from ground.errors import BadInput, Conflict, DomainError, NotFound, NotPermitted

# Lines are looked at from so long before an appeal was filed, which is as far as appeals reach unless a setting says more.
_BEFORE = timedelta(days=184)


def check_can_file(user: User) -> None:
    """Raise NotPermitted unless the account is a person's in use. Without one an appeal is filed anonymously."""
    if user.kind != AccountKind.HUMAN or not user.is_active or user.person_id is None:
        raise NotPermitted(
            _("Appeals are filed by people. Without an account of your own you can file one anonymously.")
        )


def can_file(user: User) -> bool:
    try:
        check_can_file(user)
    except NotPermitted:
        return False
    return True


def is_appellant(user: User, appeal: Appeal) -> bool:
    """Whether the account filed it. Nobody's account did an anonymous one: the product speaks for whoever has its receipt."""
    if not user.is_active:
        return False
    if appeal.kind == AppealKind.ANONYMOUS:
        return is_system(user)
    if appeal.kind == AppealKind.CONFIDENTIAL:
        return appeal.tag == tag(user.pk)
    return appeal.kind == AppealKind.NAMED and appeal.appellant_id == user.pk


def read_parties(appeal: Appeal) -> Parties:
    """Whose appeal it is and whom it concerns, for the product's own checks."""
    return unseal(appeal.parties, appeal.pk, "parties", Parties)


def find_line(user: User, appeal: Appeal) -> ReportLine:
    """The account's line as far as it bears on an appeal."""
    return read_line(user, since=calendar.find_day(appeal.filed_at) - _BEFORE)


def is_independent(user: User, appeal: Appeal) -> bool:
    """Whether the account stands outside of the lines of whoever filed it and of whom it contests."""
    return not find_line(user, appeal).meets(read_parties(appeal))


def is_named_handler(user: User, appeal: Appeal) -> bool:
    """Whether the account was given the appeal to handle."""
    return is_given_to(user, AppealHandler.objects.filter(content_object=appeal), HANDLE)


def handles(user: User, appeal: Appeal) -> bool:
    """Whether the account handles the appeal: given to it, and still outside of the lines."""
    return is_named_handler(user, appeal) and is_independent(user, appeal)


def keeps_queue(user: User) -> bool:
    """Whether the account sees to it that appeals find handlers: members of the board do."""
    return is_system(user) or sits(user)


def check_can_open_queue(user: User) -> None:
    """Raise NotPermitted unless appeals wait for this account: members of the board, and whoever handles one."""
    if not (keeps_queue(user) or is_given_to(user, AppealHandler.objects.all(), HANDLE)):
        raise NotPermitted(
            _("The queue of appeals is for members of the board and for those who handle one.")
        )


def can_open_queue(user: User) -> bool:
    try:
        check_can_open_queue(user)
    except NotPermitted:
        return False
    return True


def triages(user: User, appeal: Appeal) -> bool:
    """Whether the account may acknowledge the appeal and find its handler."""
    return is_system(user) or (sits(user) and is_independent(user, appeal))


def check_can_see(user: User, appeal: Appeal) -> None:
    """Raise NotFound unless the account filed it, handles it or finds its handler."""
    if not (is_appellant(user, appeal) or handles(user, appeal) or triages(user, appeal)):
        raise not_there()


def not_there() -> NotFound:
    """What whoever may not see an appeal is told, whether or not there is one."""
    return NotFound(_("There is no appeal with this number that you may see."), code="appeal_not_found")


def check_can_acknowledge(user: User, appeal: Appeal) -> None:
    _check_sees_to(user, appeal)
    TRANSITIONS.check(appeal.state, AppealState.ACKNOWLEDGED)


def check_can_assign(user: User, appeal: Appeal) -> None:
    """Raise unless the account may say who handles the appeal now: a member of the board outside of the lines."""
    _check_sees_to(user, appeal)
    second = appeal.state in OF_SECOND_INSTANCE
    TRANSITIONS.check(appeal.state, AppealState.SECOND_ASSIGNED if second else AppealState.ASSIGNED)


def _check_sees_to(user: User, appeal: Appeal) -> None:
    if not triages(user, appeal):
        check_can_see(user, appeal)
        raise NotPermitted(_("Members of the board outside of the reporting lines do this."))


def check_can_handle(handler: User, appeal: Appeal) -> None:
    """Raise BadInput unless this account can decide the appeal: HR, an auditor or the board, in nobody's line, and a fresh eye."""
    check_can_be_given(handler, field="handler")
    if not (sits(handler) or holds(handler, GrantedRole.HR) or holds(handler, GrantedRole.AUDITOR)):
        text = _("Appeals are handled by HR, auditors or members of the board. Name one of them.")
        raise BadInput(text, field="handler", code="no_handler")
    if not is_independent(handler, appeal):
        text = _(
            "This account cannot handle it: it is not independent of those whom the appeal is about. Name somebody else."
        )
        raise BadInput(text, field="handler", code="conflict_of_interest")
    if appeal.state in OF_SECOND_INSTANCE and _handled_before(handler, appeal):
        text = _("This account decided the appeal at first. Other people look at it again.")
        raise BadInput(text, field="handler", code="same_people")


def _handled_before(handler: User, appeal: Appeal) -> bool:
    accounts = find_line(handler, appeal).accounts
    return AppealTerm.objects.filter(appeal=appeal, user__in=accounts, instance=1).exists()


def check_handles(user: User, appeal: Appeal) -> None:
    """Raise unless the appeal is this account's to handle now."""
    check_can_see(user, appeal)
    if not handles(user, appeal):
        raise NotPermitted(_("Only whoever handles this appeal does this."))
    if appeal.state not in WITH_A_HANDLER:
        raise Conflict(_("This appeal is decided, or waits for a handler."), code="not_in_hand")


def check_can_write(user: User, appeal: Appeal) -> None:
    """Raise unless the account may write to the other side: whoever filed it, or handles it, until it is over."""
    check_can_see(user, appeal)
    if not (is_appellant(user, appeal) or handles(user, appeal)):
        raise NotPermitted(_("Messages go between whoever filed an appeal and whoever handles it."))
    check_goes_on(appeal)


def check_goes_on(appeal: Appeal) -> None:
    if appeal.state in OVER:
        raise Conflict(_("This appeal is over."), code="appeal_over")


def check_is_appellant(user: User, appeal: Appeal) -> None:
    """Raise unless the account filed the appeal."""
    check_can_see(user, appeal)
    if not is_appellant(user, appeal):
        raise NotPermitted(_("Only whoever filed this appeal does this."))


def check_answers_presumption(user: User, appeal: Appeal) -> None:
    """Raise NotPermitted unless the account is the handler's or sits on the board, outside of the lines."""
    if not (handles(user, appeal) or triages(user, appeal)):
        raise NotPermitted(
            _("Somebody outside of the reporting lines writes that: the handler, or a member of the board.")
        )


def answers(user: User, appeal: Appeal) -> bool:
    """Whether the account could be asked whether a decision is retaliation: who handles the appeal or finds its handler."""
    return user.is_active and (handles(user, appeal) or triages(user, appeal))


def check_is_asked(user: User, presumption: Presumption, appeal: Appeal) -> None:
    """Raise NotFound unless this account is asked about the decision, and still stands outside of the lines."""
    if presumption.asked_id != user.pk or not answers(user, appeal):
        raise not_there()


def can(check: Callable[[User, Appeal], None], user: User, appeal: Appeal) -> bool:
    """Whether a check lets the account."""
    try:
        check(user, appeal)
    except DomainError:
        return False
    return True
