"""The contract with everybody and the kinds of metrics beside each other, in the API (S133, S136)."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.registry import comparison, permissions
from charter.registry import contract as contracts
from charter.registry.models import Contract, Metric
from charter.registry.serializers import contract as told
from ground.errors import NotFound
from ground.inputs import given
from ground.paging import ByCursor


class NewestFirst(ByCursor):
    ordering = "-number"


class ByName(ByCursor):
    ordering = ("name", "id")


class ContractInForce(APIView):
    """The contract that counts; POST publishes the next version, or gives the one that says the same already."""

    @extend_schema(operation_id="contract", responses=told.ContractSerializer)
    def get(self, http: Request) -> Response:
        found = contracts.in_force()
        if found is None:
            raise NotFound("The contract is not published yet.", code="contract_not_published")
        return Response(told.ContractSerializer(found).data)

    @extend_schema(
        operation_id="contract_publish", request=told.ContractInput, responses={201: told.ContractSerializer}
    )
    def post(self, http: Request) -> Response:
        permissions.check_can_publish_contract(http.user)
        made = contracts.publish(**given(told.ContractInput, http), by=http.user)
        return Response(told.ContractSerializer(made).data, status=status.HTTP_201_CREATED)


class ContractList(generics.ListAPIView):
    """Every version of the contract, newest first, without its text."""

    queryset = Contract.objects.select_related("published_by").defer("can", "cannot", "disputes")
    serializer_class = told.ContractSummarySerializer
    pagination_class = NewestFirst


class ContractDetail(APIView):
    """One version of the contract."""

    @extend_schema(operation_id="contract_version", responses=told.ContractSerializer)
    def get(self, http: Request, number: int) -> Response:
        found = get_object_or_404(Contract.objects.select_related("published_by"), number=number)
        return Response(told.ContractSerializer(found).data)


class KindList(APIView):
    """The kinds of metrics that everybody asks about, generated from the charters (S136, S137)."""

    @extend_schema(operation_id="metric_kinds", responses=told.KindSerializer(many=True))
    def get(self, http: Request) -> Response:
        return Response(told.KindSerializer(comparison.kinds(), many=True).data)


class OtherKindList(generics.ListAPIView):
    """Metrics in force that belong to none of those kinds, one a row."""

    queryset = Metric.objects.none()  # for the API's description; each request has its own
    serializer_class = told.KindSerializer
    pagination_class = ByName

    def get_queryset(self):
        return comparison.other_metrics()

    def paginate_queryset(self, queryset):
        """The rows of a page's metrics."""
        return comparison.others(super().paginate_queryset(queryset))
