"""Training in the API: one's own state, what one says that one has read, and how many managers are ready."""

from dataclasses import asdict
from datetime import date

import msgspec
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.programme.models import Contract, Programme
from charter.registry.models import RulebookVersion
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from governance.training import permissions, queries, services
from governance.training.models import Acknowledgement, ContractAcknowledgement
from governance.training.queries import Readiness
from governance.training.serializers import CountsSerializer, ReadinessSerializer
from ground import calendar
from ground.inputs import Input, validate_body


class OwnTraining(APIView):
    """What is asked of the token's holder, and what they hold: rules, contract, course. Never a score."""

    @extend_schema(operation_id="training", responses=ReadinessSerializer)
    def get(self, request: ApiRequest) -> Response:
        found = queries.read_readiness(request.user)
        return Response(ReadinessSerializer(_told(found, calendar.today())).data)


class ManagerCounts(APIView):
    """How many managers know the rules as they are, and of how many (S54): for HR, board, auditors, administrators."""

    @extend_schema(operation_id="training_managers", responses=CountsSerializer)
    def get(self, request: ApiRequest) -> Response:
        permissions.check_can_see_counts(request.user)
        programme = Programme.objects.first()
        minimum = programme.minimum_group if programme else Programme._meta.get_field("minimum_group").default
        return Response(CountsSerializer(asdict(queries.count_ready(calendar.today(), minimum=minimum))).data)


def _told(found: Readiness, on: date) -> dict[str, object]:
    parts = {name: getattr(found, name) for name in ("rules", "contract", "course", "attested")}
    return {
        **{name: part and msgspec.structs.asdict(part) for name, part in parts.items()},
        "acknowledged": found.rules is not None and found.rules.acknowledged_at is not None,
        "trained": found.attests(on),
    }


class AcknowledgementInput(Input):
    """The version that was read; only the one that counts can be acknowledged."""

    number = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class AcknowledgementSerializer(serializers.ModelSerializer[ContractAcknowledgement]):
    number = serializers.IntegerField(source="contract.number")

    class Meta:
        model = ContractAcknowledgement
        fields = ["number", "acknowledged_at"]


class RulesAcknowledgementSerializer(serializers.ModelSerializer[Acknowledgement]):
    number = serializers.IntegerField(source="rulebook_version.number")

    class Meta:
        model = Acknowledgement
        fields = ["number", "acknowledged_at"]


class RulesAcknowledgements(APIView):
    """The versions of the rules that the asker has acknowledged; POST acknowledges those in force (AR24, S54)."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="rules_acknowledgements", responses=RulesAcknowledgementSerializer(many=True))
    def get(self, http: ApiRequest) -> Response:
        found = Acknowledgement.objects.filter(user=http.user).select_related("rulebook_version")
        return Response(RulesAcknowledgementSerializer(found, many=True).data)

    @extend_schema(
        operation_id="rules_acknowledge",
        request=AcknowledgementInput,
        responses={201: RulesAcknowledgementSerializer},
    )
    def post(self, http: ApiRequest) -> Response:
        number = validate_body(AcknowledgementInput, http)["number"]
        version = get_object_or_404(RulebookVersion, number=number)
        made = services.acknowledge(rulebook_version=version, by=http.user)
        return Response(RulesAcknowledgementSerializer(made).data, status=201)


class ContractAcknowledgements(APIView):
    """The versions of the contract that the asker has acknowledged; POST acknowledges the one that counts (S133)."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="contract_acknowledgements", responses=AcknowledgementSerializer(many=True))
    def get(self, http: ApiRequest) -> Response:
        found = ContractAcknowledgement.objects.filter(user=http.user).select_related("contract")
        return Response(AcknowledgementSerializer(found, many=True).data)

    @extend_schema(
        operation_id="contract_acknowledge",
        request=AcknowledgementInput,
        responses={201: AcknowledgementSerializer},
    )
    def post(self, http: ApiRequest) -> Response:
        number = validate_body(AcknowledgementInput, http)["number"]
        contract = get_object_or_404(Contract, number=number)
        made = services.acknowledge_contract(contract=contract, by=http.user)
        return Response(AcknowledgementSerializer(made).data, status=201)
