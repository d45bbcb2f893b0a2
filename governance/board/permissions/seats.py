"""Who may put whom on a seat, confirm them, and end that. Being a superuser counts for nothing here."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from charter.programme import queries as programmes
from governance.board import councils, holding
from governance.board.models import Term
from governance.board.permissions.cases import sits
from governance.board.seat_names import SeatName
from governance.board.states import NOTICE_DAYS
from governance.people.models import User
from governance.people.object_permissions import check_can_be_given
from governance.people.permissions import can_administer, check_can_administer, check_can_grant
from ground import calendar
from ground.errors import BadInput, Conflict, DomainError, NotPermitted


def find_member_seat(user: User) -> SeatName | None:
    """The seat that the account is member of today."""
    terms = (
        term
        for term in holding.list_terms(calendar.today())
        if term.user_id == user.pk and not term.alternate
    )
    found = next(terms, None)
    return found.seat.named if found and user.is_active else None


def check_can_fill_seat(by: User, user: User, kind: SeatName, *, alternate: bool) -> None:
    """Raise NotPermitted unless `by` may propose this account for the seat; BadInput where it can hold none.

    An administrator proposes members; alternates are named by the member of their seat. Nobody does it for themself.
    """
    check_can_propose_for_seat(by, kind, alternate=alternate)
    if not alternate:
        check_can_grant(by, to=user)
    elif by == user:
        raise _make_alternate_refusal()
    check_can_be_given(user)


def check_can_propose_for_seat(by: User, kind: SeatName, *, alternate: bool) -> None:
    """Raise unless `by` may propose anybody for the seat, which is asked before any account is looked up.

    NotPermitted; BadInput for a council without a seat; Conflict until a programme is in force, since its founder invites the first board.
    """
    if not alternate:
        check_can_administer(by)
    elif find_member_seat(by) != kind:
        raise _make_alternate_refusal()
    if not programmes.is_in_force():
        raise Conflict(
            _("The programme is not in force yet. Until then its founder invites to the seats."),
            code="programme_not_founded",
        )
    councils.check_holds_seat(kind)


def _make_alternate_refusal() -> NotPermitted:
    return NotPermitted(
        _("Alternates are named by the member of their seat, or by a case of the board. Ask them."),
        code="not_its_member",
    )


def check_term_begins(valid_from: date) -> None:
    """Raise BadInput where a term would begin in the past, or before the board has had notice of it."""
    if valid_from < calendar.today() + timedelta(days=NOTICE_DAYS):
        text = _(
            "Nobody is put on a seat in the past, and the board is told %(days)s days before somebody sits."
        )
        raise BadInput(text % {"days": NOTICE_DAYS}, field="valid_from", code="too_early")


def check_can_confirm(user: User, term: Term) -> None:
    """Raise unless the account may now confirm who is to be a member: a member of another seat, who did not propose them."""
    seat = find_member_seat(user)
    if seat is None or seat == term.seat.kind or user.pk in {term.user_id, term.announced_by_id}:
        raise NotPermitted(
            _("Members of the other seats confirm who is to be a member; whoever proposed them does not."),
            code="not_another_member",
        )
    if (
        term.confirmed_at is not None
        or term.declined_at is not None
        or (term.valid_to is not None and term.valid_to <= calendar.today())
    ):
        raise Conflict(_("There is nothing to confirm any more."), code="nothing_to_confirm")
    councils.check_holds_seat(term.seat.named)


def check_can_decline(user: User, term: Term) -> None:
    """Raise unless the account was proposed for this seat and the board has not confirmed it yet."""
    if user.pk != term.user_id or not user.is_active:
        raise NotPermitted(_("Whoever is proposed declines, and nobody for them."), code="not_yours")
    if term.confirmed_at is not None or term.declined_at is not None:
        raise Conflict(_("There is nothing to decline any more."), code="nothing_to_decline")


def check_can_name_by_case(user: User) -> None:
    """Raise NotPermitted unless the account may put to the board who is to sit, which is asked before any is looked up."""
    if not (sits(user) or can_administer(user)):
        raise NotPermitted(_("Only the board or an administrator may put to it who is to sit on a seat."))


def can_confirm(user: User, term: Term) -> bool:
    try:
        check_can_confirm(user, term)
    except DomainError:
        return False
    return True


def is_confirmed(term: Term) -> bool:
    """Whether more than half of the members of the other seats have confirmed who is to be a member."""
    terms = holding.list_terms(calendar.today())
    others = {each.user_id for each in terms if not each.alternate and each.seat_id != term.seat_id}
    said = set(term.confirmations.filter(user__in=others).values_list("user", flat=True))
    return len(said) * 2 > len(others)


def check_can_propose_for_some_seat(by: User) -> None:
    """Raise NotPermitted unless the account names an alternate of its own seat or proposes members."""
    if find_member_seat(by) is None:
        check_can_administer(by)


def check_may_end_term(user: User, term: Term) -> bool:
    """Whether the term is its own or one of its alternates'. Raises NotPermitted where it may not end it on any day."""
    own = user.pk == term.user_id or (term.alternate and find_member_seat(user) == term.seat.kind)
    if not own:
        check_can_administer(user)
    return own


def check_can_end_term(user: User, term: Term, valid_to: date) -> None:
    """Raise unless the account may let a term end on that day.

    One's own and those of one's alternates end at once; an administrator ends others', of which the board is told as long before
    as of a beginning. Nothing ends in the past.
    """
    own = check_may_end_term(user, term)
    days = 0 if own else NOTICE_DAYS
    if valid_to < calendar.today() + timedelta(days=days):
        text = _(
            "A term does not end in the past, and the board is told %(days)s days before somebody else ends it."
        )
        raise BadInput(text % {"days": NOTICE_DAYS}, field="valid_to", code="too_early")
