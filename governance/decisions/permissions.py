"""Who may see a decision, put it to the board, hold values, and say what else was going on. No superuser counts for more."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from charter.registry.models import Metric
from charter.rules.vocabulary import Outcome, Role
from governance.board import permissions as board
from governance.board.permissions import sits
from governance.board.states import CaseState
from governance.decisions.models import ContextNote, DecisionRecord, DelayedNotice, Hold, Naming, Referral
from governance.decisions.states import NOTE_TRANSITIONS, RULED, HoldCause, NoteState, RulingStanding
from governance.people import queries as people
from governance.people.models import Membership, Person, ReportingLine, RoleGrant, Team, User
from governance.people.permissions import holds, is_system
from ground import calendar, clock
from ground.errors import BadInput, Conflict, DomainError, NotFound, NotPermitted
from ground.promises import promised

# Whom a cause may be given by, beside the system account, which alone places the hold of an appeal: a record of who
# placed it would name who appealed.
_MAY_HOLD = {
    HoldCause.DATA_QUALITY: (Role.HR, Role.AUDITOR, Role.ADMIN),
    HoldCause.ADMINISTRATOR: (Role.HR, Role.ADMIN),
    HoldCause.APPEAL: (),
}

# So long an auditor who said why reads a decision by name, on its pages and in the API.
NAMES_STAY = timedelta(days=1)
_KNOW_EVERYBODY = (Role.HR, Role.AUDITOR, Role.ADMIN)


def check_can_see_decision(*, user: User, decision: DecisionRecord, on: date) -> None:
    """Whoever asked may, auditors, the board where it is put to it, and who was looked at. To all others it is not there."""
    if decision.actor_id == user.pk or Role.AUDITOR in people.read_asker(user, on=on).roles:
        return
    if not (was_looked_at(user, decision) or _is_before(user, decision)):
        raise NotFound("There is no receipt with this id that you may see.", code="receipt_not_found")


def check_can_ask_for_names(user: User) -> None:
    """Raise NotPermitted unless the account is an auditor's: nobody else puts a name to a pseudonym."""
    if not holds(user, Role.AUDITOR):
        raise NotPermitted(_("Only auditors ask who stands behind a decision, and say why."))


def can_ask_for_names(user: User) -> bool:
    return _may(check_can_ask_for_names, user)


def sees_names(user: User, decision: DecisionRecord) -> bool:
    """Whether the account reads a decision that it may see by name: all but auditors, who ask for it and say why."""
    if decision.actor_id == user.pk or was_looked_at(user, decision) or _is_before(user, decision):
        return True
    since = clock.now() - NAMES_STAY
    asked = Naming.objects.filter(decision=decision, asked_by=user, asked_at__gt=since)
    return can_ask_for_names(user) and asked.exists()


def was_looked_at(user: User, decision: DecisionRecord) -> bool:
    """Whether somebody else saw a value of this account's person by it, and the person may know of that by now."""
    if decision.actor_id == user.pk or decision.checked_only or decision.verdict != Outcome.PERMIT:
        return False
    person = user.person.external_id if user.person is not None else None
    if person is None or person not in decision.subjects:
        return False
    waiting = DelayedNotice.objects.filter(decision=decision, person=person, given_at__isnull=True)
    return not waiting.exists()


def _is_before(user: User, decision: DecisionRecord) -> bool:
    """Whether the question was put to the board and the account sits on it."""
    return Referral.objects.filter(decision=decision).exists() and sits(user)


def check_can_refer(user: User, decision: DecisionRecord) -> None:
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
    if not (sits(user) or is_system(user)):
        raise NotPermitted(_("Only members of the board end a ruling."))
    if standing not in RULED:
        raise Conflict(_("There is no ruling in force here that could be ended."), code="not_in_force")


def check_can_hold_something(user: User) -> None:
    """Raise NotPermitted unless there are values that this account may put under review."""
    owns = user.is_active and Metric.objects.filter(owner=user).exists()
    if not (owns or any(holds_any_metric(user, cause) for cause in HoldCause)):
        raise _make_metric_refusal()


def holds_any_metric(user: User, cause: HoldCause) -> bool:
    """Whether the account may put values of any metric under review for this cause."""
    if is_system(user) or any(holds(user, role) for role in _MAY_HOLD[cause]):
        return True
    return cause != HoldCause.APPEAL and sits(user)


def check_can_place_hold(user: User, metric: Metric | None, cause: HoldCause) -> None:
    """Raise NotPermitted unless this account may put values of the metric under review for this cause.

    A metric that is not there is nobody's own.
    """
    if holds_any_metric(user, cause):
        return
    owns = metric is not None and user.is_active and metric.owner_id == user.pk
    if not (owns and cause == HoldCause.DATA_QUALITY):
        raise _make_metric_refusal()


