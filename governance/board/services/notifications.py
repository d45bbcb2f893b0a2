"""Whom the board tells what, in the transaction of what happened. A link each, and nobody is told twice."""

import logging
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from charter.rules import words
from governance.board import consents, permissions, queries, seating
from governance.board.kinds import find_kind
from governance.board.models import (
    BoardOutcome,
    Case,
    CaseHandler,
    Comment,
    Invitation,
    Pilot,
    TeamConsent,
    Term,
)
from governance.notices.services import notify
from governance.people.models import GrantedRole, RoleGrant, User
from ground import calendar
from ground.errors import DomainError
from ground.promises import promised

logger = logging.getLogger(__name__)


def notify_opened(case: Case, by: User) -> None:
    """Tell those who hold a seat of a new case."""
    text = _("A case is before the board: %(case)s. Voting ends on %(day)s.") % {
        "case": case,
        "day": _day(case),
    }
    _tell_case(
        case,
        seating.list_voting(case, calendar.today()),
        "opened",
        _("New case: %(case)s") % {"case": case},
        text,
        by,
    )


def notify_decided(case: Case, outcome: BoardOutcome, by: User) -> None:
    """Tell the board, whoever proposed it and whoever handled it what was decided."""
    subject = _("Decided: %(case)s") % {"case": case}
    concerned = [*queries.list_holders(calendar.today()), *_proposers(case), *queries.list_handlers(case)]
    _tell_case(case, concerned, "decided", subject, outcome.minutes.splitlines()[0], by)


def notify_comment(comment: Comment, by: User) -> None:
    """Tell those who proposed the case, handle it or spoke before, but not who speaks."""
    case = comment.case
    earlier = User.objects.filter(pk__in=case.comments.values("user"))
    others = [user for user in {*earlier, *_proposers(case), *queries.list_handlers(case)} if user != by]
    subject = _("New comment: %(case)s") % {"case": case}
    text = _("%(name)s wrote in the discussion of %(case)s.") % {"name": by.name, "case": case}
    _tell_case(case, others, f"comment:{comment.pk}", subject, text, by)


def notify_handler(handling: CaseHandler, by: User) -> None:
    """Tell an account that it handles a case now."""
    case = handling.content_object
    said = {"case": case, "name": by.name, "day": _day(case)}
    subject = _("You handle a case: %(case)s") % said
    text = _(
        "%(name)s asks you to prepare %(case)s for the board. You can read it and take part in its discussion, and close "
        "it once every seat has been heard. Voting ends on %(day)s."
    )
    _tell_case(case, [handling.user], f"handler:{handling.pk}", subject, text % said, by)


@transaction.atomic(durable=True)
def remind_unheard(case: Case, users: Iterable[User], *, days: int, by: User) -> int:
    """Remind those whose seat has not been heard that the time is ending; gives how many this was new to."""
    said = {"case": case, "day": _day(case)}
    subject = _("Your vote is needed: %(case)s") % said
    text = _("Your seat has not been heard on %(case)s. Voting ends on %(day)s.") % said
    return _tell_case(case, users, f"reminder:{days}", subject, text, by)


def notify_announced(term: Term, by: User) -> None:
    """Tell the whole board, and whom it is about, who is to sit on a seat from when on, and who named them."""
    said = {"name": term.user.name, "seat": term.seat, "day": term.valid_from.isoformat(), "by": by.name}
    subject = _("New on the board: %(name)s, %(seat)s") % said
    if term.alternate:
        text = _("%(by)s names %(name)s as alternate on the seat “%(seat)s” from %(day)s on.")
    else:
        text = _("%(by)s proposes %(name)s as member on the seat “%(seat)s” from %(day)s on.")
    if term.confirmed_at is None:
        text += " " + _("They sit once more than half of the members of the other seats have confirmed them.")
    _tell_board(term, "announced", subject, text % said, by)


def notify_confirmed(term: Term, by: User) -> None:
    """Tell the whole board, and whom it is about, that they are confirmed."""
    said = {"name": term.user.name, "seat": term.seat, "day": term.valid_from.isoformat()}
    subject = _("Confirmed: %(name)s, %(seat)s") % said
    _tell_board(term, "confirmed", subject, _("They sit on the board from %(day)s on.") % said, by)


