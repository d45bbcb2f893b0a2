"""What lint found, told to people, to programs and to GitHub. Pure."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import msgspec

from charter.authoring.linting import LintReport, Placed
from charter.registry.finding import Severity
from ground.annotations import annotate, say_count

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def format_text(report: LintReport) -> str:
    """A line a finding, each with how to mend it, and a summary."""
    return "\n".join([*(_line(each) for each in report.placed), summarize(report)])


def format_json(report: LintReport) -> str:
    """One JSON object: how many findings of each level, and the findings with file, line, field and rule."""
    told = {
        "files": report.files,
        **{f"{level.value}s": report.count(level) for level in Severity},
        "findings": [
            {"file": each.file, "line": each.line, **msgspec.to_builtins(each.finding)}
            for each in report.placed
        ],
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode()


def format_github(report: LintReport) -> str:
    """Workflow commands that GitHub shows beside the lines of a change, and a summary in the log."""
    return "\n".join([*_annotations(report), summarize(report)])


def summarize(report: LintReport) -> str:
    """How much was looked at and found, in a sentence."""
    counts = ", ".join(say_count(report.count(level), level.value) for level in Severity)
    return f"{say_count(report.files, 'file')}: {counts}."


FORMATS: Mapping[str, Callable[[LintReport], str]] = MappingProxyType(
    {"text": format_text, "json": format_json, "github": format_github}
)


def _line(each: Placed) -> str:
    finding = each.finding
    place = f" {finding.field}" if finding.field else ""
    return (
        f"{each.file}:{each.line}: {finding.level.value} {finding.rule}{place}: {finding.text} {finding.fix}"
    )


def _annotations(report: LintReport) -> Iterator[str]:
    for each in report.placed:
        finding = each.finding
        title = f"{finding.rule} {finding.field}".strip()
        text = f"{finding.text} {finding.fix}"
        yield annotate(_COMMANDS[finding.level], text, file=each.file, line=str(each.line), title=title)
