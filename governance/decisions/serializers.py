"""Questions put to the board, holds and context notes as JSON, each as far as its reader may know of it."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from charter.registry.models import Metric, choices
from charter.rules.vocabulary import ContextKind
from governance.board.serializers import LONGEST, Input, sees_askers
from governance.decisions import queries
from governance.decisions.models import ContextNote, Hold, Referral
from governance.decisions.states import HoldCause, KindGroup, NoteState
from governance.people.models import Cohort, Person, Team

# What the board weighs. Whether values are held, and whether anybody has disputed one, is no part of it.
FACTS = (
    "at", "actor", "charter", "decision", "cohorts", "beside", "fairness_until", "waived", "accountable_human", "looking",
)  # fmt: skip


class ReferralInput(Input):
    said = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class ReferralSerializer(serializers.ModelSerializer):
    """A question put to the board and, once its case is closed, the ruling: how it stands and until when."""

    url = serializers.SerializerMethodField()
    subject = serializers.CharField(source="case.subject")
    metrics = serializers.ListField(source="decision.metrics", child=serializers.CharField())
    decision = serializers.CharField(source="decision.use")
    grain = serializers.CharField(source="decision.grain")
    standing = serializers.CharField()
    until = serializers.SerializerMethodField()
    asked = serializers.SerializerMethodField()

    class Meta:
        model = Referral
        fields = [
            "id", "case", "url", "subject", "rules", "metrics", "decision", "grain", "standing", "asked_at", "until",
            "ended_at", "asked",
        ]  # fmt: skip

    def get_url(self, referral: Referral) -> str:
        return f"{settings.BASE_URL}/cases/{referral.case_id}"

    def get_until(self, referral: Referral) -> str | None:
        until = queries.until(referral)
        return until.isoformat() if until else None

    def get_asked(self, referral: Referral) -> dict[str, Any] | None:
        """Who asked, the request, the facts as they were and the receipt; null to who may not know."""
        if referral.asked_by_id != self.context["request"].user.pk and not sees_askers(self.context):
            return None
        decision = referral.decision
        return {
            "by": referral.asked_by.username,
            "request": decision.request,
            "facts": [{name: each[name] for name in FACTS} for each in decision.facts],
            "receipt": str(decision.entry_id),
        }

    def _days(self) -> int:
        if "days" not in self.context:
            self.context["days"] = queries.ruling_days()
        return self.context["days"]


def _slug(model: type, field: str = "slug", **more: Any) -> serializers.SlugRelatedField:
    return serializers.SlugRelatedField(slug_field=field, queryset=model.objects.all(), **more)


class HoldInput(Input):
    """`ends_on` is out; without cohort and person all values of the metric are meant."""

    metric = _slug(Metric)
    cohort = _slug(Cohort, required=False, allow_null=True)
    person = _slug(Person, "external_id", required=False, allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    cause = serializers.ChoiceField(choices=HoldCause.choices)
    reason = serializers.CharField(max_length=LONGEST)


class ReleaseInput(Input):
    why = serializers.CharField(max_length=LONGEST)


class HoldSerializer(serializers.ModelSerializer):
    """A hold; why and by whom are null for whoever may not know them, and `ends_on` is out."""

    metric = serializers.CharField(source="metric.slug")
    cohort = serializers.CharField(source="cohort.slug", default=None)
    person = serializers.CharField(source="person.external_id", default=None)
    under_review = serializers.SerializerMethodField()
    cause = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    placed_at = serializers.SerializerMethodField()
    placed_by = serializers.SerializerMethodField()

    class Meta:
        model = Hold
        fields = [
            "id", "metric", "cohort", "person", "starts_on", "ends_on", "under_review", "cause", "reason", "placed_at",
            "placed_by",
        ]  # fmt: skip

    def get_under_review(self, hold: Hold) -> bool:
        return hold.released_at is None

    def get_cause(self, hold: Hold) -> str | None:
        return self._if_known(hold, hold.cause)

    def get_reason(self, hold: Hold) -> str | None:
        return self._if_known(hold, hold.reason)

    def get_placed_at(self, hold: Hold) -> str | None:
        return self._if_known(hold, hold.placed_at.isoformat())

    def get_placed_by(self, hold: Hold) -> str | None:
        return self._if_known(hold, hold.placed_by.username)

    def _if_known(self, hold: Hold, what: str) -> str | None:
        return what if self.context["knows_all"] or hold.placed_by_id == self.context["user"].pk else None


class NoteInput(Input):
    """A note about a team (perhaps of a service) or a person; `ends_on` is out."""

    kind = serializers.ChoiceField(choices=choices(ContextKind))
    team = _slug(Team, required=False, allow_null=True)
    service = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    person = serializers.CharField(max_length=100, required=False, allow_null=True)
    metric = _slug(Metric, required=False, allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    says = serializers.CharField(max_length=300)


class TurnDownInput(Input):
    why = serializers.CharField(max_length=LONGEST)


class NoteSerializer(serializers.ModelSerializer):
    """A note; of what keeps a person away, others are told the group and the days alone."""

    kind = serializers.SerializerMethodField()
    group = serializers.SerializerMethodField()
    effect = serializers.CharField(source="about.effect")
    team = serializers.CharField(source="team.slug", default=None)
    person = serializers.CharField(source="person.external_id", default=None)
    metric = serializers.CharField(source="metric.slug", default=None)
    says = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=NoteState.choices)
    proposed_by = serializers.CharField(source="proposed_by.username")
    confirmed_by = serializers.CharField(source="confirmed_by.username", default=None)
    turned_down_by = serializers.CharField(source="turned_down_by.username", default=None)
    turned_down_because = serializers.SerializerMethodField()

    class Meta:
        model = ContextNote
        fields = [
            "id", "kind", "group", "effect", "team", "service", "person", "metric", "starts_on", "ends_on", "says",
            "state", "proposed_at", "proposed_by", "confirmed_at", "confirmed_by", "turned_down_at", "turned_down_by",
            "turned_down_because",
        ]  # fmt: skip

    def get_kind(self, note: ContextNote) -> str | None:
        return note.kind if self._in_full(note) else None

    def get_group(self, note: ContextNote) -> KindGroup:
        return note.about.group

    def get_says(self, note: ContextNote) -> str:
        return note.says if self._in_full(note) else ""

    def get_turned_down_because(self, note: ContextNote) -> str:
        return note.turned_down_because if self._in_full(note) else ""

    def _in_full(self, note: ContextNote) -> bool:
        return self.context["in_full"](note)