def notify_declined(term: Term, by: User) -> None:
    """Tell the whole board that whoever was proposed for a seat has declined."""
    said = {"name": term.user.name, "seat": term.seat}
    subject = _("Declined: %(name)s, %(seat)s") % said
    text = _("%(name)s does not take the seat “%(seat)s”. It stays vacant until another is confirmed.") % said
    _tell_board(term, "declined", subject, text, by)


def notify_seated(case: Case, by: User) -> None:
    """Tell the whole board, and whom it is about, whom a case has put on a seat; the founding tells its outcome alone."""
    if find_kind(case).founds:
        return
    for term in case.terms.select_related("seat", "user"):
        notify_announced(term, by)


def notify_invited(invitation: Invitation, by: User) -> None:
    """Tell an account that it is invited to a seat of the first board."""
    said = {"seat": invitation.seat, "name": by.name}
    subject = _("You are invited to the seat “%(seat)s”") % said
    text = _(
        "%(name)s founds the programme and asks you to sit on its first board. Accept the seat, or decline it."
    )
    path = f"/board/invitations/{invitation.pk}"
    _tell(invitation.user, "board.invitation", subject, text % said, path, f"invitation:{invitation.pk}", by)


def notify_answered(invitation: Invitation, by: User) -> None:
    """Tell the founder how an invitation was answered, or whoever was invited that it was withdrawn."""
    said = {"seat": invitation.seat, "name": by.name}
    other = invitation.invited_by if by == invitation.user else invitation.user
    if invitation.ended_at is None:
        subject, text = _("Accepted: %(name)s, %(seat)s"), _("%(name)s takes the seat “%(seat)s”.")
    elif by == invitation.user:
        subject, text = (
            _("Declined: %(name)s, %(seat)s"),
            _("%(name)s does not take the seat “%(seat)s”. Invite another."),
        )
    else:
        subject, text = (
            _("Withdrawn: your invitation to the seat “%(seat)s”"),
            _("%(name)s has withdrawn it."),
        )
    once = f"invitation:{invitation.pk}:{'accepted' if invitation.ended_at is None else 'ended'}"
    _tell(other, "board.invitation", subject % said, text % said, "/board", once, by)


def notify_ended(term: Term, by: User) -> None:
    """Tell the whole board, and whom it is about, that a term is to end, and who said so."""
    said = {
        "name": term.user.name,
        "seat": term.seat,
        "day": promised(term.valid_to).isoformat(),
        "by": by.name,
    }
    subject = _("Leaves the board: %(name)s, %(seat)s") % said
    text = _("%(by)s lets this term end on %(day)s.") % said
    _tell_board(term, f"ended:{term.valid_to}", subject, text, by)


def _tell_board(term: Term, what: str, subject: str, text: str, by: User) -> None:
    concerned = {*queries.list_holders(calendar.today()), term.user} - {by}
    for user in sorted(concerned, key=lambda each: each.pk):
        _tell(user, "board.term", subject, text, "/board", f"term:{term.pk}:{what}", by)


@transaction.atomic(durable=True)
def notify_term_end(term: Term, by: User) -> bool:
    """Tell a member that their term ends."""
    said = {"seat": term.seat, "day": promised(term.valid_to).isoformat()}
    subject = _("Your term on the board ends on %(day)s") % said
    text = _("The seat “%(seat)s” needs a member from then on, or no case can pass.") % said
    return _tell(term.user, "board.term", subject, text, "/board", f"term:{term.pk}:{term.valid_to}", by)


@transaction.atomic(durable=True)
def notify_vacancy(term: Term, by: User) -> int:
    """Tell administrators that a seat has no member since a term ended."""
    said = {"seat": term.seat, "day": promised(term.valid_to).isoformat()}
    subject = _("The seat “%(seat)s” is vacant") % said
    text = _("It has no member since %(day)s. Without one no case can pass. Fill it.") % said
    once = f"vacant:{term.pk}:{term.valid_to}"
    admins = User.objects.filter(
        is_active=True, role_grants__in=RoleGrant.objects.on(calendar.today()).filter(role=GrantedRole.ADMIN)
    )
    return sum(_tell(user, "board.term", subject, text, "/board", once, by) for user in admins.distinct())


