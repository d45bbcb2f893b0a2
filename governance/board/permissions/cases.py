"""Who may open, vote on and close a case. Being a superuser counts for nothing here."""

from datetime import date

from django.utils.translation import gettext as _

from charter.registry import queries as registry
from charter.registry.models import CharterVersion
from charter.registry.permissions import SEE_DRAFTS
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import GROUP_OF, DecisionGroup
from governance.board import councils, holding
from governance.board.holding import SittingVoter
from governance.board.kinds import Openers, find_kind
from governance.board.models import HANDLE, Case, CaseHandler, Waiver
from governance.board.seat_names import SeatName
from governance.board.states import OF_A_VERSION, CaseKind, CaseState, SeatKind
from governance.people.lines import are_in_one_line
from governance.people.models import AccountKind, GrantedRole, User
from governance.people.object_permissions import check_can_be_given, is_given_to
from governance.people.permissions import can_administer, holds, is_system
from ground import calendar, clock
from ground.errors import BadInput, Conflict, NotPermitted


def sits(user: User) -> bool:
    """Whether the account is member or alternate on any seat today."""
    return user.is_active and any(term.user_id == user.pk for term in holding.list_terms(calendar.today()))


def check_sits(user: User) -> None:
    """Raise NotPermitted unless the account sits on some seat today."""
    if not sits(user):
        raise NotPermitted(_("Only members of the board may do this."), code="not_on_this_seat")


def check_can_vote_somewhere(user: User) -> None:
    """Raise NotPermitted unless the account votes on some case: whoever sits, and on a founding whoever has accepted."""
    if not (user.is_active and holding.find_accepted().filter(user=user).exists()):
        check_sits(user)


def holds_seat(user: User, kind: SeatName) -> bool:
    """Whether the account is member or alternate of this seat today."""
    held = {term.seat.kind for term in holding.list_terms(calendar.today()) if term.user_id == user.pk}
    return user.is_active and kind in held


def find_proposers(matter: Case) -> frozenset[object]:
    """Keys of the accounts whose own proposal this is: who stands behind it, and who asks.

    Who puts a charter to the board with words of their own, as for one that is to come back, asks for it.
    """
    kind = find_kind(matter)
    asks = {matter.opened_by_id} if kind.asked_for(matter) else set()
    return _behind(matter) | asks | kind.concerns(matter)


def _behind(matter: Case) -> frozenset[object]:
    """Keys of the accounts that wrote what the matter is about, submitted it, or own the metric."""
    found: set[object] = set()
    if matter.rulebook_version is not None:
        found.add(matter.rulebook_version.created_by_id)
    if (version := matter.charter_version) is not None:
        found |= {version.created_by_id, version.submitted_by_id, version.metric.owner_id}
    return frozenset(found)


def list_voters(case: Case, on: date) -> tuple[SittingVoter, ...]:
    """Who may speak for a seat on a case: whoever holds one that it must hear, or, of a founding, whoever has accepted it."""
    if find_kind(case).founds:
        return holding.list_invited()
    heard = {*SeatKind.values, *case.asked}
    return tuple(each for each in holding.list_sitting(on) if each.seat in heard)


def list_seats_on(case: Case, user: User, on: date) -> tuple[SeatName, ...]:
    """The seats that the account may speak for on this case."""
    return tuple(each.seat for each in list_voters(case, on) if each.user_id == user.pk and user.is_active)


def speaks_on(user: User, case: Case) -> bool:
    """Whether the account may speak for any seat on this case."""
    return bool(list_seats_on(case, user, calendar.today()))


def check_can_open_case(user: User, matter: Case) -> None:
    """Raise NotPermitted unless this account may put this to the board.

    Anybody with an account may ask for a ruling or a waiver; the rest is for the board, whoever proposes it, and
    administrators.
    """
    openers = find_kind(matter).openers
    if openers is Openers.ANYBODY:
        proposes = user.is_active and user.kind == AccountKind.HUMAN
    elif openers is Openers.AUDITORS:
        proposes = holds(user, GrantedRole.AUDITOR)
    else:
        proposes = user.is_active and user.pk in _behind(matter)
    if not (sits(user) or proposes or can_administer(user)):
        raise NotPermitted(
            _("Only the board, whoever proposes it, or an administrator may put this to the board.")
        )


