"""Kinds of metrics beside each other, in the API (S136)."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.registry import comparison
from charter.registry.models import Metric
from charter.registry.serializers import kinds as told
from governance.people.requests import ApiRequest
from ground.paging import ByCursor


class KindsByName(ByCursor):
    ordering = ("name", "id")


class KindList(APIView):
    """The kinds of metrics that everybody asks about, generated from the charters (S136, S137)."""

    @extend_schema(operation_id="metric_kinds", responses=told.KindSerializer(many=True))
    def get(self, http: ApiRequest) -> Response:
        return Response(told.KindSerializer(comparison.compare_kinds(), many=True).data)


class OtherKindList(generics.ListAPIView[Metric]):
    """Metrics in force that belong to none of those kinds, one a row."""

    queryset = Metric.objects.none()  # for the API's description; each request has its own
    serializer_class = told.KindSerializer
    pagination_class = KindsByName

    def get_queryset(self) -> QuerySet[Metric]:
        return comparison.list_other_metrics()

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        """The rows of a page's metrics."""
        return comparison.compare_others(super().paginate_queryset(queryset) or ())