def _make_metric_refusal() -> NotPermitted:
    return NotPermitted(
        _(
            "You may not put values of this metric under review for that. Its owner, HR, auditors, the board and administrators may; anybody may dispute a value."
        ),
        field="cause",
    )


def holds_anybodys(user: User) -> bool:
    """Whether the account may put anybody's values under review: HR, auditors and administrators know everybody anyway."""
    return is_system(user) or any(holds(user, role) for role in _KNOW_EVERYBODY)


def check_can_hold_person(user: User, person: Person) -> None:
    """Raise NotPermitted unless the person is within the account's reach: its own, one whom it leads, or for some anybody."""
    if not (holds_anybodys(user) or _is(user, person) or manages(user, person)):
        raise make_hold_refusal()


def make_hold_refusal() -> NotPermitted:
    """What whoever may not hold a person's values is told, whether or not there is such a person."""
    return NotPermitted(
        _(
            "Values of one person are put under review by that person, by whoever they report to, by HR, auditors or administrators."
        ),
        field="person",
    )


def may_hold_for(user: User, metric: Metric) -> list[HoldCause]:
    """The causes for which this account may hold values of the metric."""
    return [cause for cause in HoldCause if _may(check_can_place_hold, user, metric, cause)]


def check_can_release_hold(user: User, hold: Hold) -> None:
    """Raise NotPermitted unless the account placed the hold or is an auditor's; an appeal's ends with the appeal alone.

    Others are told the same whatever the cause, since who may release a hold would tell of it.
    """
    if is_system(user) or (user.is_active and hold.placed_by_id == user.pk):
        return
    if not holds(user, Role.AUDITOR):
        raise NotPermitted(_("Whoever put these values under review ends that, or an auditor does."))
    if hold.cause == HoldCause.APPEAL:
        raise NotPermitted(_("This ends when the appeal is decided, and not before."))


def can_release_hold(user: User, hold: Hold) -> bool:
    return _may(check_can_release_hold, user, hold)


def check_can_see_holds(user: User) -> None:
    """Raise NotPermitted unless the account may see the list of what is under review: auditors and the board."""
    if not (is_system(user) or holds(user, Role.AUDITOR) or sits(user)):
        raise NotPermitted(
            _("What is under review is for auditors and the board to see. Values say so themselves.")
        )


def check_can_list_holds(user: User) -> None:
    """As `check_can_see_holds`, but whoever put values under review themself may see those."""
    if not Hold.objects.filter(placed_by=user).exists():
        check_can_see_holds(user)


def knows_causes(user: User) -> bool:
    """Whether the account may know of each hold why it was placed: auditors may."""
    return is_system(user) or holds(user, Role.AUDITOR)


def sees_cause(user: User) -> Callable[[Hold], bool]:
    """Of which holds the account may know why values are under review: those that it placed, and all for auditors."""
    knows_all = knows_causes(user)
    return lambda hold: knows_all or hold.placed_by_id == user.pk


def leads(user: User, team: Team) -> bool:
    """Whether the account is manager of the team, or lead of its value stream, today."""
    scope = Q(team=team) | Q(value_stream=team.value_stream_id)
    return user.is_active and RoleGrant.objects.on(calendar.today()).filter(scope, user=user).exists()


def manages(user: User, person: Person) -> bool:
    """Whether the person reports to the account's, or is on a team that it leads, today."""
    today = calendar.today()
    lines = ReportingLine.objects.on(today).filter(person=person, manager=user.person_id)
    if user.is_active and user.person_id is not None and lines.exists():
        return True
    now_on = Membership.objects.on(today).filter(person=person).select_related("team").first()
    return now_on is not None and leads(user, now_on.team)


def is_on(user: User, team: Team) -> bool:
    """Whether the account's person is on the team today."""
    found = Membership.objects.on(calendar.today()).filter(person=user.person_id, team=team)
    return user.is_active and user.person_id is not None and found.exists()


def check_can_replay(user: User) -> None:
    """Raise NotPermitted unless the account weighs cases: it sits on the board, is an auditor's, or an administrator's."""
    if not (
        user.is_active and (sits(user) or holds(user, Role.AUDITOR) or holds(user, Role.ADMIN))
    ) and not is_system(user):
        raise NotPermitted(
            _("Members of the board, auditors and administrators try a case on what was asked before.")
        )


def notes_anybodys(user: User) -> bool:
    """Whether the account may say of anybody what kept them: HR knows everybody anyway."""
    return is_system(user) or holds(user, Role.HR)


def check_can_propose_note(user: User, *, team: Team | None, person: Person | None) -> None:
    """Raise NotPermitted unless the account knows the team or person: who is on it, leads it, or keeps data about it."""
    if notes_anybodys(user):
        return
    if team is not None:
        if (
            is_on(user, team)
            or leads(user, team)
            or holds(user, Role.METRIC_OWNER)
            or holds(user, Role.ADMIN)
        ):
            return
        raise NotPermitted(
            _(
                "A note about a team comes from somebody on it, from whoever leads it, or from a metric's owner, HR or an administrator."
            ),
            field="team",
        )
    if person is not None and not (_is(user, person) or manages(user, person)):
        raise make_note_refusal()


