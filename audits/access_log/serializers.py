"""The access log as JSON: decisions in pseudonyms, who stands behind one, exports and kept searches."""

from typing import Any

from rest_framework import serializers

from audits.access_log.models import FileFormat, SavedSearch
from audits.access_log.searching import read_search
from audits.access_log.telling import Line
from charter.programme.models import choices
from charter.rules.vocabulary import Outcome
from ground.inputs import LONGEST, Input


class NamesInput(Input):
    reason = serializers.CharField(max_length=LONGEST)


class SeekInput(Input):
    name = serializers.CharField(max_length=200)
    reason = serializers.CharField(max_length=LONGEST)


class ExportInput(Input):
    format = serializers.ChoiceField(choices=FileFormat.choices)


class SavedSearchInput(Input):
    name = serializers.CharField(max_length=80)


class LineSerializer(serializers.Serializer[Line]):
    """One decision; `who` and `asked_about` are pseudonyms, and `reason` is null to administrators."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    who = serializers.CharField()
    asked_about = serializers.ListField(child=serializers.CharField())
    metrics = serializers.ListField(child=serializers.CharField())
    cohorts = serializers.ListField(child=serializers.CharField())
    grain = serializers.CharField()
    decision = serializers.CharField()
    question = serializers.CharField()
    vars()["from"] = serializers.DateField()
    to = serializers.DateField()
    reason = serializers.CharField(allow_null=True)
    verdict = serializers.ChoiceField(choices=choices(Outcome))
    rules = serializers.ListField(child=serializers.CharField())
    checked_only = serializers.BooleanField()
    door = serializers.CharField()
    through = serializers.CharField(allow_null=True)  # the enforcement point that asked for them
    receipt = serializers.UUIDField()

    def to_representation(self, instance: Line) -> dict[str, Any]:
        return instance.said


class _AccountSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    username = serializers.CharField()
    person = serializers.CharField(allow_null=True)


class _PersonSerializer(serializers.Serializer[Any]):
    person = serializers.CharField()
    name = serializers.CharField()


class NamesSerializer(serializers.Serializer[Any]):
    """Who asked, who was asked about, and what was written, as it was written."""

    asker = _AccountSerializer()
    asked_about = _PersonSerializer(many=True)
    accountable = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True)


class DetailSerializer(LineSerializer):
    """One decision with its facts and the rules as they were told; `names` is null until they were asked for."""

    facts = serializers.ListField(child=serializers.DictField())
    matches = serializers.ListField(child=serializers.DictField())
    obligations = serializers.ListField(child=serializers.CharField())
    charters = serializers.DictField(child=serializers.IntegerField())
    rulebook_hash = serializers.CharField()
    snapshot = serializers.CharField(allow_null=True)
    content_hash = serializers.CharField(allow_null=True)
    names = NamesSerializer(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return dict(instance)


class PseudonymSerializer(serializers.Serializer[Any]):
    pseudonym = serializers.CharField()


class SavedSearchSerializer(serializers.ModelSerializer[SavedSearch]):
    """A kept search of the asker's own; `query` is what comes behind the question mark."""

    query = serializers.SerializerMethodField()

    class Meta:
        model = SavedSearch
        fields = ["id", "name", "filters", "query", "saved_at"]

    def get_query(self, saved: SavedSearch) -> str:
        return read_search(saved.filters).query
