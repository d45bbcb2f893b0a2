"""Pilots as JSON: what begins one, what its team answers, and what it taught."""

from typing import Any

from rest_framework import serializers

from charter.registry.models import CharterVersion
from governance.board import queries
from governance.board.models import Pilot, PilotExit, TeamConsent
from governance.board.states import Said
from ground.inputs import LONGEST, Input


class PilotInput(Input):
    charter_version = serializers.PrimaryKeyRelatedField(queryset=CharterVersion.objects.all())
    cohort = serializers.CharField(max_length=100)
    starts_on = serializers.DateField()
    days = serializers.IntegerField()


class ConsentInput(Input):
    charter_version = serializers.PrimaryKeyRelatedField(queryset=CharterVersion.objects.all())
    cohort = serializers.CharField(max_length=100)


class ConsentAnswerInput(Input):
    agrees = serializers.BooleanField()


class ConsentSerializer(serializers.ModelSerializer[TeamConsent]):
    """What a team was asked, and whether it agrees; how many said so is told to nobody."""

    metric = serializers.CharField(source="charter_version.metric.slug")
    version = serializers.IntegerField(source="charter_version.number")
    agrees = serializers.BooleanField(source="holds")

    class Meta:
        model = TeamConsent
        fields = [
            "id",
            "metric",
            "version",
            "cohort",
            "asked_at",
            "answer_by",
            "given_at",
            "withdrawn_at",
            "agrees",
        ]


class EndInput(Input):
    reason = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class ExitInput(Input):
    definitions = serializers.CharField(max_length=LONGEST)
    interpretation = serializers.CharField(max_length=LONGEST)
    concerns = serializers.CharField(max_length=LONGEST)


class AnswersInput(Input):
    helpful = serializers.ChoiceField(choices=Said.choices)
    misleading = serializers.ChoiceField(choices=Said.choices)
    healthier = serializers.ChoiceField(choices=Said.choices)


class ExitSerializer(serializers.ModelSerializer[PilotExit]):
    class Meta:
        model = PilotExit
        fields = ["definitions", "interpretation", "concerns", "at"]


class QuestionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField(), allow_null=True)
    mostly = serializers.CharField()


class SurveySerializer(serializers.Serializer[Any]):
    people = serializers.IntegerField()
    questions = QuestionSerializer(many=True)


class PilotSerializer(serializers.ModelSerializer[Pilot]):
    """`ends_on` is out."""

    metric = serializers.CharField(source="charter_version.metric.slug")
    version = serializers.IntegerField(source="charter_version.number")
    consented_at = serializers.DateTimeField(source="consent.given_at")

    class Meta:
        model = Pilot
        fields = [
            "id",
            "metric",
            "version",
            "case",
            "cohort",
            "consent",
            "consented_at",
            "starts_on",
            "ends_on",
            "state",
            "ended_at",
            "ended_because",
        ]


class PilotDetailSerializer(PilotSerializer):
    """A pilot with what it taught; no survey before that, nor where too few answered."""

    exit = ExitSerializer(default=None)
    survey = serializers.SerializerMethodField()

    class Meta(PilotSerializer.Meta):
        fields = [*PilotSerializer.Meta.fields, "exit", "survey"]

    def get_survey(self, pilot: Pilot) -> dict[str, Any] | None:
        survey = queries.read_pilot_survey(pilot)
        return SurveySerializer(survey).data if survey else None