def make_note_refusal() -> NotPermitted:
    """What whoever may not speak of a person is told, whether or not there is such a person."""
    return NotPermitted(
        _("A note about a person comes from that person, from whoever they report to, or from HR."),
        field="person",
    )


def check_can_note_as_found(user: User) -> None:
    """Raise NotPermitted unless the system account acts: a note that is confirmed at once follows from a decided appeal."""
    if not is_system(user):
        raise NotPermitted(_("A note waits for somebody else to confirm it."))


def check_can_confirm_note(user: User, note: ContextNote) -> None:
    """Raise unless the account may confirm the note: never its proposer nor the person it is about.

    That is for whoever leads the team or the person, for HR, and for the owner of the metric that it speaks of.
    """
    NOTE_TRANSITIONS.check(note.state, NoteState.CONFIRMED)
    if people.is_same_hand(note.proposed_by_id, user) or _concerns(user, note):
        raise NotPermitted(
            _("Nobody confirms a note of their own, or about themselves. It waits for somebody else."),
            code="own_note",
            field="confirmed_by",
        )
    if note.case is not None and note.case.state != CaseState.APPROVED:
        raise Conflict(
            _(
                "This stretch follows another at once. It can be confirmed once the board has passed its case."
            ),
            code="before_the_board",
        )
    if not _settles(user, note):
        raise NotPermitted(
            _("Only whoever leads the team or the person, the metric's owner or HR can confirm this note."),
            field="confirmed_by",
        )


def check_can_turn_down_note(user: User, note: ContextNote) -> None:
    """Raise unless the account may turn the note down.

    Until it is confirmed that is for those who could confirm it, for its proposer, who takes it back, and for the person
    it is about; afterwards, when decisions may stand on it, for HR alone.
    """
    NOTE_TRANSITIONS.check(note.state, NoteState.TURNED_DOWN)
    if note.state == NoteState.CONFIRMED:
        if not holds(user, Role.HR):
            raise NotPermitted(_("This note is confirmed. Only HR can take it back."))
        return
    own = user.is_active and (note.proposed_by_id == user.pk or _concerns(user, note))
    if not own and not _settles(user, note):
        raise NotPermitted(
            _("Only whoever leads the team or the person, the metric's owner or HR can turn this note down.")
        )


def check_can_see_note(user: User, note: ContextNote) -> None:
    """Raise NotFound for a note about a person unless the account is theirs, proposed it, leads them, or is HR's or an auditor's.

    A note about a team stands beside its values, so everybody with an account may read it.
    """
    if note.person is None or note.proposed_by_id == user.pk or _concerns(user, note):
        return
    if not (_settles(user, note) or holds(user, Role.AUDITOR)):
        raise NotFound(_("There is no note with this id that you may see."), code="note_not_found")


def sees_details(user: User) -> Callable[[ContextNote], bool]:
    """Of which notes the account may know what is a person's own affair: its own, those that it proposed, and all for HR."""
    is_hr = holds(user, Role.HR)
    return lambda note: not note.private or is_hr or note.proposed_by_id == user.pk or _concerns(user, note)


def can_confirm_note(user: User, note: ContextNote) -> bool:
    return _may(check_can_confirm_note, user, note)


def can_turn_down_note(user: User, note: ContextNote) -> bool:
    return _may(check_can_turn_down_note, user, note)


def can_propose_note(user: User, *, team: Team | None = None, person: Person | None = None) -> bool:
    return _may(check_can_propose_note, user, team=team, person=person)


def check_can_protect(user: User) -> None:
    """Raise NotPermitted unless the system account acts: a protection follows from a dispute by name, by nobody's wish."""
    if not is_system(user):
        raise NotPermitted(_("Protection follows from a dispute. Nobody grants it."))


def check_can_void(user: User) -> None:
    """Raise NotPermitted unless the system account acts: that a decision is void follows from a decided appeal."""
    if not is_system(user):
        raise NotPermitted(
            _("That a decision is void follows from a decided appeal. Nobody says so by hand.")
        )


def _settles(user: User, note: ContextNote) -> bool:
    """Whether notes like this are the account's to confirm."""
    if holds(user, Role.HR) or (
        note.metric is not None and user.is_active and note.metric.owner_id == user.pk
    ):
        return True
    return leads(user, note.team) if note.team is not None else manages(user, promised(note.person))


def _concerns(user: User, note: ContextNote) -> bool:
    return note.person_id is not None and note.person_id == user.person_id


def _is(user: User, person: Person) -> bool:
    return user.is_active and user.person_id == person.pk


def _may(check: Callable[..., None], *args: Any, **kwargs: Any) -> bool:
    try:
        check(*args, **kwargs)
    except DomainError:
        return False
    return True
