"""What the organisation's directory says over SCIM, kept, and what follows of it: accounts opened, closed, and roles by groups.

Each call is one transaction: all of it, or nothing. An entry becomes an account where its attribute (SCIM_PERSON_ATTRIBUTE) is
the external id of a person who works here today; of anybody else it is kept and gives nothing.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger import services as ledger
from governance.directory import permissions
from governance.directory.events import EntryRemoved, EntryWritten, GroupRemoved, GroupWritten
from governance.directory.models import DirectoryEntry, DirectoryGroup, GroupEntry
from governance.directory.queries import list_in_force
from governance.directory.services.closings import close_as_said
from governance.directory.services.following import follow_groups_beside
from governance.directory.states import GroupSource
from governance.people import services as people
from governance.people.models import Person, User
from governance.people.queries import find_employed
from ground import clock, records, texts
from ground.errors import BadInput, Conflict

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('directory.entries'))"


class EntrySaid(Struct, frozen=True):
    """What a directory says of somebody. `body` is all of it that is kept, as SCIM writes it; the others stand in it too."""

    user_name: str
    external_id: str
    employee_number: str
    email: str
    active: bool
    body: dict[str, Any]

    @property
    def person(self) -> str:
        """Which person it is, by the attribute that the installation names."""
        words = {
            "externalId": self.external_id,
            "employeeNumber": self.employee_number,
            "userName": self.user_name,
        }
        return words[settings.DIRECTORY.scim_person]


@transaction.atomic(durable=True)
def write_entry(*, said: EntrySaid, by: User, entry: DirectoryEntry | None = None) -> DirectoryEntry:
    """Write an entry anew, or what is said of one that is there.

    Raises NotPermitted; Conflict for a user name that another entry has; BadInput for one that becomes another person's;
    TooManyClosings.
    """
    permissions.check_can_provision(by)
    _lock()
    key = _check_key(said.user_name, entry)
    new = entry is None
    entry = entry or DirectoryEntry()
    entry.key, entry.external_id, entry.said, entry.active = key, said.external_id, said.body, said.active
    entry.changed_at = clock.now()
    closes = _find_account(entry, said)
    if new:
        records.insert(entry)
    else:
        records.check(entry)
        entry.save(update_fields=["key", "external_id", "said", "active", "account", "changed_at"])
    ledger.append(EntryWritten(entry=entry.pk, user=entry.account_id), by=by.actor)
    if closes is not None:
        close_as_said(closes, by=people.get_system_account())
    _follow([entry])
    return entry


@transaction.atomic(durable=True)
def remove_entry(*, entry: DirectoryEntry, by: User) -> None:
    """Remove an entry, close its account and end the roles of its groups. Raises NotPermitted, TooManyClosings, Conflict."""
    permissions.check_can_provision(by)
    _lock()
    account = entry.account
    removed = EntryRemoved(entry=entry.pk, user=entry.account_id)
    ledger.append(removed, by=by.actor)
    if account is not None:
        _follow_as(account, [])
        if _may_close(account):
            close_as_said(account, by=people.get_system_account())
    GroupEntry.objects.filter(entry=entry).delete()
    entry.delete()


@transaction.atomic(durable=True)
def write_group(
    *,
    name: str,
    external_id: str,
    entries: Collection[UUID],
    by: User,
    group: DirectoryGroup | None = None,
) -> DirectoryGroup:
    """Write a group anew, or what is said of one that is there; `entries` are all that are in it.

    Raises NotPermitted, and BadInput naming those that are no entries: they are written first.
    """
    permissions.check_can_provision(by)
    _lock()
    found = _check_entries(entries)
    new = group is None
    group = group or DirectoryGroup()
    named = {name, group.name}
    group.name, group.external_id, group.changed_at = name, external_id, clock.now()
    if new:
        records.insert(group)
    else:
        records.check(group)
        group.save(update_fields=["name", "external_id", "changed_at"])
    added, removed = _put_into(group, found)
    written = GroupWritten(group=group.pk, name=name, added=len(added), removed=len(removed))
    ledger.append(written, by=by.actor)
    if list_in_force().filter(group__in=named).exists():
        touched = set(found) | removed
        _follow(
            DirectoryEntry.objects.filter(pk__in=touched, account__isnull=False).select_related("account")
        )
    return group


@transaction.atomic(durable=True)
def remove_group(*, group: DirectoryGroup, by: User) -> None:
    """Remove a group, and end the roles that came of it. Raises NotPermitted."""
    permissions.check_can_provision(by)
    _lock()
    those = list(group.entries.filter(account__isnull=False).select_related("account"))
    removed = GroupEntry.objects.filter(group=group).delete()[0]
    gone = GroupRemoved(group=group.pk, name=group.name, added=0, removed=removed)
    group.delete()
    ledger.append(gone, by=by.actor)
    _follow(those)


def follow_members(group: str) -> None:
    """Bring the roles of all in a group of the directory to what mappings say now, in the caller's transaction."""
    those = DirectoryEntry.objects.filter(groups__name=group, account__isnull=False)
    _follow(those.select_related("account").distinct())


