"""The board as JSON. What comes in is checked for its form alone; the services say whether it may be."""

from typing import Any

from rest_framework import serializers

from charter.registry.models import CharterVersion, Metric, RulebookVersion
from governance.board import approval, permissions, queries
from governance.board.models import (
    Ballot,
    BoardOutcome,
    Case,
    Comment,
    Condition,
    Pilot,
    PilotExit,
    Suspension,
    Term,
    Waiver,
)
from governance.board.settings_told import SettingsChangeSerializer
from governance.board.states import CaseKind, ConditionKind, Said, SeatKind, Vote
from governance.people.models import User
from ground.inputs import LONGEST, Input


class Account(serializers.SlugRelatedField):
    """An account, by its user name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="username", queryset=User.objects.all(), **kwargs)


def sees_askers(context: dict[str, Any]) -> bool:
    """Whether the reader may know who asked for rulings, looked up once for a whole list."""
    if "sees_askers" not in context:
        context["sees_askers"] = permissions.sees_askers(context["request"].user)
    return context["sees_askers"]


class OutcomeSerializer(serializers.ModelSerializer):
    class Meta:
        model = BoardOutcome
        fields = ["approved", "approvals", "votes", "minutes", "decided_at"]


class ConditionSerializer(serializers.ModelSerializer):
    proposed_by = serializers.CharField(source="proposed_by.username")

    class Meta:
        model = Condition
        fields = ["id", "kind", "value", "proposed_at", "proposed_by"]


class WaiverSerializer(serializers.ModelSerializer):
    """`ends_on` is out; a blank metric or decision stands for all of them."""

    state = serializers.CharField(source="case.state")
    requested_by = serializers.CharField(source="requested_by.username")

    class Meta:
        model = Waiver
        fields = [
            "id",
            "case",
            "rule_id",
            "metric",
            "decision",
            "starts_on",
            "ends_on",
            "reason",
            "state",
            "requested_by",
            "ended_at",
        ]


class CaseSerializer(serializers.ModelSerializer):
    """A case without what is said in it. Votes are in its ballots, once it is closed.

    `opened_by` is null where who asked for a ruling is not the reader's to know.
    """

    title = serializers.CharField(source="__str__")
    metric = serializers.CharField(source="charter_version.metric.slug", default=None)
    version = serializers.IntegerField(source="charter_version.number", default=None)
    rulebook = serializers.IntegerField(source="rulebook_version.number", default=None)
    opened_by = serializers.SerializerMethodField()
    handler = serializers.CharField(source="handling.user.username", default=None, allow_null=True)
    outcome = OutcomeSerializer(default=None)

    class Meta:
        model = Case
        fields = [
            "id",
            "kind",
            "title",
            "subject",
            "question",
            "state",
            "metric",
            "version",
            "rulebook",
            "opened_at",
            "opened_by",
            "handler",
            "closes_at",
            "closed_at",
            "outcome",
        ]

    def get_opened_by(self, case: Case) -> str | None:
        user = self.context["request"].user
        if case.kind != CaseKind.EDGE_CASE or case.opened_by_id == user.pk or sees_askers(self.context):
            return case.opened_by.username
        return None


class ChangeSerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    what = serializers.CharField()
    text = serializers.CharField()


class FormerReasonSerializer(serializers.Serializer):
    case = serializers.UUIDField(source="case.pk")
    seat = serializers.CharField()
    vote = serializers.CharField()
    reason = serializers.CharField()


class NeededSerializer(serializers.Serializer):
    """What a case needs to pass; `level` is the charter's invasiveness, `share` of the votes cast, as in 3/4."""

    level = serializers.IntegerField(allow_null=True)
    share = serializers.CharField()
    must_vote = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField()


class CaseDetailSerializer(CaseSerializer):
    """A case with what it needs to pass, its conditions, its waiver or settings, the seats heard, what is new to the reader, and why it failed before."""

    needed = serializers.SerializerMethodField()
    conditions = serializers.SerializerMethodField()
    waiver = WaiverSerializer(default=None)
    settings = SettingsChangeSerializer(source="settings_change", default=None)
    heard = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField()
    former_reasons = serializers.SerializerMethodField()

    class Meta(CaseSerializer.Meta):
        fields = [
            *CaseSerializer.Meta.fields,
            "needed",
            "conditions",
            "waiver",
            "settings",
            "heard",
            "changes",
            "former_reasons",
        ]

    def get_needed(self, case: Case) -> dict[str, Any]:
        bar = approval.bar(case)
        told = {"level": approval.level(case), "share": bar.share, "must_vote": bar.must_vote}
        return NeededSerializer({**told, "text": approval.said(case)}).data

    def get_conditions(self, case: Case) -> list[dict[str, Any]]:
        return ConditionSerializer(queries.conditions(case), many=True).data

    def get_heard(self, case: Case) -> list[str]:
        return sorted(queries.heard(case))

    def get_changes(self, case: Case) -> list[dict[str, Any]]:
        return ChangeSerializer(queries.changed_since(case, self.context["request"].user), many=True).data

    def get_former_reasons(self, case: Case) -> list[dict[str, Any]]:
        if case.charter_version is None:
            return []
        found = queries.former_reasons(case.charter_version.metric)
        return FormerReasonSerializer(found, many=True).data


