"""What sources call persons and teams, as two files of an organisation say: what must hold."""

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _

from governance.people.importing.sheets import IdentityKind, Problem, Sheet, SheetRow
from governance.people.models import Identity, Person, Team
from governance.people.names import ANY_SOURCE, fold_name

IDENTITIES, ALIASES = "identities.csv", "aliases.csv"
Key = tuple[str, str]  # source and folded name


def check_names(sheets: Mapping[str, Sheet]) -> Iterator[Problem]:
    """What is wrong with the two files as they stand, where they are there. Pure."""
    if IDENTITIES in sheets:
        yield from _identity_faults(sheets[IDENTITIES], sheets["people.csv"])
        yield from _of_two(sheets[IDENTITIES])
        yield from _taken(sheets[IDENTITIES], "person", sheets["people.csv"].keys)
    if ALIASES in sheets:
        yield from _alias_faults(sheets[ALIASES], sheets["teams.csv"])
        yield from _taken(sheets[ALIASES], "team", sheets["teams.csv"].keys)


def check_held_names(sheets: Mapping[str, Sheet]) -> Iterator[Problem]:
    """What is wrong with sound files beside what is held: persons and teams that they leave out, and names given before."""
    if IDENTITIES in sheets:
        yield from _moved(sheets[IDENTITIES])
        yield from _taken(sheets[IDENTITIES], "person", Person.objects.values_list("external_id", flat=True))
    else:
        yield from _taken_ids(sheets["people.csv"])
    if ALIASES in sheets:
        yield from _taken(sheets[ALIASES], "team", Team.objects.values_list("slug", flat=True))


def _identity_faults(sheet: Sheet, people: Sheet) -> Iterator[Problem]:
    yield from _repeated(sheet)
    for row in sheet.rows:
        person = row.text("person")
        if (row.text("kind") == IdentityKind.BOT) == bool(person):
            sentence = _("A person has an external id here, and a bot has none.")
            yield Problem(sheet.file, row.number, "person", sentence)
        elif person and person not in people.keys:
            yield Problem(sheet.file, row.number, "person", _unknown(person, people.file))


def _alias_faults(sheet: Sheet, teams: Sheet) -> Iterator[Problem]:
    yield from _repeated(sheet)
    for row in sheet.rows:
        if (team := row.text("team")) and team not in teams.keys:
            yield Problem(sheet.file, row.number, "team", _unknown(team, teams.file))


def _taken(sheet: Sheet, holder: str, own: Iterable[str]) -> Iterator[Problem]:
    """Names that somebody is called by here, given to another."""
    taken = frozenset(own)
    for row in sheet.rows:
        key = fold_name(row.text("name"))
        if key in taken and key != row.text(holder):
            sentence = _("“%(name)s” is what another is called here. It can be nobody else’s.")
            yield Problem(sheet.file, row.number, "name", sentence % {"name": row.text("name")})


def _taken_ids(people: Sheet) -> Iterator[Problem]:
    """External ids that are somebody else's name in a source: whoever came to be called so would have their values."""
    given = Identity.objects.filter(ended_at__isnull=True, key__in=people.keys)
    holders = dict(given.values_list("key", "person__external_id"))
    for row in people.rows:
        own = row.text("external_id")
        if own in holders and holders[own] != own:
            sentence = _("“%(name)s” is somebody else’s name in a source. End that first.") % {"name": own}
            yield Problem(people.file, row.number, "external_id", sentence)


def _repeated(sheet: Sheet) -> Iterator[Problem]:
    first: dict[Key, int] = {}
    for row in sheet.rows:
        earlier = first.setdefault(name_key(row), row.number)
        if earlier != row.number:
            sentence = _("“%(key)s” stands on row %(row)s already.") % {
                "key": row.text("name"),
                "row": earlier,
            }
            yield Problem(sheet.file, row.number, "name", sentence)


def _of_two(sheet: Sheet) -> Iterator[Problem]:
    """A name of every source that is another's in one source."""
    everywhere = {name_key(row)[1]: row for row in sheet.rows if row.text("source") == ANY_SOURCE}
    for row in sheet.rows:
        other = everywhere.get(name_key(row)[1])
        if other is not None and other.text("person") != row.text("person"):
            sentence = _("“%(key)s” is another’s in every source, on row %(row)s.")
            yield Problem(
                sheet.file, row.number, "name", sentence % {"key": row.text("name"), "row": other.number}
            )


def _moved(sheet: Sheet) -> Iterator[Problem]:
    """Names that are or were somebody else's: moving one shows their values, so a second administrator does it by hand."""
    held: dict[str, list[tuple[str, str | None]]] = {}
    for source, key, person in Identity.objects.values_list("source", "key", "person__external_id"):
        held.setdefault(key, []).append((source, person))
    live = Identity.objects.filter(ended_at__isnull=True)
    given = set(live.values_list("source", "key", "person__external_id"))
    for row in sheet.rows:
        (source, key), whose = name_key(row), row.text("person") or None
        if (source, key, whose) not in given and any(
            of != whose and (place == source or ANY_SOURCE in (place, source))
            for place, of in held.get(key, ())
        ):
            sentence = _("“%(name)s” is or was somebody else’s. Two administrators move it by hand.")
            yield Problem(sheet.file, row.number, "name", sentence % {"name": row.text("name")})


def name_key(row: SheetRow) -> Key:
    """The source and the name as it is compared."""
    return row.text("source"), fold_name(row.text("name"))


def _unknown(key: str, file: str) -> str:
    return _("“%(key)s” is not in %(file)s.") % {"key": key, "file": file}
