"""`programme.yaml`: what a programme is to be, in one file beside its charters and sources; read strictly, each fault with its line.

What can be said of the file alone is said here; `judging.py` holds it to what is there already.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from msgspec import Struct

from charter.registry import catalogue
from governance.agreements.agreement_text import AgreementText
from governance.agreements.agreement_text import find_faults as find_faults_of_text
from governance.board.council_effects import SLUG
from governance.board.states import SeatKind
from governance.people.models import GrantedRole
from ground import texts
from ground.errors import BadInput
from ground.parsing import parse_day
from ground.strict_yaml import Tree, nearest_line

STARTER = "starter"


class RoleToGive(Struct, frozen=True, forbid_unknown_fields=True):
    """A role that an account is to hold, from a day (in) to another (out); from the day of applying unless said."""

    role: str
    team: str = ""
    value_stream: str = ""
    valid_from: str = ""
    valid_to: str = ""


class AccountToOpen(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who is to have an account; `person` is what people.csv calls them."""

    username: str
    name: str
    email: str = ""
    person: str = ""
    roles: tuple[RoleToGive, ...] = ()


class ContractText(Struct, frozen=True, forbid_unknown_fields=True):
    """The contract in its three blocks."""

    can: str
    cannot: str
    disputes: str


class CatalogueChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """Which starter charters are taken, and whose metrics they are."""

    owner: str
    charters: tuple[str, ...]


class CouncilToSeat(Struct, frozen=True, forbid_unknown_fields=True):
    """A council that is to hold a seat over the people of some locations, once the board has passed it."""

    council: str
    name: str
    territory: tuple[str, ...]


class BackfillAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """The first day of data that the founding asks for, and why."""

    data_from: str
    because: str


class ProgrammeFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file. Folders stand beside it; the contract and the course are the product's unless it says otherwise."""

    name: str
    purpose: str
    founder: str
    time_zone: str = "UTC"
    organisation: str = ""
    accounts: tuple[AccountToOpen, ...] = ()
    contract: ContractText | str = STARTER
    course: str = STARTER
    charters: str = ""
    catalogue: CatalogueChoice | None = None
    cohorts: bool = True
    seats: Mapping[str, str] = {}
    backfill: BackfillAsked | None = None
    agreements: tuple[AgreementText, ...] = ()
    councils: tuple[CouncilToSeat, ...] = ()


class FileFault(Struct, frozen=True):
    """What is wrong at one key."""

    key: str
    sentence: str


class ReadFile(Struct, frozen=True):
    """A programme's file as it was read: where, what it says, and the line of each key."""

    name: str
    folder: Path | None
    said: ProgrammeFile
    lines: Mapping[str, int]

    def place(self, fault: FileFault) -> str:
        """A fault in one line, with file, line and key."""
        return f"{self.name}, line {self.line_of(fault)}, {fault.key}: {fault.sentence}"

    def line_of(self, fault: FileFault) -> int:
        return nearest_line(self.lines, fault.key)

    def refuse(self, faults: Collection[FileFault]) -> None:
        """Raise BadInput with every fault as a line of `findings`, the first one's place; nothing where there is none."""
        if not faults:
            return
        first, *_others = faults
        raise BadInput(
            self.place(first),
            field=first.key,
            code="programme_file_refused",
            file=self.name,
            line=self.line_of(first),
            findings=[self.place(fault) for fault in _others],
        )


