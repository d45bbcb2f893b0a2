"""What must hold between the rows of an organisation's files. Pure: sheets in, problems out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from django.utils.translation import gettext as _

from governance.people.importing.names import check_names
from governance.people.importing.sheets import Problem, Sheet, SheetRow

_SPAN = ("valid_from", "valid_to")
_SPANS = {
    "teams.csv": _SPAN,
    "people.csv": ("employed_from", "employed_to"),
    "memberships.csv": _SPAN,
    "lines.csv": _SPAN,
}
_REFERENCES = (
    ("teams.csv", "value_stream", "value_streams.csv"),
    ("memberships.csv", "person", "people.csv"),
    ("memberships.csv", "team", "teams.csv"),
    ("lines.csv", "person", "people.csv"),
    ("lines.csv", "manager", "people.csv"),
)
_KEYS = (("value_streams.csv", "slug"), ("teams.csv", "slug"), ("people.csv", "external_id"))


def check(sheets: Mapping[str, Sheet]) -> list[Problem]:
    """Every fault of every sheet, by file and row."""
    problems = [problem for sheet in sheets.values() for problem in sheet.problems]
    for file, key in _KEYS:
        problems += _repeated(sheets[file], key)
    for file, column, target in _REFERENCES:
        problems += _unknown(sheets[file], column, sheets[target])
    for file, (start, end) in _SPANS.items():
        problems += _inverted(sheets[file], start, end)
    problems += _overlapping(sheets["memberships.csv"])
    problems += _overlapping(sheets["lines.csv"])
    problems += _self_managed(sheets["lines.csv"])
    problems += _circular(sheets["lines.csv"])
    problems += check_names(sheets)
    order = list(sheets)
    return sorted(problems, key=lambda found: (order.index(found.file), found.row or 0))


def _repeated(sheet: Sheet, key: str) -> Iterator[Problem]:
    first: dict[object, int] = {}
    for row in sheet.rows:
        earlier = first.setdefault(row.text(key), row.number)
        if earlier != row.number:
            sentence = _("“%(key)s” stands on row %(row)s already.") % {"key": row.text(key), "row": earlier}
            yield Problem(sheet.file, row.number, key, sentence)


def _unknown(sheet: Sheet, column: str, target: Sheet) -> Iterator[Problem]:
    if any(problem.row in (None, 1) for problem in target.problems):
        return  # that file could not be read, which is said once
    for row in sheet.rows:
        if row.text(column) not in target.keys:
            sentence = _("“%(key)s” is not in %(file)s.") % {"key": row.text(column), "file": target.file}
            yield Problem(sheet.file, row.number, column, sentence)


def _is_inverted(row: SheetRow, start: str, end: str) -> bool:
    last = row.end(end)
    return last is not None and last <= row.day(start)


def _inverted(sheet: Sheet, start: str, end: str) -> Iterator[Problem]:
    for row in sheet.rows:
        if _is_inverted(row, start, end):
            sentence = _(
                "%(end)s must come after %(start)s; it is the first day on which this no longer holds."
            )
            yield Problem(sheet.file, row.number, end, sentence % {"end": end, "start": start})


def _by_person(rows: Iterable[SheetRow]) -> dict[str, list[SheetRow]]:
    """The rows of each person that have a span, earliest first."""
    found: dict[str, list[SheetRow]] = defaultdict(list)
    for row in rows:
        if not _is_inverted(row, *_SPAN):
            found[row.text("person")].append(row)
    for own in found.values():
        own.sort(key=lambda row: (row.day("valid_from"), row.number))
    return found


def _lasts_until(row: SheetRow) -> date:
    return row.end("valid_to") or date.max


def _overlapping(sheet: Sheet) -> Iterator[Problem]:
    for own in _by_person(sheet.rows).values():
        longest = own[0]
        for row in own[1:]:
            if row.day("valid_from") < _lasts_until(longest):
                sentence = _("This overlaps row %(row)s. End one before the other begins.") % {
                    "row": longest.number
                }
                yield Problem(sheet.file, row.number, "valid_from", sentence)
            longest = max(longest, row, key=_lasts_until)


def _self_managed(sheet: Sheet) -> Iterator[Problem]:
    for row in sheet.rows:
        if row.text("person") == row.text("manager"):
            yield Problem(sheet.file, row.number, "manager", _("Nobody reports to themself."))


def _circular(sheet: Sheet) -> Iterator[Problem]:
    """A circle closes on the first day of one of its lines, so that only those days need looking at."""
    lines = _by_person(row for row in sheet.rows if row.text("person") != row.text("manager"))
    told: set[tuple[object, frozenset[str]]] = set()
    for row in sorted((row for own in lines.values() for row in own), key=lambda row: row.number):
        circle = _circle(row, lines)
        if circle and (row.day("valid_from"), frozenset(circle)) not in told:
            told.add((row.day("valid_from"), frozenset(circle)))
            chain = _(" reports to ").join((*circle, circle[0]))
            sentence = _("On %(day)s, %(chain)s.") % {"day": row.day("valid_from"), "chain": chain}
            yield Problem(sheet.file, row.number, "manager", sentence)


def _circle(row: SheetRow, lines: Mapping[str, list[SheetRow]]) -> tuple[str, ...]:
    """The persons from this line's own up to themself again, on its first day; empty where the line ends at a top."""
    on, own = row.day("valid_from"), row.text("person")
    chain = [own]
    above: str | None = row.text("manager")
    while above is not None and above not in chain:
        chain.append(above)
        lasting = (up for up in lines.get(above, ()) if up.day("valid_from") <= on < _lasts_until(up))
        above = next((up.text("manager") for up in lasting), None)
    return tuple(chain) if above == own else ()