def notify_consent_asked(consent: TeamConsent, by: User) -> None:
    """Ask each member of the team whether they agree."""
    subject = _("Does your team agree to %(metric)s?") % {"metric": consent.charter_version.metric.name}
    text = _(
        "Say yes or no by %(day)s. Nobody learns what you said. Two thirds of the team have to agree, and may take it back."
    ) % {"day": consent.answer_by.isoformat()}
    for user in queries.list_team_accounts(consent.cohort, calendar.today()):
        _tell(user, "board.consent", subject, text, f"/consents/{consent.pk}", f"consent:{consent.pk}", by)


@transaction.atomic(durable=True)
def notify_newcomers(consent: TeamConsent, by: User) -> int:
    """Ask who came into a team after it agreed, once, whether they do."""
    came = consents.list_newcomers(consent, calendar.today())
    subject = _("Your team agrees to %(metric)s: do you?") % {"metric": consent.charter_version.metric.name}
    text = _(
        "It did before you came. Say yes or no. Nobody learns what you said. From %(day)s on, silence counts as no."
    )
    return sum(
        _tell(
            user, "board.consent", subject, text % {"day": came[promised(user.person_id)].isoformat()},
            f"/consents/{consent.pk}", f"consent:{consent.pk}", by,
        )
        for user in queries.list_team_accounts(consent.cohort, calendar.today()).filter(person__in=list(came))
    )  # fmt: skip


def notify_consent_withdrawn(consent: TeamConsent, by: User) -> None:
    """Tell who asked a team that it agrees no more."""
    subject = _("A team agrees no more to %(metric)s") % {"metric": consent.charter_version.metric.name}
    text = _(
        "Fewer than two thirds of %(team)s agree now, or it has become too small to be asked. Uses that need its consent are refused, and a pilot that rests on it ends. It may be asked anew."
    ) % {"team": words.cohort(consent.cohort)}
    once = f"consent:{consent.pk}:withdrawn"
    _tell(consent.asked_by, "board.consent", subject, text, f"/consents/{consent.pk}", once, by)


def notify_pilot_start(pilot: Pilot, by: User) -> None:
    """Tell the team that it is asked to try a charter out."""
    subject = _("Your team tries out %(metric)s") % {"metric": pilot.charter_version.metric.name}
    text = _(
        "From %(start)s until %(end)s. Anybody of the team may end it. No decision about a person may use it."
    )
    dates = {"start": pilot.starts_on.isoformat(), "end": pilot.ends_on.isoformat()}
    for user in queries.list_team_accounts(pilot.cohort, calendar.today()):
        _tell(
            user, "board.pilot", subject, text % dates, f"/pilots/{pilot.pk}", f"pilot:{pilot.pk}:started", by
        )


def notify_pilot_end(pilot: Pilot, by: User) -> None:
    """Ask the team the three questions, and the owner for what was learnt."""
    subject = _("The pilot of %(metric)s has ended") % {"metric": pilot.charter_version.metric.name}
    ask = _("Say in three short answers whether it helped. Your answers are kept without your name.")
    for user in queries.list_team_accounts(pilot.cohort, calendar.today()):
        _tell(user, "board.pilot", subject, ask, f"/pilots/{pilot.pk}", f"pilot:{pilot.pk}:ended", by)
    owner = pilot.charter_version.metric.owner
    ask = _("Write down what it taught. The board votes on the use by all once you have.")
    _tell(owner, "board.pilot", subject, ask, f"/pilots/{pilot.pk}", f"pilot:{pilot.pk}:exit", by)


def record_obstacle(case: Case, obstacle: DomainError) -> None:
    """Leave a trace where a case is heard but cannot take effect; whoever closes it is told why."""
    logger.warning("case %s cannot be closed: %s", case.pk, obstacle.detail)


def _tell_case(case: Case, users: Iterable[User], what: str, subject: str, text: str, by: User) -> int:
    once = f"case:{case.pk}:{what}"
    ordered = sorted(set(users), key=lambda each: each.pk)
    return sum(_tell(user, "board.case", subject, text, _path(case), once, by) for user in ordered)


def _tell(user: User, kind: str, subject: str, text: str, path: str, once: str, by: User) -> bool:
    told = notify(to=user, kind=kind, subject=subject[:200], text=text, path=path, once=once, by=by)
    return told is not None


def _proposers(case: Case) -> list[User]:
    keys = {*permissions.find_proposers(case), case.opened_by_id} - {None}
    return list(User.objects.filter(pk__in=keys, is_active=True))


def _path(case: Case) -> str:
    return f"/cases/{case.pk}"


def _day(case: Case) -> str:
    return calendar.find_day(case.closes_at).isoformat()