def check_can_see_case(user: User, case: Case) -> None:
    """Raise NotPermitted where a case is open and the account neither works on it, nor handles or proposed it.

    What is decided is published, with its minutes, to everybody who can sign in (S85, S143).
    """
    if not user.is_authenticated or not user.is_active:
        raise NotPermitted(_("Sign in to read cases."))
    if case.state != CaseState.OPEN or sees_open_cases(user):
        return
    if find_kind(case).founds and speaks_on(user, case):
        return
    if user.pk != case.opened_by_id and user.pk not in find_proposers(case) and not handles(user, case):
        raise NotPermitted(_("This case is still open. You can read it once the board has decided it."))


def sees_open_cases(user: User) -> bool:
    """Whether the account may read all cases while they are open."""
    return sits(user) or is_system(user) or any(holds(user, role) for role in SEE_DRAFTS)


def sees_askers(user: User) -> bool:
    """Whether the account may know who asked for a ruling: the board, which weighs it, and auditors."""
    return sits(user) or is_system(user) or holds(user, GrantedRole.AUDITOR)


def can_see_opener(user: User, case: Case) -> bool:
    """Whether the account may know who put a case. A ruling is published; who asked for it is nobody else's business."""
    return find_kind(case).tells_asker or case.opened_by_id == user.pk or sees_askers(user)


def handles(user: User, case: Case) -> bool:
    """Whether the account prepares this case; nobody does whose own proposal it is or who is in conflict, named or not."""
    named = is_given_to(user, CaseHandler.objects.filter(content_object=case), HANDLE)
    return named and user.pk not in find_proposers(case) and not has_conflict(user, case)


def check_can_name_handler(user: User, case: Case) -> None:
    """Raise unless the account may now say who handles the case: a member of the board, while it is open."""
    check_can_name_handlers(user)
    _check_goes_on(case)


def check_can_name_handlers(user: User) -> None:
    """Raise NotPermitted unless the account may say who handles cases, which is asked before any account is looked up."""
    if not (sits(user) or is_system(user)):
        raise NotPermitted(_("Only members of the board say who handles a case."))


def check_can_handle(user: User, case: Case) -> None:
    """Raise BadInput unless this account can handle the case: a person's in use, and neither proposer nor in conflict."""
    check_can_be_given(user, field="handler")
    if user.pk in find_proposers(case):
        raise BadInput(_("Nobody handles their own proposal."), field="handler", code="own_proposal")
    if has_conflict(user, case):
        text = _(
            "The charter informs decisions about people, and its owner is in this account’s reporting line."
        )
        raise BadInput(text, field="handler", code="conflict_of_interest")


def check_can_release_handler(user: User, case: Case) -> None:
    """Raise unless the account may now end who handles the case: whoever may say so, and whoever handles it."""
    if not handles(user, case):
        check_can_name_handler(user, case)
    _check_goes_on(case)


def check_can_comment(user: User, case: Case) -> None:
    """Raise unless the account may take part in the discussion: whoever may see the case, while it is open."""
    check_can_see_case(user, case)
    if case.state != CaseState.OPEN:
        raise Conflict(_("This case is closed, and its discussion with it."), code="case_closed")


def _check_goes_on(case: Case) -> None:
    if case.state != CaseState.OPEN:
        raise Conflict(_("This case is closed, so nobody handles it any more."), code="case_closed")


def check_can_set_conditions(user: User, case: Case) -> None:
    """Raise unless a condition may now be proposed or withdrawn: by a seat, before the first vote.

    All seats vote on the same text, so it is fixed once one has voted.
    """
    if not sits(user):
        raise NotPermitted(_("Only members of the board bind an approval to conditions."))
    if not find_kind(case).puts_in_force:
        raise BadInput(_("Only the approval of a charter can be bound to conditions."), field="kind")
    check_is_open(case)
    if holding.list_heard_seats(case):
        raise Conflict(
            _("A seat has voted already, on the conditions as they stand. They cannot change any more."),
            code="voting_has_begun",
        )


