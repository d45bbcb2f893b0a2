"""Metrics and charters as JSON."""

from rest_framework import serializers

from charter.registry.models import DecisionKind, Metric


class CurrentCharterSerializer(serializers.Serializer):
    """Where the charter that governs a metric stands."""

    version = serializers.IntegerField(source="number")
    standing = serializers.CharField()
    category = serializers.CharField()
    layer = serializers.CharField()
    type = serializers.CharField(source="kind")
    view = serializers.CharField()
    content_hash = serializers.CharField()
    activated_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    review_due_on = serializers.DateField()


class MetricSerializer(serializers.ModelSerializer):
    """A metric with its current charter's standing; the whole document stands in the detail."""

    owner = serializers.CharField(source="owner.username")
    charter = CurrentCharterSerializer(source="current", allow_null=True)

    class Meta:
        model = Metric
        fields = ["slug", "name", "owner", "charter"]


class MetricDetailSerializer(MetricSerializer):
    document = serializers.JSONField(source="current.document", default=None)

    class Meta(MetricSerializer.Meta):
        fields = [*MetricSerializer.Meta.fields, "document"]


class DecisionKindSerializer(serializers.ModelSerializer):
    decision = serializers.CharField(source="slug")

    class Meta:
        model = DecisionKind
        fields = [
            "decision",
            "name",
            "group",
            "description",
            "minimum_grain",
            "evidence_needed",
            "fairness_needed",
            "accountable_needed",
            "consequential",
        ]


class RuleSerializer(serializers.Serializer):
    """One rule of the rulebook in force, in its own words."""

    id = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    why = serializers.CharField()
    fix = serializers.CharField()
    family = serializers.CharField()
    effect = serializers.CharField()
    waivable = serializers.CharField()
