"""Use checks and profiles as JSON."""

from collections.abc import Mapping
from typing import Any

import msgspec
from rest_framework import serializers

from charter.programme.models import choices
from charter.rules.vocabulary import EvidenceKind
from governance.use_check.asked import UseAsked, name_evidence
from governance.use_check.changes import UseChange
from governance.use_check.judged import CheckedUse
from governance.use_check.models import BulkCheck, RoleProfile
from governance.use_check.queries import count_judged
from governance.use_check.statements import say_need, write_statement
from ground.inputs import Input


def serialize_checked(checked: CheckedUse, receipt: Mapping[str, Any]) -> dict[str, Any]:
    """A use check as JSON values, in the order that readers need them."""
    return {
        "answer": checked.decided.answer.value,
        "rules": msgspec.to_builtins(checked.decided.rules),
        "clauses": msgspec.to_builtins(checked.clauses),
        "changes": [_serialize_change(each, checked) for each in checked.changes],
        "warnings": [{"code": each.value, "says": str(each.label)} for each in checked.warnings],
        "statement": write_statement(checked),
        "receipt": receipt,
    }


def _serialize_change(change: UseChange, checked: CheckedUse) -> dict[str, Any]:
    """A changed check as it can be sent, the line's verdict on it, and what has to happen before."""
    request = change.request
    asked = UseAsked(
        decision=request.decision,
        metrics=request.metrics,
        grain=request.grain,
        cohorts=request.cohorts,
        persons=request.persons,
        role_family=checked.profile.role_family if checked.profile else None,
        evidence=name_evidence(request.evidence),
        accountable=request.accountable,
    )
    needs = [{**msgspec.to_builtins(need), "says": say_need(need, checked.names)} for need in change.needs]
    return {"request": msgspec.to_builtins(asked), "verdict": change.verdict.value, "needs": needs}


class ProfileInput(Input):
    """What counts for a role family; without outcomes or kinds it is a beginning, and no check takes it."""

    role_family = serializers.CharField(max_length=100)
    outcomes = serializers.ListField(child=serializers.CharField(max_length=300), max_length=20, default=list)
    evidence_kinds = serializers.MultipleChoiceField(choices=choices(EvidenceKind), default=set)
    review_months = serializers.IntegerField(min_value=1, max_value=24, default=12)


class ProfileSerializer(serializers.ModelSerializer[RoleProfile]):
    """The profile that counts of a role family."""

    complete = serializers.BooleanField(source="is_complete")
    written_by = serializers.CharField(source="written_by.username")

    class Meta:
        model = RoleProfile
        fields = [
            "id", "role_family", "outcomes", "evidence_kinds", "review_months", "complete", "written_at", "written_by",
        ]  # fmt: skip


class FileInput(Input):
    file = serializers.FileField()


class BulkSerializer(serializers.ModelSerializer[BulkCheck]):
    """A file of intended uses, and how far it is."""

    judged = serializers.SerializerMethodField()

    class Meta:
        model = BulkCheck
        fields = [
            "id", "name", "format", "rows", "judged", "state", "why", "filed_at", "ended_at", "source_sha256", "result_sha256",
        ]  # fmt: skip

    def get_judged(self, bulk: BulkCheck) -> int:
        return count_judged(bulk)["rows"]
