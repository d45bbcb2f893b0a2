"""Saved views as JSON, and what is sent to change them."""

from typing import Any

from rest_framework import serializers

from charter.programme.models import choices
from charter.registry.models import Metric
from charter.rules.vocabulary import DecisionType, Grain, Period
from governance.saved_views.models import ViewClass
from governance.saved_views.queries import Opened
from ground.inputs import Input


class _Metric(serializers.SlugRelatedField[Metric]):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="slug", queryset=Metric.objects.all(), **kwargs)


class ListedSerializer(serializers.Serializer[Any]):
    """A metric on the list, or one that waits for the board under `case`."""

    metric = serializers.CharField(source="metric.slug")
    name = serializers.CharField(source="metric.name")
    case = serializers.UUIDField(source="case.pk", default=None)


class ExpectationSerializer(serializers.Serializer[Any]):
    role_family = serializers.CharField()
    text = serializers.CharField()
    written_at = serializers.DateTimeField()


class ViewSerializer(serializers.Serializer[Any]):
    """A view as it stands now; `class` is null where the board has not let it begin."""

    slug = serializers.CharField(source="view.slug")
    name = serializers.CharField(source="view.name")
    purpose = serializers.CharField(source="view.purpose")
    decision = serializers.CharField(source="view.decision")
    grain = serializers.CharField(source="view.grain")
    cohorts = serializers.ListField(source="view.cohorts", child=serializers.CharField())
    period = serializers.CharField(source="view.period")
    owner = serializers.CharField(source="view.owner.username")
    metrics = ListedSerializer(many=True)
    waiting = ListedSerializer(many=True)
    expectations = ExpectationSerializer(many=True)

    def get_fields(self) -> dict[str, Any]:
        # `class` is a word of Python, so it cannot be an attribute.
        fields = super().get_fields()
        return {**fields, "class": serializers.CharField(source="view_class", allow_null=True)}


class ProhibitedSerializer(serializers.Serializer[Any]):
    """A use that a listed metric's charter names as forbidden."""

    metric = serializers.CharField()
    use = serializers.CharField()
    because = serializers.CharField()


class ViewDetailSerializer(ViewSerializer):
    """With the uses that the charters of its metrics forbid by name (S47)."""

    prohibited = serializers.SerializerMethodField()

    def get_prohibited(self, opened: Opened) -> list[dict[str, str]]:
        return [
            {"metric": listed.metric.slug, "use": each.use, "because": each.because}
            for listed in opened.metrics
            for each in listed.forbidden
        ]


class ViewInput(Input):
    slug = serializers.SlugField(max_length=60)
    name = serializers.CharField(max_length=120)
    purpose = serializers.CharField(max_length=2000)
    decision = serializers.ChoiceField(choices=choices(DecisionType))
    grain = serializers.ChoiceField(choices=choices(Grain))
    metrics = serializers.ListField(child=_Metric(), min_length=1, max_length=5)
    cohorts = serializers.ListField(child=serializers.CharField(max_length=100), max_length=10, default=list)
    period = serializers.ChoiceField(choices=choices(Period), default=Period.MONTH.value)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "class": serializers.ChoiceField(choices=ViewClass.choices)}


class MetricInput(Input):
    metric = _Metric()
    why = serializers.CharField(max_length=5000)


class ClassInput(Input):
    why = serializers.CharField(max_length=5000)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "class": serializers.ChoiceField(choices=ViewClass.choices)}


class ExpectationInput(Input):
    role_family = serializers.CharField(max_length=100)
    text = serializers.CharField(max_length=5000)
