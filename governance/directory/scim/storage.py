"""Where SCIM's resources lie: five functions for each kind, as scim2-server's backends have them, over PostgreSQL.

Entries and groups are read into scim2-models' resources, changed there as SCIM says, and written through the services.
"""

from collections.abc import Iterator
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from scim2_models import Meta, Reference, Resource, ResourceType

from governance.directory import services
from governance.directory.models import DirectoryEntry, DirectoryGroup, GroupEntry
from governance.directory.scim.resources import (
    POLICY,
    TYPES,
    EnterprisePart,
    Entry,
    GroupResource,
    MemberResource,
)
from governance.directory.services.entries import EntrySaid
from governance.people.models import User
from ground import texts
from ground.errors import BadInput, NotFound

LONGEST = 200  # of a name or an id
_NOT_KEPT = {"id", "meta", "schemas"}


class Storage(Protocol):
    """Resources of one kind."""

    model: type[Resource[Any]]
    type: ResourceType

    def query(self, narrowed: dict[str, str]) -> Iterator[Resource[Any]]:
        """Those that may fit, in the order in which they came; `narrowed` holds exact values of attributes."""

    def count(self, narrowed: dict[str, str]) -> int:
        """How many those are."""

    def get(self, key: str) -> Resource[Any]:
        """One by its id. Raises NotFound."""

    def create(self, resource: Any, *, by: User) -> Resource[Any]:
        """Write a new one."""

    def update(self, key: str, resource: Any, *, by: User) -> Resource[Any]:
        """Write one that is there anew."""

    def delete(self, key: str, *, by: User) -> None:
        """Remove one."""


class EntryStorage:
    """Entries, which SCIM calls users."""

    model = Entry
    type = TYPES[0]

    def query(self, narrowed: dict[str, str]) -> Iterator[Resource[Any]]:
        return (self._read(row) for row in self._rows(narrowed).iterator(chunk_size=500))

    def count(self, narrowed: dict[str, str]) -> int:
        return self._rows(narrowed).count()

    def page(self, start: int, count: int) -> list[Resource[Any]]:
        """Some of all, from a place on."""
        return [self._read(row) for row in self._rows({})[start : start + count]]

    def get(self, key: str) -> Resource[Any]:
        return self._read(_find(DirectoryEntry.objects.all(), key))

    def create(self, resource: Any, *, by: User) -> Resource[Any]:
        return self._read(services.write_entry(said=_say(resource), by=by))

    def update(self, key: str, resource: Any, *, by: User) -> Resource[Any]:
        row = _find(DirectoryEntry.objects.select_related("account"), key)
        return self._read(services.write_entry(said=_say(resource), entry=row, by=by))

    def delete(self, key: str, *, by: User) -> None:
        row = _find(DirectoryEntry.objects.select_related("account"), key)
        services.remove_entry(entry=row, by=by)

    def _rows(self, narrowed: dict[str, str]) -> QuerySet[DirectoryEntry]:
        columns = {"username": "key", "externalid": "external_id", "id": "pk"}
        given = dict(narrowed)
        if "username" in given:
            given["username"] = texts.fold(given["username"])
        return _narrow(DirectoryEntry.objects.all(), columns, given)

    def _read(self, row: DirectoryEntry) -> Resource[Any]:
        found: Resource[Any] = Entry.model_validate(row.said, scim_policy=POLICY)
        found.id, found.meta = str(row.pk), _meta(self.type, row)
        return found


