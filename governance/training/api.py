"""Training in the API: one's own state, what one says that one has read, and how many managers are ready."""

from dataclasses import asdict
from datetime import date

import msgspec
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.registry.models import Contract, Programme, RulebookVersion
from governance.training import permissions, queries, services
from governance.training.models import Acknowledgement, ContractAcknowledgement
from governance.training.queries import Readiness
from governance.training.serializers import CountsSerializer, ReadinessSerializer
from ground import clock
from ground.inputs import Input, given


class OwnTraining(APIView):
    """What is asked of the token's holder, and what they hold: rules, contract, course. Never a score."""

    @extend_schema(operation_id="training", responses=ReadinessSerializer)
    def get(self, request: Request) -> Response:
        programme = Programme.objects.first()
        found = queries.readiness(request.user)
        return Response(ReadinessSerializer(_told(found, _today(programme))).data)


class ManagerCounts(APIView):
    """How many managers know the rules as they are, and of how many (S54): for HR, board, auditors, administrators."""

    @extend_schema(operation_id="training_managers", responses=CountsSerializer)
    def get(self, request: Request) -> Response:
        permissions.check_can_see_counts(request.user)
        programme = Programme.objects.first()
        minimum = programme.minimum_group if programme else Programme._meta.get_field("minimum_group").default
        return Response(CountsSerializer(asdict(queries.counts(_today(programme), minimum=minimum))).data)


def _told(found: Readiness, on: date) -> dict[str, object]:
    parts = {name: getattr(found, name) for name in ("rules", "contract", "course", "attested")}
    return {
        **{name: part and msgspec.structs.asdict(part) for name, part in parts.items()},
        "acknowledged": found.rules is not None and found.rules.acknowledged_at is not None,
        "trained": found.attests(on),
    }


def _today(programme: Programme | None) -> date:
    return clock.today(programme.time_zone if programme else "UTC")


class AcknowledgementInput(Input):
    """The version that was read; only the one that counts can be acknowledged."""

    number = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class AcknowledgementSerializer(serializers.ModelSerializer):
    number = serializers.IntegerField(source="contract.number")

    class Meta:
        model = ContractAcknowledgement
        fields = ["number", "acknowledged_at"]


class RulesAcknowledgementSerializer(serializers.ModelSerializer):
    number = serializers.IntegerField(source="rulebook_version.number")

    class Meta:
        model = Acknowledgement
        fields = ["number", "acknowledged_at"]


class RulesAcknowledgements(APIView):
    """The versions of the rules that the asker has acknowledged; POST acknowledges those in force (AR24, S54)."""

    @extend_schema(operation_id="rules_acknowledgements", responses=RulesAcknowledgementSerializer(many=True))
    def get(self, http: Request) -> Response:
        found = Acknowledgement.objects.filter(user=http.user).select_related("rulebook_version")
        return Response(RulesAcknowledgementSerializer(found, many=True).data)

    @extend_schema(
        operation_id="rules_acknowledge",
        request=AcknowledgementInput,
        responses={201: RulesAcknowledgementSerializer},
    )
    def post(self, http: Request) -> Response:
        number = given(AcknowledgementInput, http)["number"]
        version = get_object_or_404(RulebookVersion, number=number)
        made = services.acknowledge(rulebook_version=version, by=http.user)
        return Response(RulesAcknowledgementSerializer(made).data, status=201)


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
