"""Enforcement points as JSON."""

from rest_framework import serializers

from governance.authzen.models import EnforcementPoint
from governance.people.models import SLUG_LENGTH
from ground.inputs import Input

LONGEST_PURPOSE = 300


class PointInput(Input):
    client = serializers.CharField(max_length=SLUG_LENGTH)
    purpose = serializers.CharField(max_length=LONGEST_PURPOSE)


class PointEndInput(Input):
    why = serializers.CharField(max_length=LONGEST_PURPOSE)


class EnforcementPointSerializer(serializers.ModelSerializer[EnforcementPoint]):
    """A machine that may ask for others: what for, by whom it was registered, and whether that has ended."""

    client = serializers.CharField(source="client.username")
    registered_by = serializers.CharField(source="registered_by.username")
    ended_by = serializers.CharField(source="ended_by.username", default=None)

    class Meta:
        model = EnforcementPoint
        fields = [
            "id", "client", "purpose", "registered_at", "registered_by", "ended_at", "ended_by", "ended_because",
        ]  # fmt: skip
