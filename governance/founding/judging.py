"""A programme's file held to what is there already: everything that applying it could stumble over, before anything is written."""

from collections.abc import Callable, Collection, Iterator

from django.utils.translation import gettext as _
from msgspec import Struct

from charter.authoring import folder as charter_folder
from charter.programme.models import Programme
from governance.agreements.models import AgreementVersion
from governance.board.councils import explain_unknown_places
from governance.founding.programme_file import FileFault, ReadFile, find_faults, list_roles
from governance.people import importing
from governance.people.models import GrantedRole, Person, RoleGrant, Team, User, ValueStream
from governance.people.services import make_system_account, preview_import
from ground import calendar
from ground.errors import BadInput


class _Names(Struct, frozen=True):
    """Which teams, value streams and persons there are, or will be once the organisation is imported."""

    teams: Collection[str]
    value_streams: Collection[str]
    persons: Collection[str]
    places: Collection[str]


def check(read: ReadFile) -> None:
    """Raise BadInput with every fault, its line and its reason. Nothing is written, whatever it finds."""
    read.refuse(find_faults(read))
    read.refuse([fault for judge in _JUDGES for fault in judge(read)])


def find_holders(role: GrantedRole) -> set[str]:
    """The user names of accounts in use that hold a role today."""
    grants = RoleGrant.objects.on(calendar.today()).filter(role=role, user__is_active=True)
    return set(grants.values_list("user__username", flat=True))


def _programme(read: ReadFile) -> Iterator[FileFault]:
    found = Programme.objects.select_related("established_by").first()
    if found is None:
        return
    for key in ("name", "purpose", "time_zone"):
        if getattr(found, key) != getattr(read.said, key):
            said = {"held": getattr(found, key)}
            yield FileFault(key, _("The programme was begun with “%(held)s” here, which stays.") % said)
    if found.established_by.username != read.said.founder and found.established_by.is_active:
        said = {"name": found.established_by.username}
        yield FileFault("founder", _("“%(name)s” began this programme and is its founder.") % said)


def _people(read: ReadFile) -> Iterator[FileFault]:
    told = {account.username for account in read.said.accounts}
    held = set(User.objects.filter(is_active=True).values_list("username", flat=True))
    used = {"founder": read.said.founder, **{f"seats.{seat}": who for seat, who in read.said.seats.items()}}
    if read.said.catalogue:
        used["catalogue.owner"] = read.said.catalogue.owner
    for key, username in used.items():
        if username not in told | held:
            yield FileFault(
                key, _("There is no account “%(name)s”, here or among `accounts`.") % {"name": username}
            )
    yield from _needed_role(read, "founder", read.said.founder, GrantedRole.ADMIN)
    if read.said.catalogue:
        yield from _needed_role(read, "catalogue.owner", read.said.catalogue.owner, GrantedRole.METRIC_OWNER)


def _needed_role(read: ReadFile, key: str, username: str, role: GrantedRole) -> Iterator[FileFault]:
    told = any(
        account.username == username and given.role == role for _key, account, given in list_roles(read.said)
    )
    if not told and username not in find_holders(role):
        said = {"name": username, "role": role.value}
        yield FileFault(
            key, _("“%(name)s” does not hold the role %(role)s, and is given it nowhere here.") % said
        )


def _auditors(read: ReadFile) -> Iterator[FileFault]:
    """Whoever administers may not be the only one who looks over it."""
    admins = find_holders(GrantedRole.ADMIN) | _given(read, GrantedRole.ADMIN)
    auditors = find_holders(GrantedRole.AUDITOR) | _given(read, GrantedRole.AUDITOR)
    if not auditors or auditors - admins:
        return
    for key, account, given in list_roles(read.said):
        if given.role == GrantedRole.AUDITOR:
            said = {"name": account.username}
            sentence = _(
                "“%(name)s” administers and would be the only auditor, so that nobody else looks over it. Name another."
            )
            yield FileFault(f"{key}.role", sentence % said)
            return


