"""Reads of evidence: what an account may open, and which pieces that a question names are checked records."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from posixpath import normpath
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from charter.rules.request import Evidence
from charter.rules.vocabulary import EvidenceKind
from governance.evidence import permissions
from governance.evidence.models import EvidenceRecord
from governance.evidence.states import EvidenceState
from governance.people.models import Membership, ReportingLine, User
from ground import calendar
from ground.errors import NotFound

REF = "evidence:"  # before the id of a record, where a question names one by its reference


def list_evidence() -> QuerySet[EvidenceRecord]:
    """All evidence that was not withdrawn, newest first."""
    found = EvidenceRecord.objects.exclude(state=EvidenceState.WITHDRAWN)
    return found.select_related("person", "written_by", "checked_by")


def list_seen(user: User) -> QuerySet[EvidenceRecord]:
    """What the account may open, newest first."""
    found = list_evidence()
    if permissions.sees_all(user):
        return found
    today = calendar.today()
    grants = user.role_grants.on(today)
    teams = Q(team__in=grants.filter(team__isnull=False).values("team")) | Q(
        team__value_stream__in=grants.filter(value_stream__isnull=False).values("value_stream")
    )
    led = Membership.objects.on(today).filter(teams).values("person")
    mine = Q(written_by=user)
    if user.person_id is not None:
        reports = ReportingLine.objects.on(today).filter(manager=user.person_id).values("person")
        mine |= Q(person=user.person_id) | Q(person__in=reports)
    of_groups = Q(person__isnull=True) if permissions.can_write_of_groups(user) else Q(pk__in=())
    return found.filter(mine | Q(person__in=led) | of_groups)


def get_evidence(key: UUID, *, by: User) -> EvidenceRecord:
    """One record as the account may open it. Raises NotFound."""
    found = EvidenceRecord.objects.select_related("person", "written_by", "checked_by").filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no evidence with this id that you may open."), code="evidence_not_found")
    permissions.check_can_see_evidence(by, found)
    return found


def make_reference(record: EvidenceRecord) -> Evidence:
    """A record as a question names it."""
    return Evidence(kind=EvidenceKind(record.kind), ref=f"{REF}{record.pk}")


def read_records(pieces: Iterable[Evidence]) -> Mapping[UUID, EvidenceRecord]:
    """The records that pieces of evidence name, by id; no statement where none does."""
    keys = list_named(pieces)
    if not keys:
        return {}
    return {each.pk: each for each in list_evidence().filter(pk__in=keys)}


def count_checked(pieces: Collection[Evidence], persons: Collection[str]) -> int:
    """How many pieces are checked records of their kind: about each of these persons, counted of whom there are fewest.

    Where nobody is named, those about no single one. Of a group's work anybody who leads a group may write, so it says
    nothing of one person, and a record of one says nothing of another. What lies at one address is one piece, whoever wrote it down again.
    """
    kinds = {(find_key(piece), piece.kind.value) for piece in pieces}
    checked = [each for each in read_records(pieces).values() if each.is_checked]
    opened = {
        (each.person and each.person.external_id, _find_place(each.link))
        for each in checked
        if (each.pk, each.kind) in kinds
    }
    of = Counter(person for person, _place in opened)
    return min((of[person] for person in persons), default=of[None])


def list_named(pieces: Iterable[Evidence]) -> list[UUID]:
    """The ids of records that pieces of evidence name."""
    return list(dict.fromkeys(key for piece in pieces if (key := find_key(piece)) is not None))


def find_key(piece: Evidence) -> UUID | None:
    """The id of the record that a piece names by its reference; None for a reference of another form."""
    if not piece.ref.startswith(REF):
        return None
    try:
        return UUID(piece.ref.removeprefix(REF))
    except ValueError:
        return None


def _find_place(link: str) -> str:
    """An address without what leads to the same: the part of a page, strokes and dots in a path, how letters are written, the port
    that is meant anyway, http for https, a name to sign in by. What a query says may still differ and mean the same."""
    try:
        found = urlsplit(link)
        port = "" if found.port in (None, 80, 443) else f":{found.port}"
    except ValueError:  # written down before such an address was refused
        return link
    path = normpath(f"/{unquote(found.path).lstrip('/')}").rstrip("/")
    return f"{(found.hostname or '').rstrip('.')}{port}{path}?{found.query}"
