"""Evidence packs and what can be taken along, in the API."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.packs import downloads, permissions, queries, services
from audits.packs import serializers as told
from audits.packs.models import EvidencePack
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.inputs import validate_body
from ground.paging import ByCursor


class PacksByTime(ByCursor):
    ordering = ("-asked_at", "-id")


class Packs(generics.ListAPIView[EvidencePack]):
    """Evidence packs, the newest first; POST asks for one of days that are over."""

    request: ApiRequest
    token_scope = Scope.WRITE
    queryset = EvidencePack.objects.none()  # for the API's description
    serializer_class = told.PackSerializer
    pagination_class = PacksByTime

    def get_queryset(self) -> QuerySet[EvidencePack]:
        permissions.check_can_read_packs(self.request.user)
        return queries.list_packs()

    @extend_schema(request=told.PackInput, responses={202: told.PackSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_read_packs(http.user)
        pack = services.ask_for_pack(by=http.user, **validate_body(told.PackInput, http))
        return Response(told.PackSerializer(pack).data, status=status.HTTP_202_ACCEPTED)


class Pack(APIView):
    """One pack, and how far it is."""

    @extend_schema(operation_id="evidence_pack", responses=told.PackSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return Response(told.PackSerializer(queries.get_pack(key, by=http.user)).data)


class PackDownload(APIView):
    """The signed archive of a pack; that it was taken is on the log."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="evidence_pack_take",
        request=None,
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def post(self, http: ApiRequest, key: UUID) -> HttpResponseBase:
        pack = queries.get_pack(key, by=http.user)
        return downloads.give_archive(pack, services.take_pack(pack=pack, by=http.user))


class TakeAlong(APIView):
    """Rules, rulebooks, charters, decisions, cases or minutes that are open to the asker, each with its entries of the log."""

    @extend_schema(
        operation_id="take_along",
        parameters=[OpenApiParameter("as", str, enum=["json", "csv"])],
        responses={(200, "application/json"): OpenApiTypes.OBJECT, (200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, http: ApiRequest, kind: str) -> HttpResponseBase:
        return downloads.give_rows(kind, http.query_params.get("as", "json"), by=http.user)
