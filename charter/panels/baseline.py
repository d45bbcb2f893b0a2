"""What a team has seen already and will come back to: a file of what was reached, so that only what is new stops a pipeline. Pure.

An entry is taken by what it is about, never by its line, so a panel that moves is the same. Whoever takes the file into a change says
so to whoever reviews it: each entry names the panel and what it reaches.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, structs

from charter.panels.reports.sarif import fingerprint
from charter.panels.scanning import PanelFindings, ScanReport
from ground.errors import BadInput

LARGEST = 20_000_000  # bytes


class BaselineEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing reached, as a reader of the file sees it."""

    file: str
    panel: str
    reach: str
    what: str


class Baseline(Struct, frozen=True, forbid_unknown_fields=True):
    """Things reached that are known, by their fingerprint."""

    version: int
    known: Mapping[str, BaselineEntry]


EMPTY = Baseline(1, {})


def read_baseline(path: Path) -> Baseline:
    """A baseline file; one that is not there knows nothing. BadInput where it is none."""
    if not path.exists():
        return EMPTY
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(f"{path} is larger than {LARGEST // 1_000_000} MB.", field="baseline")
        return msgspec.json.decode(path.read_bytes(), type=Baseline)
    except (OSError, msgspec.MsgspecError) as error:
        raise BadInput(f"{path} is no baseline: {error}.", field="baseline") from error


def make_baseline(report: ScanReport) -> str:
    """Everything that a report has, as a baseline file, in the order of its files."""
    found = {
        fingerprint(each, reached): BaselineEntry(
            each.panel.file, each.panel.name, reached.reach.value, reached.what
        )
        for each in report.panels
        for reached in (*each.reached, *each.accepted)
    }
    ordered = dict(
        sorted(found.items(), key=lambda item: (item[1].file, item[1].panel, item[1].reach, item[0]))
    )
    told: dict[str, Any] = msgspec.to_builtins(Baseline(1, ordered))
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"


def accept_known(report: ScanReport, baseline: Baseline) -> ScanReport:
    """The same report, with what the baseline has set aside. Faults stay: nobody knows what they hide."""
    return structs.replace(report, panels=tuple(_accept(each, baseline) for each in report.panels))


def count_gone(report: ScanReport, baseline: Baseline) -> int:
    """How many entries of a baseline nothing reaches any more, so that the file may be written anew without them."""
    found = {
        fingerprint(each, reached) for each in report.panels for reached in (*each.reached, *each.accepted)
    }
    return len(set(baseline.known) - found)


def _accept(found: PanelFindings, baseline: Baseline) -> PanelFindings:
    known = {each for each in found.reached if fingerprint(found, each) in baseline.known}
    return structs.replace(
        found,
        reached=tuple(each for each in found.reached if each not in known),
        accepted=tuple(each for each in found.reached if each in known),
    )
