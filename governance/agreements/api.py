"""Agreements in the API: read by everybody, written, put and ended by the same people as on the pages."""

from typing import Any, cast
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.agreements import permissions, queries, services
from governance.agreements import serializers as told
from governance.agreements.agreement_text import AgreementText
from governance.agreements.findings import list_findings
from governance.agreements.models import AgreementDocument, AgreementVersion
from governance.agreements.screens.agreements import send
from governance.people.models import User
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground import calendar
from ground.errors import BadInput, NotFound
from ground.inputs import validate_body
from ground.msgspec_errors import locate_fault
from ground.paging import ByCursor


class BySlug(ByCursor):
    ordering = ("slug", "-number")


class AgreementList(generics.ListAPIView[AgreementVersion]):
    """The versions that the asker may read, by short name, the newest first; POST writes an agreement or its next version."""

    token_scope = Scope.WRITE
    queryset = AgreementVersion.objects.none()  # for the API's description
    serializer_class = told.AgreementSerializer
    pagination_class = BySlug
    filterset_fields = ["slug", "kind"]

    def get_queryset(self) -> QuerySet[AgreementVersion]:
        found = queries.list_seen(cast("User", self.request.user))
        return found.prefetch_related(queries.documents_unread())

    def get_serializer_context(self) -> dict[str, Any]:
        """Where each stands, read once a page, and not where the API only describes itself."""
        standings = SimpleLazyObject(lambda: queries.read_standings(calendar.today()))
        return {**super().get_serializer_context(), "standings": standings}

    @extend_schema(request=OpenApiTypes.OBJECT, responses={201: told.AgreementSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_write(http.user)
        version = services.write_agreement(text=_read_text(http), by=http.user)
        return _tell(version, status.HTTP_201_CREATED)


class AgreementDetail(APIView):
    """One version; PUT changes it until it comes before the board."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="agreement", responses=told.AgreementSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return _tell(queries.get_version(key, by=http.user))

    @extend_schema(
        operation_id="agreement_change", request=OpenApiTypes.OBJECT, responses=told.AgreementSerializer
    )
    def put(self, http: ApiRequest, key: UUID) -> Response:
        version = queries.get_version(key, by=http.user)
        permissions.check_can_change(http.user, version)
        return _tell(services.change_agreement(version=version, text=_read_text(http), by=http.user))


class AgreementPutToBoard(APIView):
    """Putting a version to the board; 400 with `findings` where something is missing."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="agreement_put", request=None, responses={201: told.AgreementCaseSerializer})
    def post(self, http: ApiRequest, key: UUID) -> Response:
        case = services.put_to_board(version=queries.get_version(key, by=http.user), by=http.user)
        return Response(told.AgreementCaseSerializer({"case": case.pk}).data, status=status.HTTP_201_CREATED)


class AgreementEnd(APIView):
    """Recording that a party gave notice."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="agreement_end", request=told.AgreementNoticeInput, responses=told.AgreementSerializer
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        version = queries.get_version(key, by=http.user)
        permissions.check_can_give_notice(http.user)
        given = validate_body(told.AgreementNoticeInput, http)
        return _tell(services.give_notice(version=version, by=http.user, **given))


class AgreementDocuments(APIView):
    """Adding a file, as multipart form data with the field `document`."""

    token_scope = Scope.WRITE
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="agreement_document_add",
        request={"multipart/form-data": {"type": "object", "properties": {"document": {"type": "string", "format": "binary"}}}},
        responses={201: told.AgreementDocumentSerializer},
    )  # fmt: skip
    def post(self, http: ApiRequest, key: UUID) -> Response:
        version = queries.get_version(key, by=http.user)
        permissions.check_can_change(http.user, version)
        file = http.FILES.get("document")
        if file is None:
            raise BadInput(_("Send the file as the field “document”."), field="document", code="required")
        document = services.add_document(version=version, file=file, by=http.user)
        return Response(told.AgreementDocumentSerializer(document).data, status=status.HTTP_201_CREATED)


class AgreementDocumentContent(APIView):
    """A file, as it was sent."""

    @extend_schema(
        operation_id="agreement_document", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, http: ApiRequest, key: UUID) -> HttpResponse:
        found = AgreementDocument.objects.select_related("version__case").filter(pk=key).first()
        if found is None:
            raise NotFound(_("There is no such document."), code="document_not_found")
        permissions.check_can_open_documents(http.user, found.version)
        return send(found)


class AgreementFindings(APIView):
    """What contradicts agreements in force, cites what is not there, or rests on what ends."""

    @extend_schema(operation_id="agreement_findings", responses=told.AgreementFindingSerializer(many=True))
    def get(self, http: ApiRequest) -> Response:
        found = list_findings(calendar.today())
        return Response(told.AgreementFindingSerializer(found, many=True).data)


def _read_text(http: ApiRequest) -> AgreementText:
    """The body as an agreement. Raises BadInput naming the field."""
    try:
        return msgspec.convert(http.data, AgreementText)
    except msgspec.ValidationError as error:
        sentence, place = locate_fault(str(error))
        raise BadInput(sentence, field=place or "text") from error


def _tell(version: AgreementVersion, code: int = status.HTTP_200_OK) -> Response:
    return Response(told.AgreementSerializer(version).data, status=code)