def check_can_suspend(user: User, version: CharterVersion, kind: SeatName) -> None:
    """Raise unless this account holds that seat today and the charter is in force."""
    if not holds_seat(user, kind):
        raise NotPermitted(
            _("You do not hold the seat “%(seat)s” today, so you cannot suspend for it.")
            % {"seat": kind.label},
            code="not_on_this_seat",
        )
    if not isinstance(kind, SeatKind) and kind not in councils.list_asked(calendar.today()):
        raise NotPermitted(
            _("“%(seat)s” speaks for the people of its territory, and nobody works there today.")
            % {"seat": kind.label},
            code="not_its_people",
        )
    if version.standing == StandingChoices.PILOT:
        raise Conflict(_("This charter is on trial. End its pilot instead."), code="end_the_pilot")
    if version.standing != StandingChoices.ACTIVE:
        raise Conflict(_("Only a charter that is in force can be suspended."), code="no_such_transition")


def check_can_bring_back(user: User, version: CharterVersion) -> None:
    """Raise unless this account may now put a suspended charter back to the board: whoever may put any charter to it."""
    check_can_open_case(user, Case(kind=CaseKind.CHARTER, charter_version=version, opened_by=user))
    check_can_come_back(version)


def check_can_come_back(version: CharterVersion) -> None:
    """Raise Conflict unless a suspended charter can be brought back by a case now."""
    if version.standing != StandingChoices.SUSPENDED:
        raise Conflict(_("Only a suspended charter is brought back."), code="no_such_transition")
    if version.clock_suspensions.filter(ended_at__isnull=True).exists():
        raise Conflict(
            _("It was suspended because its review is overdue. A review that confirms it puts it back."),
            code="needs_a_review",
        )
    if version.cases.filter(state=CaseState.OPEN, kind__in=OF_A_VERSION).exists():
        raise Conflict(
            _("It is before the board already. Wait for what the board decides."), code="case_open"
        )
    if version.expires_at is not None and version.expires_at <= clock.now():
        raise Conflict(
            _("Its time has run out meanwhile. Put its next version to the board."), code="expired"
        )


def check_can_end_waiver(user: User, waiver: Waiver) -> None:
    """Raise unless the account sits on the board and the waiver was granted and has not ended."""
    if not (sits(user) or is_system(user)):
        raise NotPermitted(_("Only members of the board end a waiver."))
    if waiver.case.state != CaseState.APPROVED or waiver.ended_at is not None:
        raise Conflict(_("This waiver is not in force, so it cannot be ended."), code="not_in_force")


def check_no_conflict(user: User, case: Case) -> None:
    """Raise NotPermitted where the charter informs decisions about people and its owner is in the voter's line."""
    if has_conflict(user, case):
        raise NotPermitted(
            _(
                "This charter informs decisions about people, and its owner is in your reporting line. Your alternate may vote for this seat, or you may recuse yourself."
            ),
            code="conflict_of_interest",
        )


def has_conflict(user: User, case: Case) -> bool:
    """Whether the charter informs decisions about people and its owner is in the account's reporting line."""
    version = case.charter_version
    if version is None or user.person_id is None or not decides_about_people(version):
        return False
    owner = version.metric.owner.person_id
    return owner is not None and are_in_one_line(user.person_id, owner, on=calendar.today())


def check_is_open(case: Case) -> None:
    """Raise Conflict where no vote can be cast on the case any more."""
    if case.state != CaseState.OPEN:
        raise Conflict(_("This case is closed."), code="case_closed")
    if clock.now() >= case.closes_at:
        raise Conflict(
            _("The time for voting on this case is over. It can only be closed now."), code="voting_over"
        )


def decides_about_people(version: CharterVersion) -> bool:
    """Whether the charter lists a decision about a person."""
    allowed = registry.load_document(version.pk).which_decisions.allowed
    return any(GROUP_OF[clause.decision] is DecisionGroup.PEOPLE for clause in allowed)
