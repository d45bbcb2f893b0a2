"""Who prepares rounds, who opens a pack and proposes, and who reads an outcome. No role opens what is said of oneself early."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from charter.rules.request import Request, Window
from charter.rules.vocabulary import DecisionType, Grain, Period, View
from governance.board.permissions import sits
from governance.calibration.models import CalibrationItem, CalibrationRound
from governance.calibration.states import KNOWN, TOLD, RoundState
from governance.people.models import AccountKind, GrantedRole, User
from governance.people.permissions import holds
from governance.use_check.accountable import can_answer
from ground.errors import Conflict, DomainError, NotFound, NotPermitted


def check_keeps_rounds(user: User) -> None:
    """Raise NotPermitted unless the account is a person's and of HR."""
    if not is_human(user) or not holds(user, GrantedRole.HR):
        raise NotPermitted(_("Calibration rounds and rubrics are kept by HR."))


def keeps_rounds(user: User) -> bool:
    return can(check_keeps_rounds, user)


def check_reads_figures(user: User) -> None:
    """Raise NotPermitted unless the account is of HR, an auditor's, or sits on the board (S100)."""
    if not is_human(user) or not (
        holds(user, GrantedRole.HR) or holds(user, GrantedRole.AUDITOR) or sits(user)
    ):
        raise NotPermitted(_("The figures of calibration are for HR, auditors and the board."))


def check_joins(user: User, calibration: CalibrationRound) -> None:
    """Raise NotFound unless the account is of HR, or answers for somebody in a round that is known."""
    if keeps_rounds(user):
        return
    answers = calibration.state in KNOWN and calibration.items.filter(accountable=user.pk).exists()
    if not (is_human(user) and answers):
        raise _no_round()


def check_sees_announcement(calibration: CalibrationRound) -> None:
    """Raise NotFound unless the round was announced: then what it uses is everybody's to read (S98)."""
    if calibration.state not in KNOWN:
        raise _no_round()


def check_sees_pack(user: User, item: CalibrationItem) -> None:
    """Raise NotFound unless the account answers for the person, is theirs, or is HR's and not theirs."""
    if not sees_pack(user, item):
        raise NotFound(
            _("There is no evidence pack at this address that you may open."), code="pack_not_found"
        )


def sees_pack(user: User, item: CalibrationItem) -> bool:
    if not is_human(user) or item.round.state not in KNOWN:
        return False
    return is_of(user, item) or item.accountable_id == user.pk or keeps_rounds(user)


def sees_proposals(user: User, item: CalibrationItem) -> bool:
    """Whether the account reads what was proposed of somebody: they themself once it is published, others in the session."""
    return item.round.state in TOLD if is_of(user, item) else sees_pack(user, item)


def check_writes_note(user: User, item: CalibrationItem) -> None:
    """Raise unless the account may open the pack, and the round is announced or open."""
    check_sees_pack(user, item)
    if item.round.state not in (RoundState.ANNOUNCED, RoundState.OPEN):
        raise Conflict(_("Packs are written while a round is announced or open."), code="not_open")


def check_proposes(user: User, item: CalibrationItem) -> None:
    """Raise unless the account is the one that answers for the person, and still may."""
    if item.accountable_id != user.pk:
        raise NotPermitted(_("A level is proposed by the one person who is named to answer for it."))
    if not may_answer(user, item):
        raise NotPermitted(
            _("You no longer lead this person or answer for them. HR has to name somebody else."),
            code="accountable_unfit",
        )
    if item.set_aside_at is not None:
        raise Conflict(_("This person was set aside in this round, and gets no level."), code="set_aside")


def may_answer(user: User, item: CalibrationItem) -> bool:
    """Whether an account has a role over the person, and is not theirs (S93)."""
    return not is_of(user, item) and can_answer(make_question(item), user)


def make_question(item: CalibrationItem) -> Request:
    """The question by which the line, and who may answer for it, know this person and decision; of the round's own period."""
    calibration = item.round
    return Request(
        decision=DecisionType(calibration.decision),
        metrics=tuple(calibration.metrics),
        grain=Grain.PERSON,
        window=Window(start=calibration.starts_on, end=calibration.ends_on),
        period=Period.MONTH,
        view=View.PERFORMANCE,
        persons=(item.person.external_id,),
    )


def check_reads_outcome(user: User, item: CalibrationItem) -> None:
    """Raise NotFound unless it is of the account's own person, and was told."""
    if not is_human(user) or not is_of(user, item) or item.round.state not in TOLD:
        raise NotFound(_("There is no outcome of yours at this address."), code="outcome_not_found")


def check_challenges(user: User, item: CalibrationItem) -> None:
    """Raise unless the account is in the session, and it is not about them."""
    check_joins(user, item.round)
    if is_of(user, item):
        raise NotPermitted(_("This is about you. Once it is published you can appeal it."))


def is_of(user: User, item: CalibrationItem) -> bool:
    return user.person_id is not None and user.person_id == item.person_id


def is_human(user: User) -> bool:
    return user.is_active and user.kind == AccountKind.HUMAN


def check_is_employed(user: User) -> None:
    """Raise NotPermitted unless the account is a person's who works here, or one that answers for people."""
    if not is_human(user):
        raise NotPermitted(_("Calibration is for people, with an account of their own."))


def can(check: Callable[..., None], *about: object) -> bool:
    """Whether a check lets through."""
    try:
        check(*about)
    except DomainError:
        return False
    return True


def _no_round() -> NotFound:
    return NotFound(
        _("There is no calibration round at this address that you may see."), code="round_not_found"
    )
