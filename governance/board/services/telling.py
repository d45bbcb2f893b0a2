"""Whom the board tells what, in the transaction of what happened. A link each, and nobody is told twice."""

import logging
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from governance.board import permissions, queries
from governance.board.models import BoardOutcome, Case, CaseHandler, Comment, Pilot, Term
from governance.notices.services import notify
from governance.people.models import Role, RoleGrant, User
from ground import clock
from ground.errors import HouseError

logger = logging.getLogger(__name__)


def opened(case: Case, by: User) -> None:
    """Tell those who hold a seat of a new case."""
    text = _("A case is before the board: %(case)s. Voting ends on %(day)s.") % {
        "case": case,
        "day": _day(case),
    }
    _tell_case(
        case, queries.holders(clock.today()), "opened", _("New case: %(case)s") % {"case": case}, text, by
    )


def decided(case: Case, outcome: BoardOutcome, by: User) -> None:
    """Tell the board, whoever proposed it and whoever handled it what was decided."""
    subject = _("Decided: %(case)s") % {"case": case}
    concerned = [*queries.holders(clock.today()), *_proposers(case), *queries.handlers(case)]
    _tell_case(case, concerned, "decided", subject, outcome.minutes.splitlines()[0], by)


def commented(comment: Comment, by: User) -> None:
    """Tell those who proposed the case, handle it or spoke before, but not who speaks."""
    case = comment.case
    earlier = User.objects.filter(pk__in=case.comments.values("user"))
    others = [user for user in {*earlier, *_proposers(case), *queries.handlers(case)} if user != by]
    subject = _("New comment: %(case)s") % {"case": case}
    text = _("%(name)s wrote in the discussion of %(case)s.") % {"name": by.name, "case": case}
    _tell_case(case, others, f"comment:{comment.pk}", subject, text, by)


def handler_named(handling: CaseHandler, by: User) -> None:
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


@transaction.atomic(durable=True)
def term_ends(term: Term, by: User) -> bool:
    """Tell a member that their term ends."""
    said = {"seat": term.seat, "day": term.valid_to.isoformat()}
    subject = _("Your term on the board ends on %(day)s") % said
    text = _("The seat “%(seat)s” needs a member from then on, or no case can pass.") % said
    return _tell(term.user, "board.term", subject, text, "/cases", f"term:{term.pk}:{term.valid_to}", by)


@transaction.atomic(durable=True)
def seat_vacant(term: Term, by: User) -> int:
    """Tell administrators that a seat has no member since a term ended."""
    said = {"seat": term.seat, "day": term.valid_to.isoformat()}
    subject = _("The seat “%(seat)s” is vacant") % said
    text = _("It has no member since %(day)s. Without one no case can pass. Fill it.") % said
    once = f"vacant:{term.pk}:{term.valid_to}"
    admins = User.objects.filter(
        is_active=True, role_grants__in=RoleGrant.objects.on(clock.today()).filter(role=Role.ADMIN)
    )
    return sum(_tell(user, "board.term", subject, text, "/cases", once, by) for user in admins.distinct())


def pilot_started(pilot: Pilot, by: User) -> None:
    """Tell the team that it is asked to try a charter out."""
    subject = _("Your team tries out %(metric)s") % {"metric": pilot.charter_version.metric.name}
    text = _(
        "From %(start)s until %(end)s. Anybody of the team may end it. No decision about a person may use it."
    )
    dates = {"start": pilot.starts_on.isoformat(), "end": pilot.ends_on.isoformat()}
    for user in queries.team_accounts(pilot.cohort, clock.today()):
        _tell(
            user, "board.pilot", subject, text % dates, f"/pilots/{pilot.pk}", f"pilot:{pilot.pk}:started", by
        )


def pilot_ended(pilot: Pilot, by: User) -> None:
    """Ask the team the three questions, and the owner for what was learnt."""
    subject = _("The pilot of %(metric)s has ended") % {"metric": pilot.charter_version.metric.name}
    ask = _("Say in three short answers whether it helped. Your answers are kept without your name.")
    for user in queries.team_accounts(pilot.cohort, clock.today()):
        _tell(user, "board.pilot", subject, ask, f"/pilots/{pilot.pk}", f"pilot:{pilot.pk}:ended", by)
    owner = pilot.charter_version.metric.owner
    ask = _("Write down what it taught. The board votes on the use by all once you have.")
    _tell(owner, "board.pilot", subject, ask, f"/pilots/{pilot.pk}", f"pilot:{pilot.pk}:exit", by)


def obstructed(case: Case, obstacle: HouseError) -> None:
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
    keys = {*permissions.proposers(case), case.opened_by_id} - {None}
    return list(User.objects.filter(pk__in=keys, is_active=True))


def _path(case: Case) -> str:
    return f"/cases/{case.pk}"


def _day(case: Case) -> str:
    return case.closes_at.date().isoformat()
