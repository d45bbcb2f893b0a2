"""Records of processing in the API, for those who answer for them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import SimpleLazyObject
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.registry.models import CharterVersion
from charter.registry.screens.page_context import today
from charter.registry.states import StandingChoices
from governance.agreements.queries import list_held
from governance.desk import permissions
from governance.desk.processing_records import list_processed, read_record
from governance.people.requests import ApiRequest
from ground import calendar
from ground.errors import NotFound
from ground.paging import ByCursor
from ground.parsing import clean_word


class RecordSerializer(serializers.Serializer[Any]):
    """What is processed for one metric, why, on what basis, for whom and how long; entries are plain text."""

    metric = serializers.CharField(source="version.metric.slug")
    version = serializers.IntegerField(source="version.number")
    standing = serializers.ChoiceField(choices=StandingChoices.choices, source="version.standing")
    in_force = serializers.BooleanField()
    activated_at = serializers.DateTimeField(source="version.activated_at", allow_null=True)
    expires_at = serializers.DateTimeField(source="version.expires_at", allow_null=True)
    entries = serializers.DictField(child=serializers.CharField(), source="texts")

    def to_representation(self, version: CharterVersion) -> dict[str, Any]:
        held = self.context.get("held")
        return super().to_representation(read_record(version, held))


class ByName(ByCursor):
    ordering = ("metric__name", "pk")


class RecordList(generics.ListAPIView[CharterVersion]):
    """The records of all metrics that data are or were processed for, by name."""

    request: ApiRequest
    queryset = CharterVersion.objects.none()  # for the API's description
    serializer_class = RecordSerializer
    pagination_class = ByName

    def get_queryset(self) -> QuerySet[CharterVersion]:
        permissions.check_can_read_records(self.request.user, today(self.request))
        word = clean_word(self.request.query_params.get("name", ""))
        return list_processed().filter(metric__name__icontains=word) if word else list_processed()

    def get_serializer_context(self) -> dict[str, Any]:
        """The agreements held today, read once a page, and not where the API only describes itself."""
        held = SimpleLazyObject(lambda: list_held(calendar.today()))
        return {**super().get_serializer_context(), "held": held}

    @extend_schema(
        operation_id="records", parameters=[OpenApiParameter("name", str, description="Part of its name.")]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class RecordDetail(APIView):
    """One record."""

    @extend_schema(operation_id="record", responses=RecordSerializer)
    def get(self, http: ApiRequest, slug: str) -> Response:
        permissions.check_can_read_records(http.user, today(http))
        version = list_processed().filter(metric__slug=slug).first()
        if version is None:
            raise NotFound("No data are or were processed for a metric of that name.")
        return Response(RecordSerializer(version).data)
