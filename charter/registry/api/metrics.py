"""The registry in the API, to read. What a charter says of itself is for everyone; drafts are for those who work on them."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.programme import queries as programme_queries
from charter.programme.models import DecisionKind
from charter.registry import permissions, queries, schema
from charter.registry.diff import find_differences
from charter.registry.filters import MatrixFilter, MetricFilter
from charter.registry.models import CharterVersion, Metric
from charter.registry.serializers.metrics import (
    DecisionKindSerializer,
    DifferenceSerializer,
    MatrixRowSerializer,
    MetricDetailSerializer,
    MetricSerializer,
    VersionDetailSerializer,
    VersionSerializer,
)
from governance.people.requests import ApiRequest
from ground import clock
from ground.paging import ByCursor
from ground.promises import promised


class MetricsBySlug(ByCursor):
    ordering = "slug"


class NewestVersion(ByCursor):
    ordering = "-number"


class MetricList(generics.ListAPIView[Metric]):
    """All metrics with the standing of the charter that governs each."""

    serializer_class = MetricSerializer
    pagination_class = MetricsBySlug
    filterset_class = MetricFilter

    def get_queryset(self) -> QuerySet[Metric]:
        return queries.list_metrics()


class MetricDetail(generics.RetrieveAPIView[Metric]):
    """One metric with its charter document."""

    request: ApiRequest
    serializer_class = MetricDetailSerializer
    lookup_field = "slug"

    def get_object(self) -> Metric:
        metric = get_object_or_404(queries.list_metrics_with_version(), slug=self.kwargs["slug"])
        permissions.check_can_see_version(self.request.user, promised(metric.current))
        return metric


class VersionList(generics.ListAPIView[CharterVersion]):
    """The versions of a metric's charter that the asker may read, newest first."""

    request: ApiRequest
    serializer_class = VersionSerializer
    pagination_class = NewestVersion
    queryset = CharterVersion.objects.none()  # for the API's description; each request has its own

    def get_queryset(self) -> QuerySet[CharterVersion]:
        metric = get_object_or_404(Metric.objects.select_related("owner"), slug=self.kwargs["slug"])
        found = queries.list_versions(metric).defer("document")
        if permissions.sees_all_versions(self.request.user, metric):
            return found
        return found.filter(standing__in=permissions.OPEN_TO_ALL)


class VersionDetail(APIView):
    """One version of a metric's charter with its document."""

    @extend_schema(operation_id="version", responses=VersionDetailSerializer)
    def get(self, http: ApiRequest, slug: str, number: int) -> Response:
        return Response(VersionDetailSerializer(_version(http, slug, number)).data)


class VersionDifferences(APIView):
    """What changed between two versions, field by field, in words."""

    @extend_schema(operation_id="version_differences", responses=DifferenceSerializer(many=True))
    def get(self, http: ApiRequest, slug: str, older: int, newer: int) -> Response:
        before, after = (_version(http, slug, number) for number in (older, newer))
        found = find_differences(queries.load_document(before.pk), queries.load_document(after.pk))
        return Response(DifferenceSerializer(found, many=True).data)


class MatrixList(generics.ListAPIView[Metric]):
    """Every metric against every decision, as the charters in force say it (S8)."""

    serializer_class = MatrixRowSerializer
    pagination_class = MetricsBySlug
    filterset_class = MatrixFilter

    def get_queryset(self) -> QuerySet[Metric]:
        return queries.list_metrics()

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        """The rows of a page's metrics; columns are narrowed by `group` and `decision`."""
        asked = MatrixFilter(self.request.query_params).columns
        metrics = super().paginate_queryset(queryset) or ()
        return queries.build_matrix_rows(
            metrics, programme_queries.list_declared_decisions(asked), clock.now()
        )


class DecisionKindList(generics.ListAPIView[DecisionKind]):
    """The typed uses, with what each demands."""

    queryset = DecisionKind.objects.all()
    serializer_class = DecisionKindSerializer
    pagination_class = MetricsBySlug
    filterset_fields = ["group"]


class CharterSchema(APIView):
    """The charter document as JSON Schema, for editors: it says nothing about anybody, so no token is asked for."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="charter_schema", auth=[], responses=OpenApiTypes.OBJECT)
    def get(self, request: ApiRequest) -> Response:
        return Response(schema.build_charter_schema(), content_type=schema.CONTENT_TYPE)


def _version(http: ApiRequest, slug: str, number: int) -> CharterVersion:
    """The version, if the asker may read it."""
    metric = get_object_or_404(Metric.objects.select_related("owner"), slug=slug)
    found = get_object_or_404(queries.list_versions(metric), number=number)
    permissions.check_can_see_version(http.user, found)
    return found
