"""Records of processing in the API, for those who answer for them."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.registry.models import CharterVersion
from charter.registry.states import Standing
from governance.desk import permissions
from governance.desk.context import today
from governance.desk.records import processed, record_of
from ground.errors import NotFound
from ground.paging import ByCursor


class RecordSerializer(serializers.Serializer):
    """What is processed for one metric, why, on what basis, for whom and how long; entries are plain text."""

    metric = serializers.CharField(source="version.metric.slug")
    version = serializers.IntegerField(source="version.number")
    standing = serializers.ChoiceField(choices=Standing.choices, source="version.standing")
    in_force = serializers.BooleanField()
    activated_at = serializers.DateTimeField(source="version.activated_at", allow_null=True)
    expires_at = serializers.DateTimeField(source="version.expires_at", allow_null=True)
    entries = serializers.DictField(child=serializers.CharField(), source="texts")

    def to_representation(self, version: CharterVersion) -> dict[str, Any]:
        return super().to_representation(record_of(version))


class ByName(ByCursor):
    ordering = ("metric__name", "pk")


class RecordList(generics.ListAPIView):
    """The records of all metrics that data are or were processed for, by name."""

    queryset = CharterVersion.objects.none()  # for the API's description
    serializer_class = RecordSerializer
    pagination_class = ByName

    def get_queryset(self):
        permissions.check_can_read_records(self.request.user, today(self.request))
        word = self.request.query_params.get("name", "").strip()[:100]
        return processed().filter(metric__name__icontains=word) if word else processed()

    @extend_schema(
        operation_id="records", parameters=[OpenApiParameter("name", str, description="Part of its name.")]
    )
    def get(self, http: Request) -> Response:
        return super().get(http)


class RecordDetail(APIView):
    """One record."""

    @extend_schema(operation_id="record", responses=RecordSerializer)
    def get(self, http: Request, slug: str) -> Response:
        permissions.check_can_read_records(http.user, today(http))
        version = processed().filter(metric__slug=slug).first()
        if version is None:
            raise NotFound("No data are or were processed for a metric of that name.")
        return Response(RecordSerializer(version).data)