def read_programme_file(path: Path) -> ReadFile:
    """Read a file; BadInput names file, line and key where it is no such file."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", field="file") from error
    return parse_programme_file(content, name=path.name, folder=path.resolve().parent)


def parse_programme_file(content: str | bytes, *, name: str, folder: Path | None = None) -> ReadFile:
    """Read what stands in a file; one without a folder names no folders."""
    tree = Tree(content, name)
    return ReadFile(name, folder, tree.read_as(ProgrammeFile), tree.lines)


def find_faults(read: ReadFile) -> list[FileFault]:
    """What cannot be so, whatever is there already."""
    return [fault for check in _CHECKS for fault in check(read)]


def list_roles(said: ProgrammeFile) -> Iterator[tuple[str, AccountToOpen, RoleToGive]]:
    """Every role that the file gives, with its key."""
    for number, account in enumerate(said.accounts):
        for place, role in enumerate(account.roles):
            yield f"accounts[{number}].roles[{place}]", account, role


def _texts(read: ReadFile) -> Iterator[FileFault]:
    for key in ("name", "purpose", "founder"):
        if not getattr(read.said, key).strip():
            yield FileFault(key, _("Say something here."))
    try:
        ZoneInfo(read.said.time_zone)
    except (KeyError, ValueError, OSError):
        sentence = _("There is no time zone “%(name)s”. Give an IANA name such as Europe/Berlin.")
        yield FileFault("time_zone", sentence % {"name": read.said.time_zone})


def _accounts(read: ReadFile) -> Iterator[FileFault]:
    seen: Counter[str] = Counter()
    for number, account in enumerate(read.said.accounts):
        key = f"accounts[{number}].username"
        try:
            handle = texts.clean_handle(account.username)
        except ValueError as error:
            yield FileFault(key, str(error))
            continue
        seen[handle] += 1
        if not handle or handle != account.username:
            yield FileFault(key, _("Write it in small letters, without blanks."))
        elif seen[handle] > 1:
            yield FileFault(key, _("This account is given twice."))


def _roles(read: ReadFile) -> Iterator[FileFault]:
    known = {role.value for role in GrantedRole}
    for key, _account, given in list_roles(read.said):
        if given.role not in known:
            said = {"name": given.role, "roles": ", ".join(sorted(known))}
            yield FileFault(f"{key}.role", _("There is no role “%(name)s”. These are: %(roles)s.") % said)
            continue
        if (given.role == GrantedRole.MANAGER) != bool(given.team):
            yield FileFault(f"{key}.role", _("A manager’s role is held over a team, and no other is."))
        if (given.role == GrantedRole.VALUE_STREAM_LEAD) != bool(given.value_stream):
            yield FileFault(
                f"{key}.role", _("A value stream lead’s role is held over a value stream, and no other is.")
            )
        yield from _days(key, given)


def _days(key: str, given: RoleToGive) -> Iterator[FileFault]:
    days = {}
    for name in ("valid_from", "valid_to"):
        text = getattr(given, name)
        try:
            days[name] = parse_day(text) if text else None
        except ValueError:
            yield FileFault(f"{key}.{name}", _no_day(text))
    first, end = days.get("valid_from"), days.get("valid_to")
    if first and end and end <= first:
        yield FileFault(f"{key}.valid_to", _("A role ends after the day on which it begins."))


def _seats(read: ReadFile) -> Iterator[FileFault]:
    known = {seat.value for seat in SeatKind}
    seen: set[str] = set()
    for seat, username in read.said.seats.items():
        key = f"seats.{seat}"
        if seat not in known:
            said = {"name": seat, "seats": ", ".join(known_seat for known_seat in known)}
            yield FileFault(key, _("There is no seat “%(name)s”. These are: %(seats)s.") % said)
        if username == read.said.founder:
            yield FileFault(key, _("Whoever founds the board does not sit on it."))
        if username in seen:
            yield FileFault(key, _("“%(name)s” has a seat already. Everybody has one.") % {"name": username})
        seen.add(username)


def _councils(read: ReadFile) -> Iterator[FileFault]:
    seen: Counter[str] = Counter()
    for number, told in enumerate(read.said.councils):
        key = f"councils[{number}]"
        seen[told.council] += 1
        if not SLUG.fullmatch(told.council):
            yield FileFault(f"{key}.council", _("Write small letters, digits and hyphens."))
        elif seen[told.council] > 1:
            yield FileFault(f"{key}.council", _("This council is given twice."))
        if not told.name.strip():
            yield FileFault(f"{key}.name", _("Say something here."))
        if not told.territory:
            yield FileFault(f"{key}.territory", _("Name the locations of its people."))


def _charters(read: ReadFile) -> Iterator[FileFault]:
    chosen = read.said.catalogue
    known = catalogue.read_starter_charters()
    for number, slug in enumerate(chosen.charters if chosen else ()):
        if slug not in known:
            yield FileFault(
                f"catalogue.charters[{number}]", _("The catalogue has no “%(name)s”.") % {"name": slug}
            )


def _words(read: ReadFile) -> Iterator[FileFault]:
    if isinstance(read.said.contract, str) and read.said.contract != STARTER:
        yield FileFault("contract", _("Write “starter”, or its blocks can, cannot and disputes."))
    if read.said.course != STARTER:
        yield FileFault("course", _("Write “starter”. HR publishes another course on its page."))


def _folders(read: ReadFile) -> Iterator[FileFault]:
    for key in ("organisation", "charters"):
        name = getattr(read.said, key)
        if not name:
            continue
        if read.folder is None:
            yield FileFault(key, _("Folders are read by “manage.py programme apply” alone."))
        elif not (read.folder / name).is_dir():
            yield FileFault(key, _("There is no folder %(name)s beside this file.") % {"name": name})


def _backfill(read: ReadFile) -> Iterator[FileFault]:
    asked = read.said.backfill
    if asked is None:
        return
    try:
        parse_day(asked.data_from)
    except ValueError:
        yield FileFault("backfill.data_from", _no_day(asked.data_from))
    if not asked.because.strip():
        yield FileFault("backfill.because", _("Say why: the first board votes on it."))


def _agreements(read: ReadFile) -> Iterator[FileFault]:
    """Each agreement once, and whole in what can be said of its days."""
    seen: Counter[str] = Counter()
    for number, text in enumerate(read.said.agreements):
        key = f"agreements[{number}]"
        seen[text.slug] += 1
        if seen[text.slug] > 1:
            yield FileFault(f"{key}.slug", _("This agreement is given twice."))
        for name in ("begins", "ends"):
            day = getattr(text.term, name)
            try:
                parse_day(day or "2026-01-31")
            except ValueError:
                yield FileFault(f"{key}.term.{name}", _no_day(day))
        for fault in find_faults_of_text(text):
            yield FileFault(f"{key}.{_PLACES.get(fault.field, fault.field)}", fault.sentence)


# Where the parts of an agreement stand that its faults name.
_PLACES = {
    "ends": "term.ends", "risks": "assessment.risks", "views": "assessment.views",
    "officer_advice": "assessment.officer_advice", "outcome": "assessment.outcome",
}  # fmt: skip


def _no_day(text: str) -> str:
    return _("“%(text)s” is not a day. Write it as 2026-01-31.") % {"text": text}


_CHECKS: tuple[Callable[[ReadFile], Iterator[FileFault]], ...] = (
    _texts, _accounts, _roles, _seats, _charters, _words, _folders, _backfill, _agreements, _councils,
)  # fmt: skip
