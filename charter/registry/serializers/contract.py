"""The contract, and kinds of metrics beside each other, as JSON."""

from rest_framework import serializers

from charter.registry.models import Contract
from ground.inputs import Input

_LONGEST = 20_000


class ContractInput(Input):
    """The three blocks, which are always these three (S135)."""

    can = serializers.CharField(max_length=_LONGEST)
    cannot = serializers.CharField(max_length=_LONGEST)
    disputes = serializers.CharField(max_length=_LONGEST)


class ContractSummarySerializer(serializers.ModelSerializer):
    published_by = serializers.CharField(source="published_by.username")

    class Meta:
        model = Contract
        fields = ["number", "content_hash", "published_at", "published_by"]


class ContractSerializer(ContractSummarySerializer):
    class Meta(ContractSummarySerializer.Meta):
        fields = [*ContractSummarySerializer.Meta.fields, "can", "cannot", "disputes"]


class MemberSerializer(serializers.Serializer):
    metric = serializers.CharField(source="slug")
    name = serializers.CharField()
    in_force = serializers.BooleanField()
    registered = serializers.BooleanField()


class KindSerializer(serializers.Serializer):
    """One kind of metric: what it is good for, what not, its risk, and what to do (S136)."""

    name = serializers.CharField()
    members = MemberSerializer(many=True)
    good = serializers.CharField()
    bad = serializers.CharField()
    risk = serializers.CharField()
    action = serializers.CharField()
