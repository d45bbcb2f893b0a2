"""Enforcement points in the API: who may ask for others, registered and ended by administrators and the board."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.authzen import permissions, queries, services
from governance.authzen.models import EnforcementPoint
from governance.authzen.serializers import EnforcementPointSerializer, PointEndInput, PointInput
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.inputs import validate_body
from ground.paging import ByCursor


class NewestPoint(ByCursor):
    ordering = ("-registered_at", "-id")


class PointList(generics.ListAPIView[EnforcementPoint]):
    """Machines that may ask for others, newest first, with those that may no more; POST registers one."""

    request: ApiRequest
    token_scope = Scope.WRITE
    queryset = EnforcementPoint.objects.none()  # for the API's description
    serializer_class = EnforcementPointSerializer
    pagination_class = NewestPoint

    def get_queryset(self) -> QuerySet[EnforcementPoint]:
        return queries.list_points(by=self.request.user)

    @extend_schema(
        operation_id="enforcement_point_register",
        request=PointInput,
        responses={201: EnforcementPointSerializer},
    )
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_keep_points(http.user)  # before what is sent is judged
        fields = validate_body(PointInput, http)
        client = queries.get_client(fields["client"], by=http.user)
        point = services.register_point(client=client, purpose=fields["purpose"], by=http.user)
        return Response(EnforcementPointSerializer(point).data, status=status.HTTP_201_CREATED)


class PointEnd(APIView):
    """End a registration at once, with why."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="enforcement_point_end", request=PointEndInput, responses=EnforcementPointSerializer
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        point = queries.get_point(key, by=http.user)
        why = validate_body(PointEndInput, http)["why"]
        return Response(
            EnforcementPointSerializer(services.end_point(point=point, why=why, by=http.user)).data
        )