def _given(read: ReadFile, role: GrantedRole) -> set[str]:
    return {account.username for _key, account, given in list_roles(read.said) if given.role == role}


def _organisation(read: ReadFile) -> Iterator[FileFault]:
    """What the import itself would say; and names of teams and persons that are nowhere."""
    if read.said.organisation and read.folder is not None:
        try:
            report = preview_import(folder=read.folder / read.said.organisation, by=make_system_account())
            importing.check_removals(report)
        except BadInput as error:
            problems = [str(each) for each in error.extra.get("problems", ())]
            yield FileFault("organisation", error.detail)
            yield from (FileFault("organisation", each) for each in problems)
            return
    names = _names(read)
    for number, account in enumerate(read.said.accounts):
        if account.person and account.person not in names.persons:
            sentence = _("There is no person “%(name)s”.") % {"name": account.person}
            yield FileFault(f"accounts[{number}].person", sentence)
    yield from _territories(read, names.places)
    for key, _account, given in list_roles(read.said):
        if given.team and given.team not in names.teams:
            yield FileFault(f"{key}.team", _("There is no team “%(name)s”.") % {"name": given.team})
        if given.value_stream and given.value_stream not in names.value_streams:
            sentence = _("There is no value stream “%(name)s”.") % {"name": given.value_stream}
            yield FileFault(f"{key}.value_stream", sentence)


def _territories(read: ReadFile, places: Collection[str]) -> Iterator[FileFault]:
    """Councils and agreements hold where somebody works; before anybody is imported nothing can be said of that."""
    told = [(f"councils[{number}]", each.territory) for number, each in enumerate(read.said.councils)]
    told += [(f"agreements[{number}]", each.territory) for number, each in enumerate(read.said.agreements)]
    for key, territory in told if places else ():
        for sentence in explain_unknown_places(territory, known=places):
            yield FileFault(f"{key}.territory", sentence)


def _names(read: ReadFile) -> _Names:
    teams = set(Team.objects.values_list("slug", flat=True))
    streams = set(ValueStream.objects.values_list("slug", flat=True))
    persons = set(Person.objects.values_list("external_id", flat=True))
    places = set(Person.objects.values_list("location", flat=True))
    if read.said.organisation and read.folder is not None:
        sheets = importing.read_folder(read.folder / read.said.organisation)
        teams |= {row.text("slug") for row in sheets["teams.csv"].rows}
        streams |= {row.text("slug") for row in sheets["value_streams.csv"].rows}
        places |= {row.text("location") for row in sheets["people.csv"].rows}
        persons |= {row.text("external_id") for row in sheets["people.csv"].rows}
    return _Names(teams, streams, persons, places - {""})


def _charters(read: ReadFile) -> Iterator[FileFault]:
    """What is wrong inside the files of the folder, each with its own place."""
    if read.said.charters and read.folder is not None:
        try:
            found = charter_folder.read_folder(read.folder / read.said.charters)
        except BadInput as error:
            yield FileFault("charters", error.detail)
            return
        yield from (FileFault("charters", fault.detail) for fault in found.faults)
        if found.charters and not read.said.catalogue:
            yield FileFault(
                "charters",
                _(
                    "Name under `catalogue` the owner of these charters, with `charters: []` for none beside them."
                ),
            )


def _agreements(read: ReadFile) -> Iterator[FileFault]:
    """A short name is that of one agreement, whose kind stays."""
    kinds = dict(AgreementVersion.objects.values_list("slug", "kind"))
    for number, text in enumerate(read.said.agreements):
        if kinds.get(text.slug, text.kind.value) != text.kind.value:
            sentence = _("An agreement of this short name is on record, of another kind.")
            yield FileFault(f"agreements[{number}].kind", sentence)


_JUDGES: tuple[Callable[[ReadFile], Iterator[FileFault]], ...] = (
    _programme, _people, _auditors, _organisation, _charters, _agreements,
)  # fmt: skip
