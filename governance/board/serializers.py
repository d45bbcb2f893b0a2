"""The board as JSON. What comes in is checked for its form alone; the services say whether it may be."""

from typing import Any

from rest_framework import serializers

from charter.registry.models import CharterVersion, Metric, RulebookVersion
from governance.board import approval, councils, permissions, queries
from governance.board.kinds import find_kind
from governance.board.models import (
    Ballot,
    BoardOutcome,
    Case,
    Comment,
    Condition,
    CouncilProposal,
    Founding,
    SeatProposal,
    Suspension,
    Waiver,
)
from governance.board.settings_serializers import SettingsChangeSerializer
from governance.board.states import CaseKind, ConditionKind, ConsequenceAct, Vote
from ground.errors import NotFound
from ground.inputs import LONGEST, Input

LONGEST_NAME = 150  # of a user name


class SeatField(serializers.CharField):
    """A seat by its word: one of the six, or a council's, as `council-berlin`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=60, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        word = super().to_internal_value(data)
        try:
            return councils.find_seat(word)
        except NotFound as error:
            raise serializers.ValidationError(error.detail) from error


class Account(serializers.CharField):
    """The user name of an account, which is looked up once the asker may name anybody."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_NAME, **kwargs)


def sees_askers(context: dict[str, Any]) -> bool:
    """Whether the reader may know who asked for rulings, looked up once for a whole list."""
    if "sees_askers" not in context:
        context["sees_askers"] = permissions.sees_askers(context["request"].user)
    return bool(context["sees_askers"])


class OutcomeSerializer(serializers.ModelSerializer[BoardOutcome]):
    class Meta:
        model = BoardOutcome
        fields = ["approved", "approvals", "votes", "minutes", "decided_at"]


class ConditionSerializer(serializers.ModelSerializer[Condition]):
    proposed_by = serializers.CharField(source="proposed_by.username")

    class Meta:
        model = Condition
        fields = ["id", "kind", "value", "proposed_at", "proposed_by"]


class WaiverSerializer(serializers.ModelSerializer[Waiver]):
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


class SeatProposalSerializer(serializers.ModelSerializer[SeatProposal]):
    seat = serializers.CharField(source="seat.kind")
    user = serializers.CharField(source="user.username")

    class Meta:
        model = SeatProposal
        fields = ["seat", "user", "alternate"]


class CouncilProposalSerializer(serializers.ModelSerializer[CouncilProposal]):
    seat = serializers.CharField(source="seat.kind")
    name = serializers.CharField(source="seat.name")

    class Meta:
        model = CouncilProposal
        fields = ["seat", "name", "territory", "ends"]


class FoundingSerializer(serializers.ModelSerializer[Founding]):
    class Meta:
        model = Founding
        fields = ["data_from", "because"]


class CaseSerializer(serializers.ModelSerializer[Case]):
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
            "number",
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
        if find_kind(case).tells_asker or case.opened_by_id == user.pk or sees_askers(self.context):
            return case.opened_by.username
        return None


class CaseEventSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    what = serializers.CharField()
    text = serializers.CharField()


class FormerReasonSerializer(serializers.Serializer[Any]):
    case = serializers.UUIDField(source="case.pk")
    seat = serializers.CharField()
    vote = serializers.CharField()
    reason = serializers.CharField()


class NeededSerializer(serializers.Serializer[Any]):
    """What a case needs to pass; `level` is the charter's invasiveness, `share` of the votes cast, as in 3/4."""

    level = serializers.IntegerField(allow_null=True)
    share = serializers.CharField()
    must_vote = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField()


