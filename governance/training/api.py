"""What an account says that it has read, in the API."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.registry.models import Contract
from governance.training import services
from governance.training.models import ContractAcknowledgement
from ground.inputs import Input, given


class AcknowledgementInput(Input):
    """The version that was read; only the one that counts can be acknowledged."""

    number = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class AcknowledgementSerializer(serializers.ModelSerializer):
    number = serializers.IntegerField(source="contract.number")

    class Meta:
        model = ContractAcknowledgement
        fields = ["number", "acknowledged_at"]


class ContractAcknowledgements(APIView):
    """The versions of the contract that the asker has acknowledged; POST acknowledges the one that counts (S133)."""

    @extend_schema(operation_id="contract_acknowledgements", responses=AcknowledgementSerializer(many=True))
    def get(self, http: Request) -> Response:
        found = ContractAcknowledgement.objects.filter(user=http.user).select_related("contract")
        return Response(AcknowledgementSerializer(found, many=True).data)

    @extend_schema(
        operation_id="contract_acknowledge",
        request=AcknowledgementInput,
        responses={201: AcknowledgementSerializer},
    )
    def post(self, http: Request) -> Response:
        number = given(AcknowledgementInput, http)["number"]
        contract = get_object_or_404(Contract, number=number)
        made = services.acknowledge_contract(contract=contract, by=http.user)
        return Response(AcknowledgementSerializer(made).data, status=201)
