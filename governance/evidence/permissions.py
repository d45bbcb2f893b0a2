"""Who may write, open and check evidence. It is about people, so it is open to those who decide about them and to themselves."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from charter.rules.vocabulary import Role
from governance.evidence.models import EvidenceRecord
from governance.evidence.states import TRANSITIONS, EvidenceState
from governance.people import queries as people
from governance.people.models import AccountKind, Person, User
from ground import calendar, data_versions
from ground.errors import DomainError, NotFound, NotPermitted

_OVER_SOMEBODY = frozenset({Role.MANAGER, Role.VALUE_STREAM_LEAD})
# Who may write of the work of a group, where no single person is meant.
_OF_GROUPS = frozenset({Role.MANAGER, Role.VALUE_STREAM_LEAD, Role.LEADERSHIP, Role.HR})


def check_can_write_evidence(user: User, *, person: Person | None) -> None:
    """Raise NotPermitted unless the account is HR's, leads whom it is about, or is theirs; of a group's work, that of a lead."""
    if _is_human(user) and _may_write(user, person):
        return
    raise make_writing_refusal(of_person=person is not None)


def check_can_write_some(user: User) -> None:
    """Raise NotPermitted unless there is somebody of whom the account may write: themself, whom they lead, or as HR anybody."""
    if not _is_human(user) or not (user.person_id is not None or _held_anywhere(user) & _OF_GROUPS):
        raise make_writing_refusal(of_person=True)


def make_writing_refusal(*, of_person: bool) -> NotPermitted:
    """What whoever may not write is told, whether or not there is such a person."""
    if of_person:
        return NotPermitted(
            _("Evidence about a person is written by that person, by whoever leads them, or by HR."),
            field="person",
        )
    return NotPermitted(_("Evidence about a group’s work is written by managers, leads, leadership and HR."))


def check_can_open_list(user: User) -> None:
    """Raise NotPermitted unless the account is a person's: what stands in the list is for each what they may open."""
    if not _is_human(user):
        raise NotPermitted(_("Evidence is read by people, with an account of their own."))


def check_can_see_evidence(user: User, record: EvidenceRecord) -> None:
    """Raise NotFound unless the account wrote it, is of whom it is about, leads them, or is HR's or an auditor's.

    Of a group's work it opens to all who may write of such.
    """
    of_group = record.person_id is None and can_write_of_groups(user)
    if _is_human(user) and (
        of_group or record.written_by_id == user.pk or _concerns(user, record) or _answers(user, record)
    ):
        return
    raise NotFound(_("There is no evidence with this id that you may open."), code="evidence_not_found")


def check_can_check_evidence(user: User, record: EvidenceRecord) -> None:
    """Raise unless the account may say whether the evidence holds: never who wrote it, nor whom it is about."""
    check_can_see_evidence(user, record)
    TRANSITIONS.check(record.state, EvidenceState.CHECKED)
    if people.is_same_hand(record.written_by_id, user) or _concerns(user, record):
        raise NotPermitted(
            _("Evidence is checked by somebody else than who wrote it and whom it is about."),
            code="own_evidence",
        )
    if not _leads(user, record.person) and Role.HR not in _roles(user):
        raise NotPermitted(_("Evidence is checked by HR, or by whoever leads the person."))


def check_can_withdraw_evidence(user: User, record: EvidenceRecord) -> None:
    """Raise unless the account wrote it and nobody has checked it yet."""
    check_can_see_evidence(user, record)
    TRANSITIONS.check(record.state, EvidenceState.WITHDRAWN)
    if record.written_by_id != user.pk:
        raise NotPermitted(_("Only who wrote a piece of evidence takes it back."))


def can_check_evidence(user: User, record: EvidenceRecord) -> bool:
    return _may(check_can_check_evidence, user, record)


def can_withdraw_evidence(user: User, record: EvidenceRecord) -> bool:
    return _may(check_can_withdraw_evidence, user, record)


def can_write_of_groups(user: User) -> bool:
    return _may(check_can_write_evidence, user, person=None)


def sees_all(user: User) -> bool:
    """Whether all evidence is open to the account: HR's and auditors'."""
    return _is_human(user) and bool(_roles(user) & {Role.HR, Role.AUDITOR})


def _may_write(user: User, person: Person | None) -> bool:
    if person is None:
        return bool(_held_anywhere(user) & _OF_GROUPS)
    return user.person_id == person.pk or _leads(user, person) or Role.HR in _roles(user)


def _answers(user: User, record: EvidenceRecord) -> bool:
    return _leads(user, record.person) or bool(_roles(user) & {Role.HR, Role.AUDITOR})


def _leads(user: User, person: Person | None) -> bool:
    """Whether the account has a role over the person today; over a group's work whoever has one at all."""
    if person is None:
        return bool(_held_anywhere(user) & _OVER_SOMEBODY)
    found = people.read_people_facts(
        data_versions.read(),
        user.pk,
        user.person_id,
        calendar.today(),
        cohorts=(),
        persons=(person.external_id,),
        own=False,
        accountable=None,
    )
    return bool(found.persons[person.external_id].roles & _OVER_SOMEBODY)


def _roles(user: User) -> frozenset[Role]:
    return people.read_asker(user, on=calendar.today()).roles


def _held_anywhere(user: User) -> frozenset[Role]:
    held = user.role_grants.on(calendar.today()).values_list("role", flat=True)
    return frozenset(Role(role) for role in held)


def _concerns(user: User, record: EvidenceRecord) -> bool:
    return record.person_id is not None and record.person_id == user.person_id


def _is_human(user: User) -> bool:
    return user.is_active and user.kind == AccountKind.HUMAN


def _may(check: Callable[..., None], *args: Any, **kwargs: Any) -> bool:
    try:
        check(*args, **kwargs)
    except DomainError:
        return False
    return True
