"""Saying what else was going on, and settling what somebody else said of it."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.registry.models import Metric
from charter.rules.vocabulary import ContextKind
from governance.decisions import permissions
from governance.decisions.events import NoteConfirmed, NoteProposed, NoteTurnedDown
from governance.decisions.models import ContextNote
from governance.decisions.services import notifications
from governance.decisions.services.stretches import put_following_to_board
from governance.decisions.services.windows import check_lifetime, check_window
from governance.decisions.states import ABOUT
from governance.people.models import Person, Team, User
from governance.people.permissions import is_system
from ground import clock, records
from ground.daily import check_daily
from ground.errors import BadInput, Conflict


@transaction.atomic(durable=True)
def propose_note(
    *,
    kind: ContextKind,
    starts_on: date,
    ends_on: date,
    says: str,
    by: User,
    team: Team | None = None,
    service: str = "",
    person: Person | None = None,
    metric: Metric | None = None,
) -> ContextNote:
    """Say that something was going on for a team (or one of its services) or a person; `ends_on` is out.

    Whoever can confirm it is told. Raises what `permissions.check_can_propose_note` raises, and BadInput naming the
    field: for a window that is inverted, too long or taken, and for a kind that does not fit. A stretch of a team that
    follows another at once is put to the board, and confirmed once that has passed it.
    """
    return attach_note(
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        says=says,
        by=by,
        team=team,
        service=service,
        person=person,
        metric=metric,
    )


@transaction.atomic
def attach_note(
    *,
    kind: ContextKind,
    starts_on: date,
    ends_on: date,
    says: str,
    by: User,
    team: Team | None = None,
    service: str = "",
    person: Person | None = None,
    metric: Metric | None = None,
) -> ContextNote:
    """As `propose_note`, in the caller's transaction, so that an appeal and what it says of the time are one."""
    note = _propose(
        ContextNote(
            kind=kind,
            starts_on=starts_on,
            ends_on=ends_on,
            says=says,
            team=team,
            service=service,
            person=person,
            metric=metric,
            proposed_by=by,
        ),
        by,
    )
    notifications.notify_proposed(note, by)
    return note


@transaction.atomic
def note_as_found(
    *,
    kind: ContextKind,
    starts_on: date,
    ends_on: date,
    says: str,
    metric: Metric,
    found_by: User,
    by: User,
    team: Team | None = None,
    person: Person | None = None,
) -> ContextNote | None:
    """Note what was found of a time, confirmed by whoever found it, in the caller's transaction; `by` is the product itself.

    None where a confirmed note says so already. Nobody is told: the values say it. Who may find so is for the caller to check.
    """
    permissions.check_can_note_as_found(by)
    note = ContextNote(
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        says=says,
        team=team,
        person=person,
        metric=metric,
        proposed_by=by,
    )
    if _list_confirmed(note).exists():
        return None
    note = _propose(note, by)
    note.confirmed_at, note.confirmed_by = clock.now(), found_by
    _save_confirmed(note)
    ledger.append(NoteConfirmed(**_recorded(note)), by=found_by.actor)
    return note


def _propose(note: ContextNote, by: User) -> ContextNote:
    """Write a note that was checked, and its entry."""
    kind = ContextKind(note.kind)
    permissions.check_can_propose_note(by, team=note.team, person=note.person)
    says = note.says if note.says.strip() or note.person is None else _say_unasked(kind)
    _check_fits(kind, note.team, note.person, note.starts_on, note.ends_on, says)
    check_lifetime(note.starts_on, note.ends_on, person=note.person)
    if not is_system(by):
        proposed_by_them = ContextNote.objects.filter(proposed_by=by)
        check_daily(proposed_by_them, "proposed_at", account=by.pk, most=settings.NOTES_A_DAY)
    note.kind, note.service, note.says = kind.value, note.service.strip(), " ".join(says.split())
    note.proposed_at = clock.now()
    _check_not_confirmed(note)
    note.case = put_following_to_board(note, by)
    _insert(note)
    ledger.append(NoteProposed(**_recorded(note), context_kind=note.kind, says=note.says), by=by.actor)
    return note


