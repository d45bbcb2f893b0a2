"""Metrics and charters as JSON."""

from rest_framework import serializers

from charter.registry import matrix
from charter.registry.models import DecisionKind, Metric, Review
from charter.registry.queries import MatrixRow
from charter.registry.states import ReviewKind
from ground.inputs import Input


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


class ChangeInput(Input):
    """A change of the organisation or of a platform; `sources` narrow what a migration reaches."""

    kind = serializers.ChoiceField(choices=[ReviewKind.ORG_CHANGE, ReviewKind.MIGRATION])
    says = serializers.CharField(max_length=1000)
    on = serializers.DateField()
    teams = serializers.ListField(child=serializers.SlugField(max_length=60), required=False, max_length=500)
    sources = serializers.ListField(
        child=serializers.SlugField(max_length=100), required=False, max_length=500
    )


class ChangeSerializer(serializers.ModelSerializer):
    """A recorded change and its review: how many charters it reaches, by when, and since when they are looked at."""

    on = serializers.DateField(source="happened_on")
    reached = serializers.IntegerField()
    recorded_at = serializers.DateTimeField(source="opened_at")
    recorded_by = serializers.CharField(source="opened_by.username")
    reviewed_at = serializers.DateTimeField(source="closed_at")

    class Meta:
        model = Review
        fields = [
            "id",
            "kind",
            "says",
            "on",
            "teams",
            "sources",
            "reached",
            "due_on",
            "recorded_at",
            "recorded_by",
            "reviewed_at",
        ]


class CellSerializer(serializers.Serializer):
    """One decision of one metric; `says` is the condition or the reason, `clause` leads to where the charter says it."""

    decision = serializers.CharField()
    use = serializers.CharField()
    grains = serializers.ListField(child=serializers.CharField())
    says = serializers.CharField()
    clause = serializers.SerializerMethodField()

    def get_clause(self, cell: matrix.Cell) -> str:
        return f"#{cell.anchor}"


class MatrixRowSerializer(serializers.Serializer):
    """One metric against every decision asked for; `page` with a cell's `clause` behind it is the clause's address."""

    metric = serializers.CharField(source="metric.slug")
    name = serializers.CharField(source="metric.name")
    page = serializers.SerializerMethodField()
    charter = CurrentCharterSerializer(source="metric.current", allow_null=True)
    in_force = serializers.BooleanField()
    uses = CellSerializer(source="cells", many=True)

    def get_page(self, row: MatrixRow) -> str:
        return f"/metrics/{row.metric.slug}"
