"""Training as the API tells it: one's own state without any score, and counts."""

from typing import Any

from rest_framework import serializers


class AskedSerializer(serializers.Serializer[Any]):
    """A version that asks to be acknowledged, and when one did."""

    number = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)


class OfferedSerializer(serializers.Serializer[Any]):
    """The course to take."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    pass_percent = serializers.IntegerField(help_text="Share of right answers that passes")
    months = serializers.IntegerField(help_text="How long it is attested")


class AttestedSerializer(serializers.Serializer[Any]):
    """What one attested; `until` is the last day on which it counts."""

    course = serializers.IntegerField()
    attested_at = serializers.DateTimeField()
    until = serializers.DateField()


class ReadinessSerializer(serializers.Serializer[Any]):
    """What is asked of the token's holder, and what they hold."""

    rules = AskedSerializer(allow_null=True)
    contract = AskedSerializer(allow_null=True)
    course = OfferedSerializer(allow_null=True)
    attested = AttestedSerializer(allow_null=True)
    acknowledged = serializers.BooleanField(help_text="Whether the rules in force are acknowledged (AR24)")
    trained = serializers.BooleanField(help_text="Whether what was attested counts today (AR24)")


class CountsSerializer(serializers.Serializer[Any]):
    """How many lead people and how many of them are ready; null where they are too few to count."""

    managers = serializers.IntegerField(allow_null=True)
    ready = serializers.IntegerField(allow_null=True)
