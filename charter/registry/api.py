"""The registry in the API, to read. What a charter says of itself is for everyone; drafts are for those who work on them."""

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.registry import permissions, queries, schema
from charter.registry.filters import MatrixFilter, MetricFilter
from charter.registry.models import DecisionKind
from charter.registry.serializers import (
    DecisionKindSerializer,
    MatrixRowSerializer,
    MetricDetailSerializer,
    MetricSerializer,
    RuleSerializer,
)
from ground import clock
from ground.paging import ByCursor


class BySlug(ByCursor):
    ordering = "slug"


class MetricList(generics.ListAPIView):
    """All metrics with the standing of the charter that governs each."""

    serializer_class = MetricSerializer
    pagination_class = BySlug
    filterset_class = MetricFilter

    def get_queryset(self):
        return queries.list_of_metrics()


class MetricDetail(generics.RetrieveAPIView):
    """One metric with its charter document."""

    serializer_class = MetricDetailSerializer
    lookup_field = "slug"

    def get_object(self):
        metric = get_object_or_404(queries.metrics_with_current_version(), slug=self.kwargs["slug"])
        permissions.check_can_see_version(self.request.user, metric.current)
        return metric


class MatrixList(generics.ListAPIView):
    """Every metric against every decision, as the charters in force say it (S8)."""

    serializer_class = MatrixRowSerializer
    pagination_class = BySlug
    filterset_class = MatrixFilter

    def get_queryset(self):
        return queries.list_of_metrics()

    def paginate_queryset(self, queryset):
        """The rows of a page's metrics; columns are narrowed by `group` and `decision`."""
        asked = MatrixFilter(self.request.query_params).columns
        metrics = super().paginate_queryset(queryset)
        return queries.matrix_rows(metrics, queries.declared_decisions(asked), clock.now())


class DecisionKindList(generics.ListAPIView):
    """The typed uses, with what each demands."""

    queryset = DecisionKind.objects.all()
    serializer_class = DecisionKindSerializer
    pagination_class = BySlug
    filterset_fields = ["group"]


class RuleList(APIView):
    """The rules in force, for everyone."""

    @extend_schema(operation_id="rules", responses=RuleSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(RuleSerializer(queries.rules_in_force(), many=True).data)


class CharterSchema(APIView):
    """The charter document as JSON Schema, for editors: it says nothing about anybody, so no token is asked for."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="charter_schema", auth=[], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response(schema.charter_schema(), content_type=schema.CONTENT_TYPE)
