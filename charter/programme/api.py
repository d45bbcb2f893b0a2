"""The contract with everybody, in the API (S133)."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.programme import contract as contracts
from charter.programme import permissions
from charter.programme import serializers as told
from charter.programme.models import Contract
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.errors import NotFound
from ground.inputs import validate_body
from ground.paging import ByCursor


class HighestNumberFirst(ByCursor):
    ordering = "-number"


class ContractInForce(APIView):
    """The contract that counts; POST publishes the next version, or gives the one that says the same already."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="contract", responses=told.ContractSerializer)
    def get(self, http: ApiRequest) -> Response:
        found = contracts.find_contract_in_force()
        if found is None:
            raise NotFound("The contract is not published yet.", code="contract_not_published")
        return Response(told.ContractSerializer(found).data)

    @extend_schema(
        operation_id="contract_publish", request=told.ContractInput, responses={201: told.ContractSerializer}
    )
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_publish_contract(http.user)
        made = contracts.publish(**validate_body(told.ContractInput, http), by=http.user)
        return Response(told.ContractSerializer(made).data, status=status.HTTP_201_CREATED)


class ContractList(generics.ListAPIView[Contract]):
    """Every version of the contract, newest first, without its text."""

    queryset = Contract.objects.select_related("published_by").defer("can", "cannot", "disputes")
    serializer_class = told.ContractSummarySerializer
    pagination_class = HighestNumberFirst


class ContractDetail(APIView):
    """One version of the contract."""

    @extend_schema(operation_id="contract_version", responses=told.ContractSerializer)
    def get(self, http: ApiRequest, number: int) -> Response:
        found = get_object_or_404(Contract.objects.select_related("published_by"), number=number)
        return Response(told.ContractSerializer(found).data)
