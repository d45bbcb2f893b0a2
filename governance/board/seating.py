"""Reads of who sits, who is to sit, and who speaks for a seat on a case."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from governance.board import councils, holding, kinds, permissions
from governance.board.models import Case, Invitation, Term
from governance.board.queries import Holders, find_holders, list_vacant_seats
from governance.board.seat_names import SeatName
from governance.board.states import CaseKind, CaseState, SeatKind
from governance.people.models import User
from ground.errors import NotFound, NotPermitted


def list_seats_on(case: Case, on: date) -> tuple[Holders, ...]:
    """Every seat that a case must hear, with who may speak for it; of a founding those who accepted."""
    if not kinds.find_kind(case).founds:
        return find_holders(list_names_on(case), on)
    accepted = {each.seat.kind: each.user for each in holding.list_accepted()}
    return tuple(Holders(kind, accepted.get(kind), ()) for kind in SeatKind)


def list_names_on(case: Case) -> tuple[SeatName, ...]:
    """The seats that a case must hear: the six, and the councils whose people it touches."""
    return (*SeatKind, *councils.list_asked_seats(case.asked))


def list_voting(case: Case, on: date) -> QuerySet[User]:
    """The accounts that may speak for a seat on a case."""
    keys = {each.user_id for each in permissions.list_voters(case, on)}
    return User.objects.filter(is_active=True, pk__in=keys)


def list_invitations(user: User) -> QuerySet[Invitation]:
    """The invitations to the first board that an account may know of, those that stand first.

    The founder knows all of them; who was invited one's own, and who has accepted besides once one has done so too.
    """
    found = Invitation.objects.select_related("seat", "user", "invited_by").order_by(
        "ended_at", "seat__kind", "-invited_at"
    )
    if permissions.founds(user, permissions.find_draft()):
        return found
    own = Q(user=user)
    if holding.find_accepted().filter(user=user).exists():
        own |= Q(ended_at__isnull=True, accepted_at__isnull=False)
    return found.filter(own)


def get_invitation(key: UUID, *, by: User) -> Invitation:
    """One invitation that the account may know of. Raises NotFound, of another's as where there is none."""
    found = list_invitations(by).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such invitation."), code="invitation_not_found")
    return found


def list_terms_since(on: date) -> QuerySet[Term]:
    """The terms that last on a day or are to begin later, confirmed or proposed, with who confirmed them."""
    found = Term.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), declined_at__isnull=True)
    related = found.select_related("seat", "user", "announced_by", "case")
    return related.prefetch_related("confirmations__user").order_by(
        "seat__kind", "alternate", "valid_from", "pk"
    )


def list_terms_ending(after: date, until: date) -> QuerySet[Term]:
    """Terms of members that end in these days."""
    sat = Term.objects.filter(alternate=False, confirmed_at__isnull=False)
    found = sat.filter(valid_to__gt=after, valid_to__lte=until)
    return found.select_related("seat", "user")


def list_terms_that_left_a_vacancy(on: date) -> tuple[Term, ...]:
    """The last member's term of each seat that has no member on a day."""
    vacant = list_vacant_seats(on)
    sat = Term.objects.filter(alternate=False, confirmed_at__isnull=False)
    ended = sat.filter(valid_to__lte=on, seat__kind__in=vacant)
    return tuple(ended.select_related("seat", "user").order_by("seat_id", "-valid_to").distinct("seat_id"))


def list_proposed(on: date) -> QuerySet[Term]:
    """The members to be who wait for the board to confirm them."""
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    found = Term.objects.filter(lasting, confirmed_at__isnull=True, declined_at__isnull=True)
    return found.select_related("seat", "user").order_by("announced_at", "pk")


def list_to_confirm(user: User, on: date) -> list[Term]:
    """Those among them whom this account may confirm and has not."""
    if permissions.find_member_seat(user) is None:
        return []
    found = list_proposed(on).exclude(confirmations__user=user)
    return [term for term in found if permissions.can_confirm(user, term)]


def find_open_founding(user: User) -> Case | None:
    """The founding that is voted on, where the account may see it."""
    case = Case.objects.filter(kind=CaseKind.FOUNDING, state=CaseState.OPEN).first()
    if case is None:
        return None
    try:
        permissions.check_can_see_case(user, case)
    except NotPermitted:
        return None
    return case
