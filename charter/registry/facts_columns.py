"""What the columns of facts must be, by what the columns of their sources are: persons above all. Pure."""

from collections.abc import Mapping

from charter.registry.document import Measure
from charter.registry.facts_lineage import Lineage, Row, follow_columns
from charter.registry.facts_sql import refuse
from charter.registry.facts_times import TimeKind
from charter.registry.source_descriptions import Meaning, SourceDescription

_NUMBERS = ("value", "weight")


def check_columns(measure: Measure, sources: Mapping[str, SourceDescription]) -> Lineage:
    """Raise BadInput unless the query binds to described columns and says of each event whose it is.

    Where a source has a person column, `person` is that column unchanged, of the row that the value is made of: otherwise
    people would be counted who are not behind it (AR12). What is checked is what a column is, never what it is called.
    """
    lineage = follow_columns(measure, sources)
    if lineage.misuse:
        refuse(f"A person says whose an event is. The query makes something else of one ({lineage.misuse}).")
    naming = sorted(slug for slug in lineage.read if sources[slug].persons)
    for row in lineage.rows:
        _check_person(row, naming, sources)
        _check_team(row)
    return lineage


def reads_clock(measure: Measure, sources: Mapping[str, SourceDescription]) -> bool:
    """Whether the query looks at the hour or the day of the week at which somebody was at work (AR03)."""
    lineage = follow_columns(measure, sources)
    told = (row[name].time.kind for row in lineage.rows for name in _NUMBERS if name in row)
    return lineage.reads_clock or any(kind > TimeKind.ROUNDED for kind in told)


def find_naming_sources(
    measure: Measure, sources: Mapping[str, SourceDescription], column: str
) -> frozenset[str]:
    """The sources whose names stand in a column of the facts, `person` or `team`."""
    rows = follow_columns(measure, sources).rows
    return frozenset(place.source for row in rows if column in row for place in row[column].places)


def _check_person(row: Row, naming: list[str], sources: Mapping[str, SourceDescription]) -> None:
    person = row.get("person")
    if person is None:
        if naming:
            columns = " or ".join(f"{slug}.{name}" for slug in naming for name in sources[slug].persons)
            refuse(
                f"The source says whose each event is, and the query leaves it out. Give {columns} as person."
            )
        return
    place = person.unchanged
    if place is None or place.means is not Meaning.PERSON:
        refuse(
            "The column person must be a source’s column of persons as it stands, with nothing made of it."
        )
    for name in _NUMBERS:
        if name in row:
            _check_own(row, name, place.reading, sources)


def _check_own(row: Row, name: str, reading: int, sources: Mapping[str, SourceDescription]) -> None:
    """A number is made of the event whose person is given, and of nobody else's."""
    origin = row[name]
    if any(place.means is Meaning.PERSON for place in origin.places | origin.aside):
        refuse(f"The {name} of an event may not look at whose it is.")
    others = [place for place in origin.places if place.reading != reading and sources[place.source].persons]
    if others or any(sources[place.source].persons for place in origin.aside):
        refuse(f"The {name} of an event must be its own: it is made of a row that may be another person’s.")


def _check_team(row: Row) -> None:
    """A team is what a source calls one: names are looked up, and one that was made up here would hide whose it is."""
    team = row.get("team")
    if team is None:
        return
    if team.unchanged is None or team.unchanged.means not in (Meaning.TEAM, Meaning.SERVICE):
        refuse("The column team must be a source’s column of teams or services as it stands.")
