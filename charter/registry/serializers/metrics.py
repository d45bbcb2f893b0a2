"""Metrics and charters as JSON."""

from typing import Any

from rest_framework import serializers

from charter.programme.models import DecisionKind
from charter.registry import matrix
from charter.registry.models import CharterVersion, Metric
from charter.registry.queries import MatrixRow


class CurrentCharterSerializer(serializers.Serializer[Any]):
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


class MetricSerializer(serializers.ModelSerializer[Metric]):
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


class VersionSerializer(serializers.ModelSerializer[CharterVersion]):
    """One version of a metric's charter: where it stands, and who did what with it when."""

    created_by = serializers.CharField(source="created_by.username")
    submitted_by = serializers.CharField(source="submitted_by.username", default=None, allow_null=True)
    activated_by = serializers.CharField(source="activated_by.username", default=None, allow_null=True)
    ended_by = serializers.CharField(source="ended_by.username", default=None, allow_null=True)

    class Meta:
        model = CharterVersion
        fields = [
            "id",
            "number",
            "standing",
            "content_hash",
            "created_at",
            "created_by",
            "submitted_at",
            "submitted_by",
            "activated_at",
            "activated_by",
            "expires_at",
            "review_due_on",
            "ended_at",
            "ended_by",
        ]


class VersionDetailSerializer(VersionSerializer):
    class Meta(VersionSerializer.Meta):
        fields = [*VersionSerializer.Meta.fields, "document"]


class DifferenceSerializer(serializers.Serializer[Any]):
    """One field that says something else in the newer version, in words; empty where one of them says nothing."""

    heading = serializers.CharField()
    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class DecisionKindSerializer(serializers.ModelSerializer[DecisionKind]):
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


class CellSerializer(serializers.Serializer[Any]):
    """One decision of one metric; `says` is the condition or the reason, `clause` leads to where the charter says it."""

    decision = serializers.CharField()
    use = serializers.CharField()
    grains = serializers.ListField(child=serializers.CharField())
    says = serializers.CharField()
    clause = serializers.SerializerMethodField()

    def get_clause(self, cell: matrix.Cell) -> str:
        return f"#{cell.anchor}"


class MatrixRowSerializer(serializers.Serializer[Any]):
    """One metric against every decision asked for; `page` with a cell's `clause` behind it is the clause's address."""

    metric = serializers.CharField(source="metric.slug")
    name = serializers.CharField(source="metric.name")
    page = serializers.SerializerMethodField()
    charter = CurrentCharterSerializer(source="metric.current", allow_null=True)
    in_force = serializers.BooleanField()
    uses = CellSerializer(source="cells", many=True)

    def get_page(self, row: MatrixRow) -> str:
        return f"/metrics/{row.metric.slug}"
