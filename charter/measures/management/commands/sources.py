"""`manage.py sources list-ready|write-ready`: ready descriptions of tools that many have, beside the warehouse that is connected."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from charter.measures.warehouse.connecting import is_connected, open_warehouse
from charter.measures.warehouse.recognising import lay_beside
from charter.registry.charter_files import dump_charter
from charter.registry.ready import ReadyDescription, adapt_charters, read_ready_descriptions
from charter.registry.ready.matching import Fit, ReadyMatch, match_ready
from charter.registry.source_files import dump_source
from ground import commands
from ground.errors import BadInput, Conflict

_FITS = {Fit.FITS: "fits", Fit.ALMOST: "fits almost", Fit.NOT: "does not fit"}


class Command(commands.Command):
    help = (
        "list-ready: which tools there is a ready description of, and whether it fits the warehouse. write-ready: its sources "
        "and adapted starter charters as files of a folder, for `charter lint` and `charter apply`. Nothing is described by either."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list-ready")
        write = actions.add_parser("write-ready")
        write.add_argument("ready", help="which one, as list-ready calls it")
        write.add_argument("folder", type=Path, metavar="FOLDER")

    def handle(self, *, action: str, **options: Any) -> None:
        {"list-ready": self._list, "write-ready": self._write}[action](**options)

    def _list(self, **_: Any) -> None:
        for ready in read_ready_descriptions().values():
            self.stdout.write(f"{ready.slug}: {ready.description}")
            self.stdout.write(f"  tables: {', '.join(source.slug for source in ready.sources)}")
            self.stdout.write(f"  charters: {', '.join(sorted(ready.charters))}")
            if is_connected():
                self._tell(_look(ready))

    def _tell(self, match: ReadyMatch) -> None:
        """Whether it fits the warehouse; what is missing where some of it is there."""
        lost = f"; missing: {', '.join(match.lost)}" if match.fit is Fit.ALMOST else ""
        self.stdout.write(f"  the warehouse: {_FITS[match.fit]}{lost}")

    def _write(self, *, ready: str, folder: Path, **_: Any) -> None:
        found = read_ready_descriptions().get(ready)
        if found is None:
            known = ", ".join(read_ready_descriptions())
            raise BadInput(f"There is no ready description {ready}. There are: {known}.", field="ready")
        files = {folder / place: text for place, text in _make_files(_look(found)).items()}
        if there := sorted(str(path) for path in files if path.exists()):
            raise Conflict(f"{there[0]} is there already. Name another folder.", code="file_exists")
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"wrote {path}")
        for sentence in found.lacks:
            self.stdout.write(f"It cannot say: {sentence}")


def _look(ready: ReadyDescription) -> ReadyMatch:
    """Beside the warehouse, or beside nothing where none is connected."""
    if not is_connected():
        return match_ready(ready, {})
    with open_warehouse() as opened:
        return lay_beside(opened, ready)


def _make_files(match: ReadyMatch) -> Mapping[str, str]:
    """What to write, by place in the folder: sources of the types that they have here, and charters that read them."""
    kept = {each.table: each.begun for each in match.tables if each.whole}
    sources = [kept.get(source.slug, source) for source in match.ready.sources]
    files = {f"sources/{source.slug}.yaml": dump_source(source) for source in sources}
    charters = adapt_charters(match.ready)
    return {**files, **{f"{charter.metric}.yaml": dump_charter(charter) for charter in charters}}