def _lock() -> None:
    """One at a time: how many accounts are closed is counted over all, and groups and entries must not change between look and write."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)


def _check_key(user_name: str, entry: DirectoryEntry | None) -> str:
    key = texts.fold(user_name)[:200]
    if not key:
        raise BadInput(_("userName holds nothing that can be read."), field="userName")
    found = DirectoryEntry.objects.filter(key=key).first()
    if found is not None and (entry is None or found.pk != entry.pk):
        raise Conflict(_("Another entry has this userName."), code="uniqueness")
    return key


def _find_account(entry: DirectoryEntry, said: EntrySaid) -> User | None:
    """Give an entry its account, opened where the person has none; gives the account where it is to be closed."""
    person = find_employed(said.person) if said.person else None
    account = entry.account
    if account is not None and person is not None and account.person_id != person.pk:
        raise BadInput(
            _("This entry is another person’s. Remove it, and write theirs anew."),
            field=settings.DIRECTORY.scim_person,
        )
    if account is None and person is not None:
        account = entry.account = _find_or_open(person, said)
    if account is None:
        return None
    if said.active and not account.is_active:
        entry.account = people.reopen_account_beside(user=account, by=people.get_system_account())
    return account if not said.active and _may_close(account) else None


def _find_or_open(person: Person, said: EntrySaid) -> User | None:
    """The person's account; nobody's where another entry has it, or where one is opened for somebody who is not active."""
    found = User.objects.filter(person=person).first()
    if found is not None:
        return None if DirectoryEntry.objects.filter(account=found).exists() else found
    if not said.active:
        return None
    system = people.get_system_account()
    return people.open_account_beside(
        username=person.external_id, name=person.name, person=person, email=said.email, by=system
    )


def _may_close(account: User) -> bool:
    """Whether it is in use, and the directory's to close: who gets in where nothing else does is not."""
    return account.is_active and not permissions.is_break_glass(account)


def _check_entries(entries: Collection[UUID]) -> list[UUID]:
    found = set(DirectoryEntry.objects.filter(pk__in=entries).values_list("pk", flat=True))
    missing = sorted(str(each) for each in entries if each not in found)
    if missing:
        sentence = _(
            "These members are no entries here: %(missing)s. Send users before the groups that they are in."
        )
        raise BadInput(sentence % {"missing": ", ".join(missing[:5])}, field="members")
    return sorted(found)


def _put_into(group: DirectoryGroup, entries: Collection[UUID]) -> tuple[set[UUID], set[UUID]]:
    """Let these be in the group and no others; gives who came and who went."""
    held = set(GroupEntry.objects.filter(group=group).values_list("entry", flat=True))
    added, removed = set(entries) - held, held - set(entries)
    GroupEntry.objects.filter(group=group, entry__in=removed).delete()
    GroupEntry.objects.bulk_create(GroupEntry(group=group, entry_id=each) for each in sorted(added))
    return added, removed


def _follow(entries: Iterable[DirectoryEntry]) -> None:
    for entry in entries:
        if entry.account is not None:
            active = entry.active and entry.account.is_active
            _follow_as(entry.account, list(entry.groups.values_list("name", flat=True)) if active else [])


def _follow_as(account: User, groups: Collection[str]) -> None:
    follow_groups_beside(user=account, groups=groups, source=GroupSource.SCIM, by=people.get_system_account())
