"""Findings as JSON."""

from typing import Any

from rest_framework import serializers

from audits.findings.definitions import DEFINITIONS
from audits.findings.models import AuditFinding
from audits.findings.states import FindingKind
from governance.people.pseudonyms import code_of_account
from ground.inputs import LONGEST, Input


class SettleInput(Input):
    because = serializers.CharField(max_length=LONGEST)


def serialize_finding(finding: AuditFinding) -> dict[str, Any]:
    """One finding in pseudonyms, with its definition and how often honest use looks like it."""
    definition = DEFINITIONS[FindingKind(finding.kind)]
    return {
        "id": str(finding.pk),
        "kind": finding.kind,
        "who": code_of_account(finding.account) if finding.account else None,
        "about": finding.about or None,
        "since": finding.since,
        "until": finding.until,
        "state": finding.state,
        "evidence": finding.evidence,
        "definition": str(definition.says),
        "caveat": str(definition.caveat),
        "false_alarms": definition.honest,
        "because": finding.because or None,
        "case": finding.case_id,
    }
