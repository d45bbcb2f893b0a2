"""Records of processing in the API, for those who answer for them."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.registry.models import CharterVersion, Programme
from governance.desk import permissions
from governance.desk.records import COLUMNS, processed, record_of
from ground import clock
from ground.errors import NotFound
from ground.paging import ByCursor


class RecordSerializer(serializers.ModelSerializer):
    """What is processed for one metric, why, on what basis, for whom and how long; entries are plain text."""

    metric = serializers.CharField(source="metric.slug")
    version = serializers.IntegerField(source="number")
    in_force = serializers.BooleanField()
    entries = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = CharterVersion
        fields = ["metric", "version", "standing", "in_force", "activated_at", "expires_at", "entries"]

    def to_representation(self, version: CharterVersion) -> dict[str, Any]:
        found = record_of(version)
        said = (text for _heading, text in found.entries)
        version.in_force, version.entries = found.in_force, dict(zip(COLUMNS, said, strict=True))
        return super().to_representation(version)


class ByName(ByCursor):
    ordering = ("metric__name", "pk")


class RecordList(generics.ListAPIView):
    """The records of all metrics that data are or were processed for, by name."""

    queryset = CharterVersion.objects.none()  # for the API's description
    serializer_class = RecordSerializer
    pagination_class = ByName

    def get_queryset(self):
        _check(self.request)
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
        _check(http)
        version = processed().filter(metric__slug=slug).first()
        if version is None:
            raise NotFound("No data are or were processed for a metric of that name.")
        return Response(RecordSerializer(version).data)


def _check(http: Request) -> None:
    programme = Programme.objects.first()
    on = clock.today(programme.time_zone if programme else "UTC")
    permissions.check_can_read_records(http.user, on)
