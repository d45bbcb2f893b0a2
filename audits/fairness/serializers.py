"""Fairness audits as JSON, and what is sent to hand in outcomes, judge an audit and close a task."""

from typing import Any

from rest_framework import serializers

from audits.fairness import permissions, wording
from audits.fairness.models import FairnessAudit, OutcomeSet, VarianceTask
from audits.fairness.states import HarmAnswer, HarmHypothesis
from charter.programme.models import choices
from charter.rules.vocabulary import DecisionType
from governance.people.models import User
from ground.inputs import LONGEST, Input


class OutcomeRowInput(Input):
    person = serializers.CharField(max_length=100)
    selected = serializers.BooleanField(allow_null=True, default=None)
    rating = serializers.FloatField(allow_null=True, default=None)
    evidence = serializers.CharField(max_length=100, allow_blank=True, default="")
    manager = serializers.CharField(max_length=100, allow_blank=True, default="")
    values = serializers.DictField(child=serializers.FloatField(), default=dict)


class OutcomesInput(Input):
    """Outcomes of one decision in one period, `to` is out; larger sets are handed in by command."""

    decision = serializers.ChoiceField(choices=choices(DecisionType))
    to = serializers.DateField()
    metrics = serializers.ListField(child=serializers.CharField(max_length=100))
    favourable_from = serializers.FloatField(allow_null=True, default=None)
    rows = OutcomeRowInput(many=True)

    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of Python, so it cannot be an attribute.
        return {**super().get_fields(), "from": serializers.DateField()}


class DiscardInput(Input):
    reason = serializers.CharField(max_length=LONGEST)


class HarmInput(Input):
    hypothesis = serializers.ChoiceField(choices=HarmHypothesis.choices)
    answer = serializers.ChoiceField(choices=HarmAnswer.choices)
    evidence = serializers.CharField(max_length=LONGEST)


class ConclusionInput(Input):
    """Nothing: an audit is concluded by what it found and what was answered."""


class CloseInput(Input):
    done = serializers.CharField(max_length=LONGEST)


class OutcomeSetSerializer(serializers.ModelSerializer[OutcomeSet]):
    """Outcomes that wait; whose they are is told to nobody."""

    class Meta:
        model = OutcomeSet
        fields = [
            "id",
            "decision",
            "starts_on",
            "ends_on",
            "metrics",
            "favourable_from",
            "people",
            "handed_in_at",
        ]


class VarianceTaskSerializer(serializers.ModelSerializer[VarianceTask]):
    """A manager whose ratings stand apart; `low` and `high` bound the gap at 95 %."""

    manager = serializers.CharField(source="manager.external_id")

    class Meta:
        model = VarianceTask
        fields = [
            "id",
            "audit",
            "manager",
            "people",
            "others",
            "gap",
            "low",
            "high",
            "discovery",
            "done",
            "closed_at",
        ]


class FairnessAuditSerializer(serializers.ModelSerializer[FairnessAudit]):
    """One audit in short, as everybody reads it."""

    decision = serializers.CharField(source="outcomes.decision")
    metrics = serializers.ListField(child=serializers.CharField(), source="outcomes.metrics")
    found = serializers.SerializerMethodField()
    auditor = serializers.CharField(source="auditor.name")

    class Meta:
        model = FairnessAudit
        fields = [
            "id",
            "decision",
            "metrics",
            "state",
            "found",
            "auditor",
            "run_at",
            "concluded_at",
            "valid_until",
        ]

    def get_found(self, audit: FairnessAudit) -> str:
        return wording.find_in_words(audit.results)


def serialize_audit(audit: FairnessAudit, *, to: User) -> dict[str, Any]:
    """One audit in full, its numbers for those who read them."""
    numbers = permissions.reads_numbers(to)
    results = audit.results
    if not numbers:
        kept = [each for each in results["groups"] if each["finding"] != "not_ruled_out"]
        groups = [{name: each[name] for name in ("of", "labels", "finding")} for each in kept]
        results = {**results, "groups": groups, "managers": None}
    return {
        **FairnessAuditSerializer(audit).data,
        "from": audit.outcomes.starts_on.isoformat(),
        "to": audit.outcomes.ends_on.isoformat(),
        "results": results,
        "context": [
            {"metric": each.charter_version.metric.slug, "context": each.context, "exceeds": each.exceeds, "case": each.case_id}
            for each in audit.metrics.all()
        ],
        "harms": audit.answers,
    }  # fmt: skip
