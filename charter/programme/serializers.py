"""The contract as JSON."""

from rest_framework import serializers

from charter.programme.models import Contract
from ground.inputs import Input

_LONGEST = 20_000


class ContractInput(Input):
    """The three blocks, which are always these three (S135)."""

    can = serializers.CharField(max_length=_LONGEST)
    cannot = serializers.CharField(max_length=_LONGEST)
    disputes = serializers.CharField(max_length=_LONGEST)


class ContractSummarySerializer(serializers.ModelSerializer[Contract]):
    published_by = serializers.CharField(source="published_by.username")

    class Meta:
        model = Contract
        fields = ["number", "content_hash", "published_at", "published_by"]


class ContractSerializer(ContractSummarySerializer):
    class Meta(ContractSummarySerializer.Meta):
        fields = [*ContractSummarySerializer.Meta.fields, "can", "cannot", "disputes"]
