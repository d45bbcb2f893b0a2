"""Importing an organisation from a folder of CSV files: all of it or nothing."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.people.importing.checks import check
from governance.people.importing.differences import ImportCounts, RowDifference, find_differences
from governance.people.importing.history import keep_history
from governance.people.importing.names import check_held_names
from governance.people.importing.sheets import Problem, read_folder
from governance.people.importing.writing import Tell, take_lock, write
from governance.people.models import User
from ground.errors import BadInput

# More than one in so many memberships or lines do not end unless somebody said that this is meant.
LARGEST_SHARE = 10
_ENDING = ("memberships.csv", "lines.csv")
_PEOPLE = "people.csv"


@dataclass(frozen=True)
class ImportReport:
    """What an import did or would do, by file, and the SHA-256 of each file that it read."""

    differences: Mapping[str, RowDifference]
    sha256: dict[str, str]

    @property
    def counts(self) -> dict[str, ImportCounts]:
        return {file: each.counts for file, each in self.differences.items()}

    @property
    def changed_anything(self) -> bool:
        return any(count.added or count.changed or count.removed for count in self.counts.values())

    def by_sheet(self) -> dict[str, dict[str, object]]:
        """Counts and hash of each file by its name without ending, and nobody's name."""
        return {
            file.removesuffix(".csv"): {"sha256": self.sha256[file], **asdict(count)}
            for file, count in self.counts.items()
        }


def tell_nobody(_line: str) -> None:
    """Where nobody waits for an import to end."""


def preview(folder: Path, *, by: User, tell: Tell = tell_nobody) -> ImportReport:
    """Read and check, and say what would be written; inside the caller's transaction. Raises BadInput for faults."""
    sheets = read_folder(folder)
    tell(_("Read %(rows)s rows.") % {"rows": sum(len(sheet.rows) for sheet in sheets.values())})
    if problems := check(sheets):
        raise _refusal(problems)
    take_lock()
    if problems := list(check_held_names(sheets)):
        raise _refusal(problems)
    return ImportReport(find_differences(sheets, by), {file: sheet.sha256 for file, sheet in sheets.items()})


def run(folder: Path, *, by: User, allow_removals: bool = False, tell: Tell = tell_nobody) -> ImportReport:
    """Read, check and write; inside the caller's transaction."""
    report = preview(folder, by=by, tell=tell)
    if not allow_removals:
        check_removals(report)
    write(report.differences, tell=tell)
    keep_history(report.differences[_PEOPLE])
    return report


def check_removals(report: ImportReport) -> None:
    """Raise BadInput where the files would end more than a tenth of the memberships or lines: half a file looks like that."""
    large = {
        file: report.differences[file].ends
        for file in _ENDING
        if report.differences[file].ends.is_large(LARGEST_SHARE)
    }
    if not large:
        return
    problems = [
        Problem(file, None, None, _describe_ends(ends.ended, ends.held, ends.lasting_ended, ends.lasting))
        for file, ends in large.items()
    ]
    sentence = _(
        "The files would end more than a tenth of what is held. Nothing was imported. Look at it with --dry-run; if it is "
        "meant, import with --allow-removals."
    )
    raise BadInput(sentence, code="import_would_remove", problems=problems)


def _describe_ends(ended: int, held: int, lasting_ended: int, lasting: int) -> str:
    counts = {"ended": ended, "held": held, "lasting_ended": lasting_ended, "lasting": lasting}
    return (
        _(
            "%(ended)s of %(held)s rows would be removed or end sooner, %(lasting_ended)s of the %(lasting)s that last today."
        )
        % counts
    )


def _refusal(problems: list[Problem]) -> BadInput:
    sentence = ngettext(
        "The files have %(count)s problem. Nothing was imported.",
        "The files have %(count)s problems. Nothing was imported.",
        len(problems),
    ) % {"count": len(problems)}
    return BadInput(sentence, code="import_refused", problems=list(problems))


__all__ = [
    "ImportCounts",
    "ImportReport",
    "Problem",
    "Tell",
    "check_removals",
    "preview",
    "read_folder",
    "run",
    "tell_nobody",
]
