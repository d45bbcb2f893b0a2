"""Retention in the API: what would go now, what went, and legal holds."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.retention import permissions, queries, services
from audits.retention import serializers as told
from audits.retention.models import LegalHold, Purge
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.inputs import validate_body
from ground.paging import ByCursor


class PurgesByTime(ByCursor):
    ordering = ("-at", "-id")


class HoldsByEnd(ByCursor):
    ordering = ("ends_on", "id")


class DryRun(APIView):
    """What has been kept long enough and would go with the next pass, and how much of it something keeps."""

    @extend_schema(operation_id="retention", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest) -> Response:
        permissions.check_can_read_retention(http.user)
        found = queries.list_due()
        return Response(
            {
                "due": [
                    {
                        "what": each.what.value,
                        "before": each.before,
                        "going": len(each.going),
                        "kept": each.kept,
                    }
                    for each in found
                ]
            }
        )


class Purges(generics.ListAPIView[Purge]):
    """What went, the latest first, with the hash of its keys."""

    request: ApiRequest
    queryset = Purge.objects.none()  # for the API's description
    serializer_class = told.PurgeSerializer
    pagination_class = PurgesByTime

    def get_queryset(self) -> QuerySet[Purge]:
        permissions.check_can_read_retention(self.request.user)
        return queries.list_purges()


class LegalHolds(generics.ListAPIView[LegalHold]):
    """Legal holds; POST places one."""

    request: ApiRequest
    token_scope = Scope.WRITE
    queryset = LegalHold.objects.none()  # for the API's description
    serializer_class = told.LegalHoldSerializer
    pagination_class = HoldsByEnd

    def get_queryset(self) -> QuerySet[LegalHold]:
        permissions.check_can_read_retention(self.request.user)
        return queries.list_holds()

    @extend_schema(request=told.LegalHoldInput, responses={201: told.LegalHoldSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_place_legal_hold(http.user)
        hold = services.place_legal_hold(by=http.user, **validate_body(told.LegalHoldInput, http))
        return Response(told.LegalHoldSerializer(hold).data, status=status.HTTP_201_CREATED)


class LegalHoldEnd(APIView):
    """End a legal hold before its day."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="legal_hold_end", request=told.EndHoldInput, responses={200: told.LegalHoldSerializer}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        permissions.check_can_place_legal_hold(http.user)
        hold = services.end_legal_hold(
            hold=queries.get_hold(key), by=http.user, **validate_body(told.EndHoldInput, http)
        )
        return Response(told.LegalHoldSerializer(hold).data)
