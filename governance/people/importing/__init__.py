"""Importing an organisation from a folder of CSV files: all of it or nothing."""

from dataclasses import asdict, dataclass
from pathlib import Path

from django.utils.translation import ngettext

from governance.people.importing.checks import check
from governance.people.importing.sheets import Problem, read_folder
from governance.people.importing.writing import Counts, write
from ground.errors import BadInput


@dataclass(frozen=True)
class ImportReport:
    """What an import did, by file, and the SHA-256 of each file that it read."""

    counts: dict[str, Counts]
    sha256: dict[str, str]

    @property
    def changed_anything(self) -> bool:
        return any(count.added or count.changed or count.removed for count in self.counts.values())

    def payload(self) -> dict[str, object]:
        """For the ledger: counts and hashes, and nobody's name."""
        return {file: {"sha256": self.sha256[file], **asdict(count)} for file, count in self.counts.items()}


def run(folder: Path) -> ImportReport:
    """Read, check and write; inside the caller's transaction."""
    sheets = read_folder(folder)
    problems = check(sheets)
    if problems:
        raise _refusal(problems)
    return ImportReport(write(sheets), {file: sheet.sha256 for file, sheet in sheets.items()})


def _refusal(problems: list[Problem]) -> BadInput:
    sentence = ngettext(
        "The files have %(count)s problem. Nothing was imported.",
        "The files have %(count)s problems. Nothing was imported.",
        len(problems),
    ) % {"count": len(problems)}
    return BadInput(sentence, code="import_refused", problems=[asdict(problem) for problem in problems])


__all__ = ["Counts", "ImportReport", "Problem", "run"]