class CaseDetailSerializer(CaseSerializer):
    """A case with what it needs to pass, its conditions, its own details, the seats heard, what is new to the reader, and why it failed before."""

    needed = serializers.SerializerMethodField()
    conditions = serializers.SerializerMethodField()
    waiver = WaiverSerializer(default=None)
    settings = SettingsChangeSerializer(source="settings_change", default=None)
    seat = SeatProposalSerializer(source="seat_proposal", default=None)
    council = CouncilProposalSerializer(source="council_proposal", default=None)
    founding = FoundingSerializer(default=None)
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
            "seat",
            "council",
            "founding",
            "heard",
            "changes",
            "former_reasons",
        ]

    def get_needed(self, case: Case) -> dict[str, Any]:
        bar = approval.find_bar(case)
        told = {"level": approval.find_level(case), "share": bar.share, "must_vote": bar.must_vote}
        return NeededSerializer({**told, "text": approval.describe_bar(case)}).data

    def get_conditions(self, case: Case) -> list[dict[str, Any]]:
        return list(ConditionSerializer(queries.list_conditions(case), many=True).data)

    def get_heard(self, case: Case) -> list[str]:
        return sorted(queries.list_heard_seats(case))

    def get_changes(self, case: Case) -> list[dict[str, Any]]:
        events = queries.list_events_since(case, self.context["request"].user)
        return list(CaseEventSerializer(events, many=True).data)

    def get_former_reasons(self, case: Case) -> list[dict[str, Any]]:
        if case.charter_version is None:
            return []
        found = queries.list_former_reasons(case.charter_version.metric)
        return list(FormerReasonSerializer(found, many=True).data)


class WaiverInput(Input):
    rule_id = serializers.CharField(max_length=20)
    metric = serializers.CharField(max_length=100, required=False, allow_blank=True)
    decision = serializers.CharField(max_length=40, required=False, allow_blank=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    reason = serializers.CharField(max_length=LONGEST)


class CouncilInput(Input):
    """Which council a case would give a seat over the people of which locations; with `ends`, whose seat it would end."""

    council = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=200, required=False)
    territory = serializers.ListField(
        child=serializers.CharField(max_length=100), required=False, max_length=200
    )
    ends = serializers.BooleanField(required=False, default=False)


class SeatInput(Input):
    """Whom a case would put on a seat, as alternate unless said otherwise."""

    seat = SeatField()
    user = Account()
    alternate = serializers.BooleanField(required=False, default=True)


class ConsequencesInput(Input):
    """What becomes of a charter, by a case about its consequences: to keep it unless said otherwise."""

    act = serializers.ChoiceField(choices=ConsequenceAct.choices, required=False, default=ConsequenceAct.KEEP)
    revise_by = serializers.DateField(required=False)


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
    seat = SeatInput(required=False)
    council = CouncilInput(required=False)
    unintended_consequences = ConsequencesInput(required=False)
    handler = Account(required=False)


class HandlerInput(Input):
    handler = Account()


class WaiverCaseInput(WaiverInput):
    """A waiver asked for; its case's subject and question are made from it."""

    closes_at = serializers.DateTimeField(required=False)


class VoteInput(Input):
    vote = serializers.ChoiceField(choices=Vote.choices)
    reason = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class BallotInput(VoteInput):
    seat = SeatField()


class BatchInput(BallotInput):
    cases = serializers.PrimaryKeyRelatedField(queryset=Case.objects.all(), many=True, allow_empty=False)


class BallotSerializer(serializers.ModelSerializer[Ballot]):
    seat = serializers.CharField(source="seat.kind")
    user = serializers.CharField(source="user.username")

    class Meta:
        model = Ballot
        fields = ["seat", "user", "vote", "reason", "cast_at"]


class CommentInput(Input):
    text = serializers.CharField(max_length=LONGEST)


class CommentSerializer(serializers.ModelSerializer[Comment]):
    user = serializers.CharField(source="user.username")

    class Meta:
        model = Comment
        fields = ["id", "user", "text", "at"]


class ConditionInput(Input):
    kind = serializers.ChoiceField(choices=ConditionKind.choices)
    value = serializers.DictField()


class SuspensionInput(Input):
    metric = serializers.SlugRelatedField(slug_field="slug", queryset=Metric.objects.all())
    seat = SeatField()
    reason = serializers.CharField(max_length=LONGEST)


class SuspensionSerializer(serializers.ModelSerializer[Suspension]):
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