class WaiverInput(Input):
    rule_id = serializers.CharField(max_length=20)
    metric = serializers.CharField(max_length=100, required=False, allow_blank=True)
    decision = serializers.CharField(max_length=40, required=False, allow_blank=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    reason = serializers.CharField(max_length=LONGEST)


class CaseInput(Input):
    kind = serializers.ChoiceField(choices=CaseKind.choices, required=False)
    charter_version = serializers.PrimaryKeyRelatedField(
        queryset=CharterVersion.objects.select_related("metric__programme", "metric__owner"), required=False
    )
    rulebook_version = serializers.PrimaryKeyRelatedField(
        queryset=RulebookVersion.objects.all(), required=False
    )
    subject = serializers.CharField(max_length=200, required=False, allow_blank=True)
    question = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True)
    closes_at = serializers.DateTimeField(required=False)
    waiver = WaiverInput(required=False)
    settings = serializers.DictField(child=serializers.JSONField(allow_null=True), required=False)
    handler = Account(required=False)


class HandlerInput(Input):
    handler = Account()


class WaiverCaseInput(WaiverInput):
    """A waiver asked for; its case's subject and question are made from it."""

    closes_at = serializers.DateTimeField(required=False)


class BallotInput(Input):
    seat = serializers.ChoiceField(choices=SeatKind.choices)
    vote = serializers.ChoiceField(choices=Vote.choices)
    reason = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class BatchInput(BallotInput):
    cases = serializers.PrimaryKeyRelatedField(queryset=Case.objects.all(), many=True)


class BallotSerializer(serializers.ModelSerializer):
    seat = serializers.CharField(source="seat.kind")
    user = serializers.CharField(source="user.username")

    class Meta:
        model = Ballot
        fields = ["seat", "user", "vote", "reason", "cast_at"]


class CommentInput(Input):
    text = serializers.CharField(max_length=LONGEST)


class CommentSerializer(serializers.ModelSerializer):
    user = serializers.CharField(source="user.username")

    class Meta:
        model = Comment
        fields = ["id", "user", "text", "at"]


class ConditionInput(Input):
    kind = serializers.ChoiceField(choices=ConditionKind.choices)
    value = serializers.DictField()


class HeldSeatSerializer(serializers.Serializer):
    """A seat with the user names of who may speak for it."""

    seat = serializers.CharField()
    member = serializers.CharField(source="member.username", default=None, allow_null=True)
    alternates = serializers.SerializerMethodField()

    def get_alternates(self, holders: queries.Holders) -> list[str]:
        return [user.username for user in holders.alternates]


class TermInput(Input):
    """From one day (in) to another (out); without the latter until further notice."""

    seat = serializers.ChoiceField(choices=SeatKind.choices)
    user = Account()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True)
    alternate = serializers.BooleanField(required=False, default=False)


class TermEndInput(Input):
    valid_to = serializers.DateField()


class TermSerializer(serializers.ModelSerializer):
    """`valid_to` is out."""

    seat = serializers.CharField(source="seat.kind")
    user = serializers.CharField(source="user.username")

    class Meta:
        model = Term
        fields = ["id", "seat", "user", "alternate", "valid_from", "valid_to"]


class SuspensionInput(Input):
    metric = serializers.SlugRelatedField(slug_field="slug", queryset=Metric.objects.all())
    seat = serializers.ChoiceField(choices=SeatKind.choices)
    reason = serializers.CharField(max_length=LONGEST)


class SuspensionSerializer(serializers.ModelSerializer):
    metric = serializers.CharField(source="charter_version.metric.slug")
    version = serializers.IntegerField(source="charter_version.number")
    seat = serializers.CharField(source="seat.kind")
    user = serializers.CharField(source="user.username")

    class Meta:
        model = Suspension
        fields = [
            "id",
            "metric",
            "version",
            "case",
            "seat",
            "user",
            "reason",
            "at",
            "ratify_by",
            "ratified_at",
            "lapsed_at",
        ]


class PilotInput(Input):
    charter_version = serializers.PrimaryKeyRelatedField(queryset=CharterVersion.objects.all())
    cohort = serializers.CharField(max_length=100)
    starts_on = serializers.DateField()
    days = serializers.IntegerField()
    consent_by = Account()


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


class ExitSerializer(serializers.ModelSerializer):
    class Meta:
        model = PilotExit
        fields = ["definitions", "interpretation", "concerns", "at"]


class QuestionSerializer(serializers.Serializer):
    name = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField(), allow_null=True)
    mostly = serializers.CharField()


class SurveySerializer(serializers.Serializer):
    people = serializers.IntegerField()
    questions = QuestionSerializer(many=True)


class PilotSerializer(serializers.ModelSerializer):
    """`ends_on` is out."""

    metric = serializers.CharField(source="charter_version.metric.slug")
    version = serializers.IntegerField(source="charter_version.number")
    consent_by = serializers.CharField(source="consent_by.username")

    class Meta:
        model = Pilot
        fields = [
            "id",
            "metric",
            "version",
            "case",
            "cohort",
            "consent_by",
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
        survey = queries.pilot_survey(pilot)
        return SurveySerializer(survey).data if survey else None
