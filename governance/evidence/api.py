"""Evidence in the API: written, opened and checked by the same people as on its pages."""

from typing import cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.rules.vocabulary import EvidenceKind
from governance.evidence import permissions, queries, services
from governance.evidence import serializers as told
from governance.evidence.models import EvidenceRecord
from governance.evidence.states import EvidenceSource
from governance.people.models import User
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.inputs import validate_body
from ground.paging import ByCursor


class NewestEvidence(ByCursor):
    ordering = ("-written_at", "-id")


class EvidenceList(generics.ListAPIView[EvidenceRecord]):
    """The evidence that the asker may open, newest first; POST writes a piece down."""

    token_scope = Scope.WRITE
    queryset = EvidenceRecord.objects.none()  # for the API's description
    serializer_class = told.EvidenceSerializer
    pagination_class = NewestEvidence
    filterset_fields = ["kind", "state"]

    def get_queryset(self) -> QuerySet[EvidenceRecord]:
        user = cast("User", self.request.user)
        permissions.check_can_open_list(user)
        return queries.list_seen(user)

    @extend_schema(request=told.EvidenceInput, responses={201: told.EvidenceSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_write_some(http.user)
        given = validate_body(told.EvidenceInput, http)
        person = services.find_person(given.pop("person") or "", by=http.user)
        said = services.EvidenceSaid(
            kind=EvidenceKind(given.pop("kind")), source=EvidenceSource(given.pop("source")), **given
        )
        record = services.write_evidence(said=said, person=person, by=http.user)
        return _tell(record, status.HTTP_201_CREATED)


class EvidenceDetail(APIView):
    """One record as the asker may open it."""

    @extend_schema(operation_id="evidence", responses=told.EvidenceSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return _tell(queries.get_evidence(key, by=http.user))


class EvidenceCheck(APIView):
    """Saying, having opened it, whether it says what is claimed."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="evidence_check", request=told.EvidenceCheckInput, responses=told.EvidenceSerializer
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        record = queries.get_evidence(key, by=http.user)
        permissions.check_can_check_evidence(http.user, record)
        given = validate_body(told.EvidenceCheckInput, http)
        services.check_evidence(record=record, by=http.user, **given)
        return _tell(queries.get_evidence(key, by=http.user))


class EvidenceWithdraw(APIView):
    """Taking back what one wrote, before anybody has checked it."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="evidence_withdraw", request=None, responses=told.EvidenceSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        record = queries.get_evidence(key, by=http.user)
        services.withdraw_evidence(record=record, by=http.user)
        return _tell(queries.get_evidence(key, by=http.user))


def _tell(record: EvidenceRecord, code: int = status.HTTP_200_OK) -> Response:
    return Response(told.EvidenceSerializer(record).data, status=code)
