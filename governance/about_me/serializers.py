"""What is held about oneself, as the API says it."""

from typing import Any

from rest_framework import serializers


class IncludedMetricSerializer(serializers.Serializer[Any]):
    """A metric that includes one; durations are ISO 8601."""

    metric = serializers.CharField(source="slug")
    name = serializers.CharField()
    version = serializers.IntegerField()
    standing = serializers.CharField()
    definition = serializers.CharField()
    affects_me = serializers.CharField()
    names_person = serializers.BooleanField()
    cohorts = serializers.ListField(child=serializers.CharField())
    sources = serializers.ListField(child=serializers.CharField())
    facts_kept = serializers.CharField()
    values_kept = serializers.CharField()
    own_use = serializers.CharField(allow_null=True)


class StoredItemSerializer(serializers.Serializer[Any]):
    """One thing that is stored; `rows` where they are counted."""

    what = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # the name of a field, and of an option of fields
    table = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField())
    until = serializers.CharField()
    rows = serializers.IntegerField(allow_null=True)


class ManagerUseSerializer(serializers.Serializer[Any]):
    """What the rules would say to whoever leads one's team."""

    metric = serializers.CharField()
    decision = serializers.CharField()
    of_person = serializers.BooleanField()
    outcome = serializers.CharField()
    lacks = serializers.CharField()
    why = serializers.CharField()


class NeverSerializer(serializers.Serializer[Any]):
    """A rule that refuses and that nobody can waive."""

    rule = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()


class AboutMeSerializer(serializers.Serializer[Any]):
    """All of it but the looks, which are a list of their own, and one's own values, which the line is asked for."""

    person = serializers.CharField()
    metrics = IncludedMetricSerializer(many=True)
    stored = StoredItemSerializer(many=True)
    manager = ManagerUseSerializer(many=True)
    nobody = NeverSerializer(many=True)


class LookSerializer(serializers.Serializer[Any]):
    """One look: who, when, at what, for what, and the number of its receipt."""

    at = serializers.DateTimeField()
    who = serializers.CharField()
    grain = serializers.CharField()
    named_me = serializers.BooleanField(source="of_me")
    whose = serializers.CharField()
    metrics = serializers.ListField(child=serializers.CharField())
    beside = serializers.ListField(child=serializers.CharField())
    window = serializers.DictField(child=serializers.CharField())
    decision = serializers.CharField(source="use")
    permitted_by = serializers.CharField()
    receipt = serializers.UUIDField(source="entry_id")


class SentenceSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # the name of a field, and of an option of fields


class LetterPartSerializer(serializers.Serializer[Any]):
    heading = serializers.CharField()
    sentences = SentenceSerializer(many=True)


class SignedReceiptSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    leaf_hash = serializers.CharField()
    at = serializers.DateTimeField()
    key_id = serializers.CharField()
    signature = serializers.CharField()
    text = serializers.CharField()


class LetterSerializer(serializers.Serializer[Any]):
    """The explanation of a receipt: each sentence with where it is recorded."""

    receipt = SignedReceiptSerializer()
    at = serializers.DateTimeField()
    named_me = serializers.BooleanField(source="of_me")
    mine = serializers.BooleanField()
    parts = LetterPartSerializer(many=True)
