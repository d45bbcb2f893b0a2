"""Whom a context note is told to, in the transaction of what happened to it. What is a person's own affair is told to nobody."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from governance.decisions.models import ContextNote
from governance.decisions.states import NoteState
from governance.notices.services import notify
from governance.people.models import GrantedRole, Membership, ReportingLine, RoleGrant, Team, User
from ground import calendar


def notify_proposed(note: ContextNote, by: User) -> None:
    """Ask whoever can confirm a note to look at it; HR where nobody else can."""
    others = _settlers(note) - {by}
    subject = _("A context note waits to be confirmed: %(about)s") % {"about": _about(note)}
    text = _("Until it is confirmed or turned down, decisions about people wait for it.")
    _tell(note, others or _hr() - {by}, "proposed", subject, text, by)


def notify_settled(note: ContextNote, by: User) -> None:
    """Tell its proposer, and the person it is about, that a note was confirmed or turned down."""
    if note.state == NoteState.CONFIRMED:
        subject = _("A context note was confirmed: %(about)s") % {"about": _about(note)}
        text = _("It now stands beside the values of that time.")
    else:
        subject = _("A context note was turned down: %(about)s") % {"about": _about(note)}
        text = _("Its page says why. If you disagree, you can dispute that.")
    concerned = set(User.objects.filter(person=note.person_id)) if note.person_id else set()
    _tell(note, ({note.proposed_by} | concerned) - {by}, note.state.value, subject, text, by)


def _about(note: ContextNote) -> str:
    """Kind and team; of a private note its group alone."""
    kind = note.about.group.label if note.private else note.about.label
    return f"{kind}, {note.team or note.person}"


def _settlers(note: ContextNote) -> set[User]:
    """Whose it is to confirm the note, HR aside, but never the person it is about."""
    found = _leaders(note.team) if note.team is not None else _superiors(note)
    if note.metric is not None:
        found.add(note.metric.owner)
    return {user for user in found if note.person_id is None or user.person_id != note.person_id}


def _leaders(team: Team) -> set[User]:
    scope = Q(team=team) | Q(value_stream=team.value_stream_id)
    grants = RoleGrant.objects.on(calendar.today()).filter(scope)
    return set(User.objects.filter(is_active=True, role_grants__in=grants))


def _superiors(note: ContextNote) -> set[User]:
    today = calendar.today()
    lines = ReportingLine.objects.on(today).filter(person=note.person_id)
    found = set(User.objects.filter(is_active=True, person__in=lines.values("manager")))
    member = Membership.objects.on(today).filter(person=note.person_id).select_related("team").first()
    return found | (_leaders(member.team) if member else set())


def _hr() -> set[User]:
    grants = RoleGrant.objects.on(calendar.today()).filter(role=GrantedRole.HR)
    return set(User.objects.filter(is_active=True, role_grants__in=grants))


def _tell(note: ContextNote, users: Iterable[User], what: str, subject: str, text: str, by: User) -> None:
    for user in sorted(users, key=lambda each: each.pk):
        notify(
            to=user,
            kind="decisions.note",
            subject=subject[:300],
            text=text,
            path=f"/context/{note.pk}",
            once=f"note:{note.pk}:{what}",
            by=by,
        )
