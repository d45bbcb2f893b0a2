"""Strain of teams as JSON, and what is sent to act on it; no person stands in any of it but who owns an alert."""

from typing import Any

from rest_framework import serializers

from audits.strain import wording
from audits.strain.models import StrainAlert, StrainReport, TeamRecognition, TeamSignal, TradeOff
from audits.strain.pulse import PulseWord
from audits.strain.queries import TeamClues
from audits.strain.releases import POLICIES, TeamReleases
from audits.strain.signals import SignalKind
from audits.strain.states import FollowedBy, LoadRemedy, PathItem, Sight, TradeChoice, TradeSide
from charter.measures.values.people_bands import format_band
from charter.programme.models import choices
from charter.rules.vocabulary import ContextClass
from governance.people.models import Cohort
from ground.inputs import LONGEST, Input


class ActionInput(Input):
    """What is done about an alert."""

    remedy = serializers.ChoiceField(choices=LoadRemedy.choices)
    doing = serializers.CharField(max_length=LONGEST)
    due_on = serializers.DateField()


class FollowUpInput(Input):
    """What followed an alert, of the team as a whole."""

    turnover = serializers.ChoiceField(choices=FollowedBy.choices)
    regressions = serializers.ChoiceField(choices=FollowedBy.choices)
    knowledge_lost = serializers.ChoiceField(choices=FollowedBy.choices)
    helped = serializers.BooleanField(allow_null=True, default=None)


class ObservationInput(Input):
    """What somebody who leads a team saw."""

    saw = serializers.ListField(child=serializers.ChoiceField(choices=Sight.choices))


class PulseInput(Input):
    """Answers to the three questions; null passes one over."""

    recover = serializers.ChoiceField(choices=choices(PulseWord), allow_null=True, default=None)
    load = serializers.ChoiceField(choices=choices(PulseWord), allow_null=True, default=None)
    help = serializers.ChoiceField(choices=choices(PulseWord), allow_null=True, default=None)


class LimitsInput(Input):
    """Limits of a healthy load for one kind of team: by signal, a person and week."""

    team_kind = serializers.ChoiceField(choices=choices(ContextClass))
    because = serializers.CharField(max_length=LONGEST)
    limits = serializers.DictField(child=serializers.FloatField())

    def validate_limits(self, given: dict[str, float]) -> dict[SignalKind, float]:
        """By signal. Raises ValidationError for what is none."""
        unknown = sorted(set(given) - set(SignalKind))
        if unknown:
            raise serializers.ValidationError(f"There is no signal “{unknown[0]}”.")
        return {SignalKind(name): limit for name, limit in given.items()}


class PlaybookInput(Input):
    """What is done where a signal shows strain."""

    signal = serializers.ChoiceField(choices=choices(SignalKind))
    steps = serializers.CharField(max_length=LONGEST)


class AlertSwitchInput(Input):
    """Whether the alerts of a signal are on."""

    signal = serializers.ChoiceField(choices=choices(SignalKind))
    on = serializers.BooleanField()


class TradeOffInput(Input):
    """What product and engineering choose while a budget burns; `ends_on` is its last day."""

    side = serializers.ChoiceField(choices=TradeSide.choices)
    choice = serializers.ChoiceField(choices=TradeChoice.choices)
    because = serializers.CharField(max_length=LONGEST)
    ends_on = serializers.DateField()


class AgreementInput(Input):
    """Nothing: a trade-off is agreed to as it was written."""


class RecognitionInput(Input):
    """What a team is recognised for, as it wished."""

    items = serializers.ListField(child=serializers.ChoiceField(choices=PathItem.choices))
    words = serializers.CharField(max_length=300)
    agreed = serializers.BooleanField()


class TradeOffSerializer(serializers.ModelSerializer[TradeOff]):
    """A trade-off; it counts once it is agreed."""

    class Meta:
        model = TradeOff
        fields = ["id", "side", "choice", "because", "starts_on", "ends_on", "written_at", "agreed_at"]


class TeamSignalSerializer(serializers.ModelSerializer[TeamSignal]):
    """What thirteen weeks say of one signal; weeks are counted, never events."""

    says = serializers.SerializerMethodField()

    class Meta:
        model = TeamSignal
        fields = ["signal", "finding", "judged_by", "since", "ends_on", "over", "known", "lasting", "says"]

    def get_says(self, signal: TeamSignal) -> str:
        return wording.say_finding(signal)


class StrainReportSerializer(serializers.ModelSerializer[StrainReport]):
    """Why strain reached the board, and its case."""

    class Meta:
        model = StrainReport
        fields = ["kind", "ends_on", "case", "reported_at"]


class StrainAlertSerializer(serializers.ModelSerializer[StrainAlert]):
    """An alert with its action."""

    cohort = serializers.CharField(source="cohort.slug")
    owner = serializers.CharField(source="owner.name", default=None)
    reports = StrainReportSerializer(many=True)

    class Meta:
        model = StrainAlert
        fields = [
            "id",
            "cohort",
            "signals",
            "clues",
            "since",
            "ends_on",
            "state",
            "raised_at",
            "owner",
            "choose_by",
            "remedy",
            "doing",
            "due_on",
            "eased_at",
            "reports",
        ]


class TeamRecognitionSerializer(serializers.ModelSerializer[TeamRecognition]):
    """What a team is recognised for; by date, never by rank."""

    cohort = serializers.CharField(source="cohort.slug")

    class Meta:
        model = TeamRecognition
        fields = ["cohort", "items", "words", "published_at"]


def serialize_team(cohort: Cohort, clues: TeamClues, alerts: list[StrainAlert]) -> dict[str, Any]:
    """One team: its clues by kind, each signal, and its alerts."""
    return {
        "id": str(cohort.pk),
        "cohort": cohort.slug,
        "name": cohort.name,
        "disclaimer": str(wording.DISCLAIMER),
        "says": wording.say_conclusion(clues.conclusion, clues.clues),
        "clues": {kind.value: points for kind, points in clues.clues.items()},
        "signals": TeamSignalSerializer(clues.signals, many=True).data,
        "pulse": [
            {"question": each.question, "middle": each.middle, "answers": format_band(each.answered)}
            for each in clues.results
        ],
        "observed": list(clues.sights),
        "alerts": StrainAlertSerializer(alerts, many=True).data,
    }


def serialize_release(release: TeamReleases) -> dict[str, Any]:
    """A team's appetite for releases, the policy that follows, and the trade-offs that hold or wait."""
    return {
        "cohort": release.cohort.slug,
        "appetite": release.appetite.value,
        "policy": str(POLICIES[release.appetite]),
        "month": release.month and release.month.isoformat(),
        "trade_offs": TradeOffSerializer(release.trades, many=True).data,
    }
