"""Decisions as events of the Open Cybersecurity Schema Framework (OCSF), class API Activity, for a SIEM.

In pseudonyms and without reasons, as a SIEM is read by many. What the schema has no place for stands under `unmapped`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from charter.rules.vocabulary import Outcome
from governance.decisions import naming
from governance.decisions.models import DecisionRecord
from governance.people.pseudonyms import code_of_account

SCHEMA = "1.3.0"
CATEGORY, CLASS, READ = 6, 6003, 2
# 1 is informational, 2 low: a refusal is the rules at work, not an incident.
_SEVERITIES = {Outcome.PERMIT: (1, "Informational"), Outcome.REFER: (2, "Low"), Outcome.DENY: (2, "Low")}
_STATUSES = {Outcome.PERMIT: (1, "Success"), Outcome.REFER: (2, "Failure"), Outcome.DENY: (2, "Failure")}
_CODES = {Outcome.PERMIT: 200, Outcome.REFER: 403, Outcome.DENY: 403}


def write_events(found: Iterable[tuple[int, DecisionRecord]]) -> Iterator[dict[str, Any]]:
    """An event for each decision; `sequence` is its entry's place in the log, by which the stream goes on."""
    for place, decision in found:
        yield _write_event(place, decision)


def _write_event(place: int, decision: DecisionRecord) -> dict[str, Any]:
    outcome = Outcome(decision.verdict)
    severity, status = _SEVERITIES[outcome], _STATUSES[outcome]
    moment = int(decision.at.timestamp() * 1000)
    return {
        "activity_id": READ,
        "activity_name": "Read",
        "category_uid": CATEGORY,
        "category_name": "Application Activity",
        "class_uid": CLASS,
        "class_name": "API Activity",
        "type_uid": CLASS * 100 + READ,
        "type_name": "API Activity: Read",
        "severity_id": severity[0],
        "severity": severity[1],
        "status_id": status[0],
        "status": status[1],
        "status_detail": " ".join(decision.rules),
        "time": moment,
        "metadata": {
            "version": SCHEMA,
            "product": {
                "name": "Metric Charter",
                "vendor_name": "Metric Charter",
                "feature": {"name": "access log"},
            },
            "uid": str(decision.entry_id),
            "sequence": place,
            "log_name": "access_log",
            "original_time": decision.at.isoformat(),
        },
        "actor": {"user": {"uid": code_of_account(decision.actor), "name": naming.call_asker(decision)}},
        "src_endpoint": {"svc_name": decision.door},
        "api": {
            "operation": "check" if decision.checked_only else "query",
            "service": {"name": "decisions"},
            "request": {"uid": str(decision.entry_id)},
            "response": {"code": _CODES[outcome], "message": decision.verdict},
        },
        "resources": list(_list_resources(decision)),
        "unmapped": {
            "decision": decision.use,
            "grain": decision.grain,
            "rules": list(decision.rules),
            "rulebook_hash": decision.rulebook_hash,
        },
    }


def _list_resources(decision: DecisionRecord) -> Iterator[dict[str, str]]:
    yield from ({"type": "metric", "uid": each, "name": each} for each in decision.metrics)
    yield from ({"type": "group", "uid": each, "name": each} for each in decision.cohorts)
    for each in decision.subjects:
        called = naming.call_person(each)
        yield {"type": "person", "uid": called.split()[-1], "name": called}
