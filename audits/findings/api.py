"""Findings in the API: those that the asker may see, dismissed or put to the board."""

from collections.abc import Callable
from typing import ClassVar
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.findings import queries, services
from audits.findings import serializers as told
from audits.findings.models import AuditFinding
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.errors import BadInput
from ground.inputs import validate_body


class Findings(APIView):
    """Findings that wait for somebody; with `over=true` those that are settled. Each with its definition and false-alarm rate."""

    @extend_schema(
        operation_id="findings",
        parameters=[OpenApiParameter("over", bool)],
        responses={200: OpenApiTypes.OBJECT},
    )
    def get(self, http: ApiRequest) -> Response:
        over = http.query_params.get("over", "false")
        if over not in ("true", "false"):
            raise BadInput("Write true or false.", field="over")
        found = queries.list_seen(http.user, over=over == "true")
        return Response({"results": [told.serialize_finding(each) for each in found]})


class OneFinding(APIView):
    """One finding with its evidence."""

    @extend_schema(operation_id="finding", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return Response(told.serialize_finding(queries.get_finding(key, by=http.user)))


class _Settle(APIView):
    """Settle one finding; answers with it as it is then."""

    token_scope = Scope.WRITE
    settle: ClassVar[Callable[..., AuditFinding]]

    def answer(self, http: ApiRequest, key: UUID) -> Response:
        found = queries.get_finding(key, by=http.user)
        type(self).settle(finding=found, by=http.user, **validate_body(told.SettleInput, http))
        return Response(told.serialize_finding(queries.get_finding(key, by=http.user)))


class FindingDismissal(_Settle):
    """Say why it is nothing."""

    settle = staticmethod(services.dismiss)

    @extend_schema(
        operation_id="finding_dismiss", request=told.SettleInput, responses={200: OpenApiTypes.OBJECT}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        return self.answer(http, key)


class FindingCase(_Settle):
    """Put it to the board, with why."""

    settle = staticmethod(services.open_case)

    @extend_schema(
        operation_id="finding_case", request=told.SettleInput, responses={200: OpenApiTypes.OBJECT}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        return self.answer(http, key)
