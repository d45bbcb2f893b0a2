"""The only writers of what sources call persons and teams, and the one read of what names mean."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.people import permissions
from governance.people.events import IdentityEnded, IdentityGiven, TeamAliasEnded, TeamAliasGiven
from governance.people.models import Identity, Person, Team, TeamAlias, User
from governance.people.names import NameBook, SourceNames, fold_name
from governance.people.source_names import SourceName
from ground import clock, records
from ground.errors import BadInput, Conflict

Named = TypeVar("Named", bound=SourceName)
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('people.import_organisation'))"


@transaction.atomic(durable=True)
def give_identity(*, source: str, name: str, person: Person | None, by: User) -> Identity:
    """Say what a source calls a person, or without a person that the name is a bot's. `source` blank: in every source.

    Raises BadInput for a name that is no name or is what another person is called here, Conflict where it is given already,
    NotPermitted where `by` is no administrator, gives it to themself, or moves it alone (`check_can_give_identity`).
    """
    permissions.check_can_administer(by)
    lock_names()
    key = _check_name(Identity, source, name)
    permissions.check_can_give_identity(by, to=person, before=_list_others_rows(source, key, person))
    if (owner := find_namesake(key)) is not None and owner != person:
        raise BadInput(
            _("“%(name)s” is what %(person)s is called here. It can be nobody else’s.")
            % {"name": name, "person": owner.external_id},
            field="name",
        )
    made = Identity(
        source=source,
        name=name,
        key=key,
        person=person,
        is_bot=person is None,
        given_by=by,
        given_at=clock.now(),
    )
    records.insert(made)
    ledger.append(IdentityGiven(**_of_identity(made)), by=by.actor)
    return made


@transaction.atomic(durable=True)
def end_identity(*, identity: Identity, by: User) -> Identity:
    """Let a name be nobody's. The row stays and says whose it was; Conflict where it has ended already."""
    permissions.check_can_administer(by)
    ended = _end(Identity.objects.all(), identity, by)
    ledger.append(IdentityEnded(**_of_identity(ended)), by=by.actor)
    return ended


@transaction.atomic(durable=True)
def give_alias(*, source: str, name: str, team: Team | None, by: User) -> TeamAlias:
    """Say what a source calls a team or a service that it looks after; without a team, that it is none of ours.

    Raises BadInput for a name that is no name or is another team's here, Conflict where it is given already.
    """
    permissions.check_can_administer(by)
    lock_names()
    key = _check_name(TeamAlias, source, name)
    owner = Team.objects.filter(slug=key).first()
    if owner is not None and owner != team:
        raise BadInput(
            _("“%(name)s” is what the team %(team)s is called here. It can be no other’s.")
            % {"name": name, "team": owner.slug},
            field="name",
        )
    made = TeamAlias(source=source, name=name, key=key, team=team, given_by=by, given_at=clock.now())
    records.insert(made)
    ledger.append(TeamAliasGiven(**_of_alias(made)), by=by.actor)
    return made


@transaction.atomic(durable=True)
def end_alias(*, alias: TeamAlias, by: User) -> TeamAlias:
    """Let a name be no team's; Conflict where it has ended already."""
    permissions.check_can_administer(by)
    ended = _end(TeamAlias.objects.select_related("team"), alias, by)
    ledger.append(TeamAliasEnded(**_of_alias(ended)), by=by.actor)
    return ended


def read_names() -> SourceNames:
    """Whom every name in the sources means today."""
    identities = Identity.objects.filter(ended_at__isnull=True)
    aliases = TeamAlias.objects.filter(ended_at__isnull=True)
    people = Person.objects.values_list("external_id", flat=True)
    teams = Team.objects.values_list("slug", flat=True)
    return SourceNames(
        NameBook(_given(identities, "person__external_id"), {fold_name(each): each for each in people}),
        NameBook(_given(aliases, "team__slug"), {fold_name(each): each for each in teams}),
    )


def _list_others_rows(source: str, key: str, person: Person | None) -> list[Identity]:
    """Rows in which the name is or was somebody else's, in the same source or in every source; Conflict where it is.

    A name of one source stands before the same name of every source, so that either would take it from who has it.
    """
    rows = Identity.objects.filter(key=key).exclude(person=person)
    if source:
        rows = rows.filter(source__in=["", source])
    others = list(rows)
    if any(row.ended_at is None for row in others):
        raise Conflict(
            _("This name is somebody else’s, in this source or in every source. End that first."),
            code="name_is_given",
        )
    return others


def find_namesake(key: str) -> Person | None:
    """The person whose external id a folded name is."""
    return Person.objects.filter(external_id=key).first()


def lock_names() -> None:
    """One at a time, imports of the organisation included: what a name means must not change between look and write."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)


def _given(names: "QuerySet[Named]", holder: str) -> Mapping[tuple[str, str], str | None]:
    return {(source, key): whose for source, key, whose in names.values_list("source", "key", holder)}


def _check_name(model: type[SourceName], source: str, name: str) -> str:
    """The name as it is compared, where it is one and nobody has it."""
    key = fold_name(name)
    if not key:
        raise BadInput(_("Write the name as the source writes it."), field="name")
    if model._default_manager.filter(source=source, key=key, ended_at__isnull=True).exists():
        raise Conflict(
            _("“%(name)s” is given already. End that first.") % {"name": name}, code="name_is_given"
        )
    return key


def _end(names: "QuerySet[Named]", given: Named, by: User) -> Named:
    lock_names()
    found = names.select_for_update(of=("self",)).get(pk=given.pk)
    if found.ended_at is not None:
        raise Conflict(_("This has ended already."), code="ended_already")
    found.ended_at, found.ended_by = clock.now(), by
    found.save(update_fields=["ended_at", "ended_by"])
    return found


def _of_identity(identity: Identity) -> dict[str, Any]:
    return {
        "identity": identity.pk,
        "source": identity.source,
        "name": identity.name,
        "person": identity.person_id,
    }


def _of_alias(alias: TeamAlias) -> dict[str, Any]:
    return {
        "alias": alias.pk,
        "source": alias.source,
        "name": alias.name,
        "team": alias.team.slug if alias.team else None,
    }
