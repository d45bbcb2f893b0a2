"""The only writers of evidence."""

from datetime import date
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger import services as ledger
from charter.rules.vocabulary import EvidenceKind
from governance.evidence import permissions
from governance.evidence.events import EvidenceChecked, EvidenceWithdrawn, EvidenceWritten
from governance.evidence.models import EvidenceRecord
from governance.evidence.states import EvidenceSource, EvidenceState
from governance.people.models import Person, User
from ground import calendar, clock, records
from ground.errors import BadInput
from ground.parsing import read_prose


class EvidenceSaid(Struct, frozen=True):
    """What somebody says of one piece of evidence, before anybody else has opened it."""

    kind: EvidenceKind
    happened_on: date
    project: str
    source: EvidenceSource
    said_by: str
    link: str
    shows: str


@transaction.atomic(durable=True)
def write_evidence(*, said: EvidenceSaid, person: Person | None, by: User) -> EvidenceRecord:
    """Write a piece of evidence down; it counts as checked once somebody else has opened it.

    Raises NotPermitted; BadInput for a day that is to come and for a link that nobody can open.
    """
    permissions.check_can_write_evidence(by, person=person)
    if said.happened_on > calendar.today():
        raise BadInput(_("Evidence is of what has happened. This day is to come."), field="happened_on")
    record = records.insert(
        EvidenceRecord(
            kind=said.kind.value,
            person=person,
            happened_on=said.happened_on,
            project=said.project.strip(),
            source=said.source.value,
            said_by=said.said_by.strip(),
            link=_read_link(said.link),
            shows=read_prose(said.shows, field="shows"),
            written_by=by,
        )
    )
    written = EvidenceWritten(
        evidence=record.pk,
        person=_name(record),
        of_kind=record.kind,
        happened_on=record.happened_on,
        source=record.source,
    )
    ledger.append(written, by=by.actor)
    return record


@transaction.atomic(durable=True)
def check_evidence(*, record: EvidenceRecord, holds: bool, says: str, by: User) -> EvidenceRecord:
    """Say, having opened it, whether evidence says what is claimed. Raises NotPermitted, Conflict where it was done already."""
    record = EvidenceRecord.objects.select_for_update(of=("self",)).select_related("person").get(pk=record.pk)
    permissions.check_can_check_evidence(by, record)
    says = read_prose(says, field="says")
    if not holds and not says:
        raise BadInput(_("Say what is wrong with it."), field="says", code="required")
    record.state = EvidenceState.CHECKED if holds else EvidenceState.REFUTED
    record.checked_at, record.checked_by, record.check_says = clock.now(), by, says
    record.save(update_fields=["state", "checked_at", "checked_by", "check_says"])
    checked = EvidenceChecked(evidence=record.pk, person=_name(record), holds=holds, says=says)
    ledger.append(checked, by=by.actor)
    return record


@transaction.atomic(durable=True)
def withdraw_evidence(*, record: EvidenceRecord, by: User) -> EvidenceRecord:
    """Take back a piece of evidence of one's own that nobody has checked yet."""
    record = EvidenceRecord.objects.select_for_update(of=("self",)).select_related("person").get(pk=record.pk)
    permissions.check_can_withdraw_evidence(by, record)
    record.state = EvidenceState.WITHDRAWN
    record.save(update_fields=["state"])
    ledger.append(EvidenceWithdrawn(evidence=record.pk, person=_name(record)), by=by.actor)
    return record


def find_person(external_id: str, *, by: User) -> Person | None:
    """Whom evidence is about, by what the organisation calls them; None where nobody is named.

    Raises NotPermitted for somebody of whom the account may not write, whether or not there is such a person.
    """
    if not external_id.strip():
        return None
    person = Person.objects.filter(external_id=external_id.strip()).first()
    if person is None:
        raise permissions.make_writing_refusal(of_person=True)
    permissions.check_can_write_evidence(by, person=person)
    return person


def _read_link(link: str) -> str:
    """An address as a browser opens it, none that runs anything."""
    link = link.strip()
    if not _is_address(link) or any(sign.isspace() for sign in link):
        raise BadInput(
            _("Give the address at which somebody else can open it, beginning with https://."), field="link"
        )
    return link


def _is_address(link: str) -> bool:
    try:
        found = urlsplit(link)
        return found.scheme in ("http", "https") and bool(found.hostname) and found.port != 0
    except ValueError:  # a host or a port that is none
        return False


def _name(record: EvidenceRecord) -> str | None:
    return record.person.external_id if record.person else None
