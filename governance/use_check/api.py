"""Use checks and evidence profiles in the API."""

from typing import cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.rules.vocabulary import EvidenceKind
from governance.decisions.doors.api import read_body
from governance.decisions.doors.replies import serialize_receipt
from governance.decisions.models import Door
from governance.people.models import User
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from governance.people.token_views import TokenView
from governance.use_check import openapi, permissions, queries, services
from governance.use_check import serializers as told
from governance.use_check.asked import parse_use
from governance.use_check.files import read_upload, respond
from governance.use_check.models import BulkCheck, RoleProfile
from governance.use_check.receipts import serialize_bulk_receipt
from ground.inputs import validate_body
from ground.paging import ByCursor
from ground.problems import json_response


class ProfilesByFamily(ByCursor):
    ordering = ("role_family", "id")


class UseCheckView(TokenView):
    """May these metrics be used for this decision? Yes, no or ask the board, with every rule and clause that decides it.

    It reads no values, and is one entry of the log, marked as a check.
    """

    token_scope = Scope.ASK

    @extend_schema(operation_id="use_check", request=openapi.REQUEST, responses=openapi.RESPONSES)
    def post(self, http: ApiRequest) -> HttpResponse:
        permissions.check_can_check(http.user)
        checked, given = services.check_use(asked=parse_use(read_body(http)), by=http.user, door=Door.API)
        return json_response(told.serialize_checked(checked, serialize_receipt(given)))


class ProfileList(generics.ListAPIView[RoleProfile]):
    """The evidence profile of each role family; POST writes one, which counts from then on."""

    token_scope = Scope.WRITE
    queryset = RoleProfile.objects.none()  # for the API's description
    serializer_class = told.ProfileSerializer
    pagination_class = ProfilesByFamily

    def get_queryset(self) -> QuerySet[RoleProfile]:
        return queries.list_profiles()

    @extend_schema(request=told.ProfileInput, responses={201: told.ProfileSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_keep_profiles(http.user)
        given = validate_body(told.ProfileInput, http)
        kinds = {EvidenceKind(kind) for kind in given.pop("evidence_kinds")}
        profile = services.write_profile(**given, evidence_kinds=kinds, by=http.user)
        return Response(told.ProfileSerializer(profile).data, status=status.HTTP_201_CREATED)


class BulksByAge(ByCursor):
    ordering = ("-filed_at", "-id")


class BulkList(generics.ListAPIView[BulkCheck]):
    """The files of intended uses that the asker sent, newest first; POST sends one as multipart form data, in the part `file`."""

    token_scope = Scope.ASK
    parser_classes = (MultiPartParser,)
    queryset = BulkCheck.objects.none()  # for the API's description
    serializer_class = told.BulkSerializer
    pagination_class = BulksByAge

    def get_queryset(self) -> QuerySet[BulkCheck]:
        return queries.list_bulks(cast("User", self.request.user))

    @extend_schema(
        operation_id="use_check_file_send",
        request={"multipart/form-data": openapi.FILE},
        responses={201: told.BulkSerializer},
    )
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_check(http.user)
        upload = validate_body(told.FileInput, http)["file"]
        bulk = services.file_bulk(name=upload.name or "", body=read_upload(upload), by=http.user)
        return Response(told.BulkSerializer(bulk).data, status=status.HTTP_201_CREATED)


class BulkDetail(APIView):
    """How far one file is."""

    @extend_schema(operation_id="use_check_file", responses=told.BulkSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return Response(told.BulkSerializer(queries.get_bulk(key, by=http.user)).data)


class BulkResult(APIView):
    """The file with its answers, whose entry in the log `X-Log-Entry` names."""

    @extend_schema(operation_id="use_check_file_result", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, http: ApiRequest, key: UUID) -> HttpResponse:
        return respond(queries.get_bulk(key, by=http.user))


class BulkReceipt(APIView):
    """The receipt of one file, with the hashes of both, and the proof that its entry stands in the log."""

    @extend_schema(operation_id="use_check_file_receipt", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest, key: UUID) -> HttpResponse:
        return json_response(serialize_bulk_receipt(queries.get_bulk(key, by=http.user)))
