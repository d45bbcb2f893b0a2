"""Kinds of metrics beside each other, as JSON."""

from typing import Any

from rest_framework import serializers

from charter.registry.risk import RiskLevel


class MemberSerializer(serializers.Serializer[Any]):
    metric = serializers.CharField(source="slug")
    name = serializers.CharField()
    in_force = serializers.BooleanField()
    registered = serializers.BooleanField()


class KindSerializer(serializers.Serializer[Any]):
    """One kind of metric: what it is good for, what not, its risk, and what to do (S136)."""

    name = serializers.CharField()
    members = MemberSerializer(many=True)
    good = serializers.CharField()
    bad = serializers.CharField()
    risk_level = serializers.ChoiceField(choices=[level.value for level in RiskLevel])
    risk = serializers.CharField()
    action = serializers.CharField()
