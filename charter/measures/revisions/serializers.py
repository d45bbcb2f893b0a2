"""Revisions as JSON."""

from rest_framework import serializers

from charter.measures.models import RevisedValue, Revision
from charter.measures.revisions.services import LONGEST_REASON
from ground.inputs import Input


class ReasonInput(Input):
    """Why a revision is proposed or declined."""

    reason = serializers.CharField(max_length=LONGEST_REASON)


class RevisionSerializer(serializers.ModelSerializer[Revision]):
    """One revision; `values` is how many published values it would change."""

    metric = serializers.CharField(source="metric.slug")
    proposed_by = serializers.CharField(source="proposed_by.username", default=None)
    ended_by = serializers.CharField(source="ended_by.username", default=None)
    values = serializers.IntegerField(source="number_of_values")

    class Meta:
        model = Revision
        fields = [
            "id", "metric", "state", "found_at", "values", "proposed_at", "proposed_by", "reason", "ended_at", "ended_by",
            "ended_because",
        ]  # fmt: skip


class RevisedValueSerializer(serializers.ModelSerializer[RevisedValue]):
    """What one published value is and would be; numbers of a withheld one are null."""

    cohort = serializers.CharField(source="old.cohort.slug")
    period = serializers.CharField()
    was = serializers.FloatField(source="old.value")
    was_n = serializers.IntegerField(source="old.n")
    difference = serializers.FloatField()

    class Meta:
        model = RevisedValue
        fields = [
            "cohort", "period", "was", "was_n", "value", "low", "high", "n", "coverage", "withheld", "difference",
        ]  # fmt: skip
