"""What a scan found as SARIF 2.1.0, which code hosts and editors show (OASIS, 2020). Pure."""

from hashlib import sha256
from typing import Any
from urllib.parse import quote

import msgspec

from charter.panels.examining import hash_statement
from charter.panels.panel import ScanFault
from charter.panels.reaching import TOLD, Reached, ReachKind
from charter.panels.scanning import PanelFindings, ScanReport
from charter.registry.finding import Severity
from charter.rules.builtin_rules import builtin_rulebook

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def format_sarif(report: ScanReport) -> str:
    """One run: a rule for each thing that can be reached, a result for each that is, suppressed where the baseline has it."""
    results = [
        _result(found, reached, suppressed=suppressed)
        for found in report.panels
        for listed, suppressed in ((found.reached, False), (found.accepted, True))
        for reached in listed
    ]
    run = {
        "tool": {"driver": {"name": "charter-scan", "rules": _rules()}},
        "invocations": [
            {
                "executionSuccessful": not report.faults,
                "toolExecutionNotifications": [_notify(fault) for fault in report.faults],
            }
        ],
        "results": results,
        "columnKind": "utf16CodeUnits",
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def fingerprint(found: PanelFindings, reached: Reached) -> str:
    """What stays the same while a panel is moved or laid out anew: its dashboard's file, its statement and what is reached."""
    parts = (
        found.panel.file,
        found.panel.dashboard,
        hash_statement(found.panel.sql),
        reached.reach.value,
        reached.what,
    )
    return sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]


def _rules() -> list[dict[str, Any]]:
    """The things that can be reached, each with the rules of the rulebook that it would break."""
    by_id = builtin_rulebook().by_id
    return [
        {
            "id": reach.value,
            "name": "".join(word.title() for word in reach.value.split("_")),
            "shortDescription": {"text": TOLD[reach].text.format("…")},
            "fullDescription": {
                "text": " ".join(f"{rule}: {by_id[rule].text}" for rule in TOLD[reach].rules)
            },
            "help": {"text": TOLD[reach].fix},
            "defaultConfiguration": {"level": _LEVELS[TOLD[reach].severity]},
            "properties": {"tags": list(TOLD[reach].rules)},
        }
        for reach in ReachKind
    ]


def _result(found: PanelFindings, reached: Reached, *, suppressed: bool) -> dict[str, Any]:
    panel = found.panel
    result: dict[str, Any] = {
        "ruleId": reached.reach.value,
        "ruleIndex": list(ReachKind).index(reached.reach),
        "level": _LEVELS[reached.severity],
        "message": {"text": f"{panel.dashboard}, {panel.name}: {reached.text} {reached.fix}"},
        "locations": [_locate(panel.file, panel.line)],
        "partialFingerprints": {"charterScan/v1": fingerprint(found, reached)},
        "properties": {"rules": list(reached.rules), "views": list(found.views)},
    }
    if suppressed:
        result["suppressions"] = [{"kind": "external", "justification": "It stands in the baseline."}]
    return result


def _locate(file: str, line: int) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(file.replace("\\", "/"), safe="/:")},
            "region": {"startLine": line},
        }
    }


def _notify(fault: ScanFault) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": f"{fault.file}: {fault.text}"},
        "locations": [_locate(fault.file, fault.line)],
    }
