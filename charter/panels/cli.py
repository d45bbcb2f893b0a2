"""`charter-scan PATH…`: what dashboards reach of people, without a database. Exit 0: nothing, 1: something, 2: not all could be read."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from charter.panels.analysing import DIALECTS
from charter.panels.baseline import accept_known, count_gone, make_baseline, read_baseline
from charter.panels.reading.files import read_paths
from charter.panels.reports.pages import format_html
from charter.panels.reports.sarif import format_sarif
from charter.panels.reports.texts import format_github, format_json, format_text, summarize
from charter.panels.scanning import SECONDS, ScanReport, scan
from charter.panels.tables import gather_tables
from charter.registry.finding import Severity
from charter.registry.source_descriptions import SourceDescription
from charter.registry.source_files import read_source
from ground.errors import BadInput

CLEAN, FOUND, INCOMPLETE = 0, 1, 2
FORMATS: dict[str, Callable[[ScanReport], str]] = {
    "text": format_text,
    "json": format_json,
    "sarif": format_sarif,
    "github": format_github,
    "html": format_html,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `charter-scan` and `manage.py scan` both take."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files, folders or archives")
    parser.add_argument("--format", choices=sorted(FORMATS), default="text", help="text by default")
    parser.add_argument("--output", type=Path, help="write the report there and a summary here")
    parser.add_argument("--dialect", choices=sorted(DIALECTS), default="", help="of plain .sql files")
    parser.add_argument(
        "--sources",
        type=Path,
        action="append",
        default=[],
        help="descriptions of tables: a file, or a folder of them",
    )
    parser.add_argument("--baseline", type=Path, help="a file of what is known already, which stops nothing")
    parser.add_argument(
        "--write-baseline", action="store_true", help="write all that is found to the baseline file"
    )
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"a statement, {SECONDS:g} by default")


def read_sources(paths: Sequence[Path]) -> list[SourceDescription]:
    """Described sources of files and folders; BadInput names file, line and key."""
    files: list[Path] = []
    for path in paths:
        files += sorted(path.rglob("*.y*ml")) if path.is_dir() else [path]
    try:
        return [read_source(file.read_bytes(), name=str(file)).description for file in files]
    except OSError as error:
        raise BadInput(f"{error.filename} cannot be read: {error.strerror}.", field="sources") from error


def run(
    options: argparse.Namespace, described: Sequence[SourceDescription], write: Callable[[str], object]
) -> int:
    """Scan and tell; the exit code."""
    tables = gather_tables([*described, *read_sources(options.sources)])
    found = read_paths(options.paths, dialect=options.dialect)
    report = scan(found.panels, found.faults, tables, seconds=options.seconds)
    if options.baseline or options.write_baseline:
        report = _hold_to_baseline(options, report, write)
    text = FORMATS[options.format](report)
    if options.output:
        _write_file(options.output, text)
        text = summarize(report)
    write(text)
    return find_exit_code(report)


def _hold_to_baseline(
    options: argparse.Namespace, report: ScanReport, write: Callable[[str], object]
) -> ScanReport:
    """Set aside what the baseline has, which is all where it is written now."""
    if options.baseline is None:
        raise BadInput("Say with --baseline where the file is to be.", field="baseline")
    if options.write_baseline:
        _write_file(options.baseline, make_baseline(report))
    known = read_baseline(options.baseline)
    if gone := count_gone(report, known):
        write(f"Of the baseline {gone:,} are reached no more: --write-baseline leaves them out.")
    return accept_known(report, known)


def _write_file(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.", field="output") from error


def find_exit_code(report: ScanReport) -> int:
    """What a pipeline is told: a fault weighs more than what was found, as nobody knows what it hides."""
    if report.faults:
        return INCOMPLETE
    return FOUND if report.count(Severity.ERROR) else CLEAN


def main(arguments: Sequence[str] | None = None) -> int:
    """The command, without a database."""
    parser = argparse.ArgumentParser(prog="charter-scan", description=__doc__)
    add_arguments(parser)
    options = parser.parse_args(arguments)
    try:
        return run(options, (), print)
    except BadInput as error:
        print(error.detail, file=sys.stderr)
        return INCOMPLETE


if __name__ == "__main__":
    sys.exit(main())