class GroupStorage:
    """Groups."""

    model = GroupResource
    type = TYPES[1]

    def query(self, narrowed: dict[str, str]) -> Iterator[Resource[Any]]:
        return (self._read(row) for row in self._rows(narrowed).iterator(chunk_size=100))

    def count(self, narrowed: dict[str, str]) -> int:
        return self._rows(narrowed).count()

    def page(self, start: int, count: int) -> list[Resource[Any]]:
        """Some of all, from a place on."""
        return [self._read(row) for row in self._rows({})[start : start + count]]

    def get(self, key: str) -> Resource[Any]:
        return self._read(_find(self._rows({}), key))

    def create(self, resource: Any, *, by: User) -> Resource[Any]:
        return self.get(str(services.write_group(**_say_group(resource), by=by).pk))

    def update(self, key: str, resource: Any, *, by: User) -> Resource[Any]:
        row = _find(DirectoryGroup.objects.all(), key)
        return self.get(str(services.write_group(**_say_group(resource), group=row, by=by).pk))

    def delete(self, key: str, *, by: User) -> None:
        services.remove_group(group=_find(DirectoryGroup.objects.all(), key), by=by)

    def _rows(self, narrowed: dict[str, str]) -> QuerySet[DirectoryGroup]:
        columns = {"externalid": "external_id", "id": "pk"}
        members = Prefetch("groupentry_set", GroupEntry.objects.order_by("pk"), to_attr="members")
        return _narrow(DirectoryGroup.objects.prefetch_related(members), columns, narrowed)

    def _read(self, row: DirectoryGroup) -> Resource[Any]:
        held: list[GroupEntry] = row.members  # type: ignore[attr-defined]
        members = [
            MemberResource(
                value=str(each.entry_id), ref=Reference(make_address(TYPES[0], str(each.entry_id)))
            )
            for each in held
        ]
        return GroupResource(
            id=str(row.pk),
            external_id=row.external_id or None,
            display_name=row.name,
            members=members or None,
            meta=_meta(self.type, row),
        )


STORAGES: dict[str, EntryStorage | GroupStorage] = {"Users": EntryStorage(), "Groups": GroupStorage()}


def make_address(kind: ResourceType, key: str) -> str:
    """Where a resource is, by the address of the installation."""
    return f"{settings.BASE_URL.rstrip('/')}/scim/v2{kind.endpoint}/{key}"


def _narrow(rows: QuerySet[Any], columns: dict[str, str], narrowed: dict[str, str]) -> QuerySet[Any]:
    """By what has an index; an id that is none is nobody's."""
    given = {columns[name]: value for name, value in narrowed.items() if name in columns}
    if "pk" in given and _to_key(given["pk"]) is None:
        return rows.none()
    return rows.filter(**given).order_by("created_at", "pk")


def _to_key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _find(rows: QuerySet[Any], key: str) -> Any:
    wanted = _to_key(key)
    found = rows.filter(pk=wanted).first() if wanted else None
    if found is None:
        raise NotFound(_("There is no such resource."))
    return found


def _meta(kind: ResourceType, row: Any) -> Meta:
    return Meta(
        resource_type=kind.name,
        created=row.created_at,
        last_modified=row.changed_at,
        location=make_address(kind, str(row.pk)),
    )


def _say(resource: Any) -> EntrySaid:
    part = resource[EnterprisePart]
    emails = sorted(resource.emails or [], key=lambda each: not each.primary)
    said = EntrySaid(
        user_name=resource.user_name,
        external_id=resource.external_id or "",
        employee_number=(part.employee_number or "") if part else "",
        email=str(emails[0].value or "")[:254] if emails else "",
        active=resource.active is not False,
        body=resource.model_dump(exclude=_NOT_KEPT),
    )
    for name, text in (("userName", said.user_name), ("externalId", said.external_id)):
        _check_length(name, text)
    return said


def _say_group(resource: Any) -> dict[str, Any]:
    name, external = resource.display_name, resource.external_id or ""
    _check_length("displayName", name)
    _check_length("externalId", external)
    keys = {each.value: _to_key(each.value or "") for each in resource.members or []}
    wrong = [value for value, key in keys.items() if key is None]
    if wrong:
        raise BadInput(
            _("A member is named by the id of a user here: “%(wrong)s” is none.")
            % {"wrong": str(wrong[0])[:60]},
            field="members",
        )
    return {"name": name, "external_id": external, "entries": {key for key in keys.values() if key}}


def _check_length(field: str, text: str) -> None:
    if len(text) > LONGEST:
        raise BadInput(_("%(field)s holds 200 characters at most.") % {"field": field}, field=field)
    if "\0" in text:
        raise BadInput(_("The character NUL has no place in %(field)s.") % {"field": field}, field=field)