@transaction.atomic(durable=True)
def confirm_note(*, note: ContextNote, by: User) -> ContextNote:
    """Confirm what somebody else said. Raises what `permissions.check_can_confirm_note` raises."""
    note = _locked(note)
    permissions.check_can_confirm_note(by, note)
    note.confirmed_at, note.confirmed_by = clock.now(), by
    _save_confirmed(note)
    ledger.append(NoteConfirmed(**_recorded(note)), by=by.actor)
    notifications.notify_settled(note, by)
    return note


@transaction.atomic(durable=True)
def turn_down_note(*, note: ContextNote, why: str, by: User) -> ContextNote:
    """Turn a note down, or take back one's own; says why. Raises what `permissions.check_can_turn_down_note` raises."""
    note = _locked(note)
    permissions.check_can_turn_down_note(by, note)
    if not why.strip():
        raise BadInput(_("Say why this note does not stand."), field="why")
    note.turned_down_at, note.turned_down_by, note.turned_down_because = clock.now(), by, why.strip()
    note.save(update_fields=["turned_down_at", "turned_down_by", "turned_down_because"])
    ledger.append(NoteTurnedDown(**_recorded(note), why=note.turned_down_because), by=by.actor)
    notifications.notify_settled(note, by)
    return note


def _say_unasked(kind: ContextKind) -> str:
    """What a note of a private kind says where nothing was said: its kind, as no reason is asked for."""
    return str(ABOUT[kind].label) if ABOUT[kind].private else ""


def _check_fits(
    kind: ContextKind, team: Team | None, person: Person | None, starts_on: date, ends_on: date, says: str
) -> None:
    if (team is None) == (person is None):
        raise BadInput(_("Say whom the note is about: a team, or a person."), field="team")
    if team is not None and ABOUT[kind].of_persons_only:
        raise BadInput(
            _("%(kind)s is a person's own affair. Choose leave for a team.") % {"kind": ABOUT[kind].label},
            field="kind",
        )
    if not says.strip():
        raise BadInput(_("Say what was going on."), field="says")
    check_window(starts_on, ends_on)
    longest = timedelta(days=settings.CONTEXT_STRETCH_DAYS)
    if kind is ContextKind.STRETCH and ends_on - starts_on > longest:
        raise BadInput(
            _("A stretch period has an end in sight: it lasts %(days)s days at most.")
            % {"days": longest.days},
            field="ends_on",
        )


def _insert(note: ContextNote) -> None:
    """Insert it; what no field of the record is to blame for lies in its window."""
    try:
        records.insert(note)
    except BadInput as error:
        raise BadInput(error.detail, field=error.field or "starts_on") from error


def _check_not_confirmed(note: ContextNote) -> None:
    """Raise BadInput where two people have said the same of part of that time already, one proposing and one confirming."""
    if _list_confirmed(note).exists():
        text = _("There is a note of this kind for part of that time already.")
        raise BadInput(text, field="starts_on")


def _list_confirmed(note: ContextNote) -> QuerySet[ContextNote]:
    """Confirmed notes that say the same of part of that time."""
    alike = ContextNote.objects.filter(
        kind=note.kind, team=note.team, person=note.person, metric=note.metric, service=note.service
    )
    standing = alike.filter(confirmed_at__isnull=False, turned_down_at__isnull=True)
    return standing.filter(starts_on__lt=note.ends_on, ends_on__gt=note.starts_on)


def _save_confirmed(note: ContextNote) -> None:
    """Two people may say the same of one time; one of it is confirmed. Raises Conflict."""
    try:
        with transaction.atomic():
            note.save(update_fields=["confirmed_at", "confirmed_by"])
    except IntegrityError as error:
        text = _("Another note of this kind is confirmed for part of that time. Turn this one down.")
        raise Conflict(text, code="confirmed_already") from error


def _locked(note: ContextNote) -> ContextNote:
    """The note as it stands now, held until the transaction ends."""
    held = ContextNote.objects.select_for_update(of=("self",))
    return held.select_related("team", "person", "metric", "proposed_by", "case").get(pk=note.pk)


def _recorded(note: ContextNote) -> dict[str, Any]:
    return {
        "note": note.pk,
        "team": note.team.slug if note.team else None,
        "person": note.person.external_id if note.person else None,
        "metric": note.metric.slug if note.metric else None,
        "starts_on": note.starts_on,
        "ends_on": note.ends_on,
    }
