"""What a scan found, as lines for people, as JSON and as workflow commands of GitHub. Pure."""

from collections.abc import Iterator
from typing import Any

import msgspec

from charter.panels.reaching import Reached
from charter.panels.scanning import PanelFindings, ScanReport
from charter.registry.finding import Severity
from ground.annotations import annotate, say_count

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def format_text(report: ScanReport) -> str:
    """A line a thing reached, with how to mend it, and a summary."""
    lines = [f"{fault.file}:{fault.line}: not looked at: {fault.text}" for fault in report.faults]
    return "\n".join([*lines, *(line for each in report.panels for line in _tell(each)), summarize(report)])


def format_json(report: ScanReport) -> str:
    """One JSON object: counts, scores, and panels with all that they reach."""
    told: dict[str, Any] = {
        **{f"{level.value}s": report.count(level) for level in Severity},
        "dashboards": [
            {"file": file, "dashboard": title, "score": score}
            for (file, title), score in report.scores.items()
        ],
        "not_looked_at": [msgspec.to_builtins(fault) for fault in report.faults],
        "panels": [_panel(each) for each in report.panels],
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode()


def format_github(report: ScanReport) -> str:
    """Workflow commands that GitHub shows beside the lines of a change, and a summary in the log."""
    faults = (
        annotate("error", fault.text, file=fault.file, line=str(fault.line), title="not looked at")
        for fault in report.faults
    )
    found = (_annotate(each, reached) for each in report.panels for reached in each.reached)
    return "\n".join([*faults, *found, summarize(report)])


def summarize(report: ScanReport) -> str:
    """How much was looked at and found, in a sentence."""
    counts = ", ".join(say_count(report.count(level), level.value) for level in Severity)
    dashboards = say_count(len(report.scores), "dashboard")
    missed = f" {say_count(len(report.faults), 'file')} not looked at." if report.faults else ""
    accepted = sum(len(each.accepted) for each in report.panels)
    known = f" {accepted:,} in the baseline." if accepted else ""
    return f"{say_count(len(report.panels), 'statement')} in {dashboards}: {counts}.{known}{missed}"


def _tell(found: PanelFindings) -> Iterator[str]:
    panel = found.panel
    for reached in found.reached:
        rules = " ".join(reached.rules)
        yield (
            f"{panel.file}:{panel.line}: {reached.severity.value} {rules} {panel.name}: {reached.text} {reached.fix}"
        )
    for view in found.views if found.reached else ():
        yield f"{panel.file}:{panel.line}: instead {panel.name}: read {view}."
    if found.proposed is not None:
        yield f"{panel.file}:{panel.line}: proposed {panel.name}:"
        yield from (f"    {line}" for line in found.proposed.sql.splitlines())
        yield from (f"    -- {note}" for note in tell_proposed(found))


def _panel(found: PanelFindings) -> dict[str, Any]:
    panel = found.panel
    return {
        "file": panel.file,
        "line": panel.line,
        "dashboard": panel.dashboard,
        "panel": panel.name,
        "tables": sorted(found.tables),
        "reached": [tell_reached(each) for each in found.reached],
        "accepted": [tell_reached(each) for each in found.accepted],
        "views": list(found.views),
        "proposed": _proposed(found),
    }


def _proposed(found: PanelFindings) -> dict[str, Any] | None:
    if found.proposed is None:
        return None
    compared = [msgspec.to_builtins(value) for value in found.compared.rows] if found.compared else []
    return {**msgspec.to_builtins(found.proposed), "says": tell_proposed(found), "compared": compared}


def tell_proposed(found: PanelFindings) -> list[str]:
    """What is to be known of a proposal, in sentences: what differs, and whether both were run."""
    notes = list(found.proposed.notes) if found.proposed else []
    return [*notes, *([found.compared.summarize()] if found.compared else [])]


def tell_reached(reached: Reached) -> dict[str, Any]:
    """One thing reached as plain values."""
    return {
        "reach": reached.reach.value,
        "what": reached.what,
        "severity": reached.severity.value,
        "rules": list(reached.rules),
        "text": reached.text,
        "fix": reached.fix,
    }


def _annotate(found: PanelFindings, reached: Reached) -> str:
    panel = found.panel
    title = f"{' '.join(reached.rules)} {panel.name}"
    text = f"{reached.text} {reached.fix}"
    return annotate(_COMMANDS[reached.severity], text, file=panel.file, line=str(panel.line), title=title)
