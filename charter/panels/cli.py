"""`charter-scan PATH…`: what dashboards reach of people, without a database. Exit 0: nothing, 1: something, 2: not all could be read."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from charter.authoring.folder import read_folder
from charter.panels.analysing import DIALECTS
from charter.panels.baseline import EMPTY, Baseline, accept_known, count_gone, make_baseline, read_baseline
from charter.panels.offers import ViewOffer, make_offers, offer_starters
from charter.panels.reading.files import read_paths
from charter.panels.reports.pages import format_html
from charter.panels.reports.sarif import format_sarif
from charter.panels.reports.texts import format_github, format_json, format_text, summarize
from charter.panels.scanning import SECONDS, Proposing, ScanReport, scan
from charter.panels.tables import gather_tables
from charter.registry.document import CharterDocument
from charter.registry.finding import Severity
from charter.registry.source_descriptions import SourceDescription
from charter.registry.source_files import read_source
from ground.errors import BadInput
from ground.parsing import read_day

CLEAN, FOUND, INCOMPLETE = 0, 1, 2
LONGEST = 600  # seconds that a statement may have
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
    parser.add_argument(
        "--charters",
        type=Path,
        help="a folder of charters, whose governed views are named; the starter charters by default",
    )
    parser.add_argument(
        "--rewrite",
        action="store_true",
        help="propose panels that read team values anew, over governed views",
    )
    parser.add_argument(
        "--warehouse",
        default="",
        help="where the panels read now (postgresql://, mysql://, duckdb:///, sqlite:///): runs both",
    )
    parser.add_argument("--governed", default="", help="where the governed views are: runs both")
    parser.add_argument(
        "--window",
        default="",
        metavar="DAY/DAY",
        help="the days that are compared, from the first to before the last",
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
    options: argparse.Namespace,
    described: Sequence[SourceDescription],
    write: Callable[[str], object],
    remark: Callable[[str], object],
    charters: Sequence[CharterDocument] | None = None,
) -> int:
    """Scan and tell; the exit code. `remark` takes what is said beside a report."""
    if not 0 < options.seconds <= LONGEST:  # also what is no number
        raise BadInput(f"Give a statement more than 0 and at most {LONGEST} seconds.", field="seconds")
    tables = gather_tables([*described, *read_sources(options.sources)])
    offers = _gather_offers(options.charters, charters)
    proposing = Proposing(options.warehouse, options.governed, _read_window(options.window))
    known = _read_known(options)
    found = read_paths(options.paths, dialect=options.dialect)
    report = scan(
        found.panels,
        found.faults,
        tables,
        seconds=options.seconds,
        offers=offers,
        proposing=proposing if options.rewrite else None,
    )
    if known is not None:
        report = _hold_to_baseline(options, report, known, remark)
    text = FORMATS[options.format](report)
    if options.output:
        _write_file(options.output, text)
        text = summarize(report)
    write(text)
    return find_exit_code(report)


def _gather_offers(folder: Path | None, charters: Sequence[CharterDocument] | None) -> Sequence[ViewOffer]:
    """The governed views of charters in force, of a folder's, or of those that come with the product."""
    if folder is not None:
        read = read_folder(folder)
        read.check_is_whole()
        return tuple(make_offers(read.documents.values()))
    return offer_starters() if charters is None else tuple(make_offers(charters))


def _read_window(text: str) -> tuple[str, str]:
    if not text:
        return "", ""
    parts = [read_day(part, field="window") for part in text.split("/")]
    if len(parts) != 2:
        raise BadInput("Name two days as 2025-01-01/2026-01-01.", field="window")
    return parts[0].isoformat(), parts[1].isoformat()


def _read_known(options: argparse.Namespace) -> Baseline | None:
    """The baseline, where one is asked for: an empty one where it is written anew."""
    if options.baseline is None:
        if options.write_baseline:
            raise BadInput("Say with --baseline where the file is to be.", field="baseline")
        return None
    return EMPTY if options.write_baseline else read_baseline(options.baseline)


def _hold_to_baseline(
    options: argparse.Namespace, report: ScanReport, known: Baseline, remark: Callable[[str], object]
) -> ScanReport:
    """Set aside what the baseline has, which is all where it is written now."""
    if options.write_baseline:
        _write_file(options.baseline, make_baseline(report))
        known = read_baseline(options.baseline)
    if gone := count_gone(report, known):
        remark(f"Of the baseline {gone:,} are reached no more: --write-baseline leaves them out.")
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
        return run(options, (), print, partial(print, file=sys.stderr))
    except BadInput as error:
        print(error.detail, file=sys.stderr)
        return INCOMPLETE


if __name__ == "__main__":
    sys.exit(main())
