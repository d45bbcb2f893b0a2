"""Who reviews sampled looks: auditors, else members of the board, outside of the line of whoever looked."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from audits.reviews.models import SampledLook
from audits.reviews.states import CONCLUDED, GOES_ON, TRANSITIONS, LookState
from charter.rules.vocabulary import Role
from governance.appeals.independence import ReportLine, read_line
from governance.board.permissions import sits
from governance.people.models import AccountKind, User
from governance.people.permissions import holds, is_system
from ground import calendar
from ground.errors import Conflict, DomainError, NotFound, NotPermitted


def check_can_open_reviews(user: User) -> None:
    """Raise NotPermitted unless the account may be given looks to review: auditors and members of the board."""
    if not (holds(user, Role.AUDITOR) or sits(user)):
        raise NotPermitted(
            _("Sampled reviews are for auditors, and for members of the board who review one.")
        )


def check_can_draw(user: User) -> None:
    """Raise NotPermitted unless it is the product itself: nobody draws by hand."""
    if not is_system(user):
        raise NotPermitted(_("Looks are drawn by the clock, once a month. Nobody draws them by hand."))


def find_line(look: SampledLook) -> ReportLine:
    """The line of whoever looked, on any day since then."""
    return read_line(look.decision.actor, since=calendar.find_day(look.decision.at))


def is_outside(user: User, look: SampledLook, line: ReportLine | None = None) -> bool:
    """Whether the account neither looked itself nor stands in the line of whoever did; of many looks the line is read once."""
    line = line or find_line(look)
    return user.pk not in line.accounts and user.person_id not in line.persons


def can_review(user: User, look: SampledLook, line: ReportLine | None = None) -> bool:
    """Whether the account may be its reviewer."""
    serves = user.kind == AccountKind.HUMAN and (holds(user, Role.AUDITOR) or sits(user))
    return serves and is_outside(user, look, line)


def check_can_see(user: User, look: SampledLook) -> None:
    """Raise NotFound unless the account reviews it, or is an auditor outside of the line of whoever looked."""
    if look.reviewer_id == user.pk and can_review(user, look):
        return
    if not (holds(user, Role.AUDITOR) and is_outside(user, look)):
        raise not_there()


def not_there() -> NotFound:
    """What whoever may not see a review is told, whether or not there is one."""
    return NotFound(_("There is no review with this number that you may see."), code="review_not_found")


def check_can_ask(user: User, look: SampledLook) -> None:
    """Raise unless the account may ask whoever looked now."""
    _check_reviews(user, look)
    TRANSITIONS.check(look.state, LookState.ASKED)


def check_can_conclude(user: User, look: SampledLook, finding: LookState) -> None:
    """Raise unless the account may say what it found; who was asked has until the last day to answer."""
    _check_reviews(user, look)
    TRANSITIONS.check(look.state, finding)
    if look.state == LookState.ASKED and calendar.today() <= look.due_on:
        raise Conflict(
            _("Whoever looked was asked. Wait for their answer, or until the last day is over."),
            code="waits_for_an_answer",
        )


def check_can_answer(user: User, look: SampledLook) -> None:
    """Raise unless the account looked and is asked about it; to all others there is nothing."""
    if look.decision.actor_id != user.pk or not user.is_active or look.state == LookState.WAITING:
        raise not_there()
    if look.state != LookState.ASKED:
        raise Conflict(_("You have answered, or nothing is asked of you any more."), code="nothing_asked")


def _check_reviews(user: User, look: SampledLook) -> None:
    check_can_see(user, look)
    if look.state in CONCLUDED:
        raise Conflict(_("This review is concluded."), code="concluded")
    if look.reviewer_id != user.pk or look.state not in GOES_ON:
        raise NotPermitted(_("Only its reviewer does this."))


def can(check: Callable[[], None]) -> bool:
    """Whether a check lets the account."""
    try:
        check()
    except DomainError:
        return False
    return True
