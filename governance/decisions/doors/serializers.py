"""Questions put to the board, holds and context notes as JSON, each as far as its reader may know of it."""

from typing import Any, Literal

from django.conf import settings
from rest_framework import serializers

from audits.ledger.packing import UnreadableRecord
from charter.programme.models import choices
from charter.registry.models import Metric
from charter.rules.vocabulary import ContextKind
from governance.board.serializers import sees_askers
from governance.decisions import queries
from governance.decisions.models import ContextNote, DecisionRecord, Hold, Referral
from governance.decisions.states import HoldCause, KindGroup, NoteState
from governance.people.models import SLUG_LENGTH, Team
from ground.inputs import LONGEST, Input
from ground.promises import promised

# What the board weighs. Whether values are held, and whether anybody has disputed one, is no part of it.
FACTS = (
    "at", "actor", "charter", "decision", "cohorts", "beside", "fairness_until", "waived", "accountable_human", "looking",
)  # fmt: skip


class ReferralInput(Input):
    said = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class ReferralSerializer(serializers.ModelSerializer[Referral]):
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

    def get_until(self, referral: queries.RuledReferral) -> str | None:
        until = queries.find_lapse(referral)
        return until.isoformat() if until else None

    def get_asked(self, referral: Referral) -> dict[str, Any] | None:
        """Who asked, the request, the facts as they were and the receipt; null to who may not know."""
        if referral.asked_by_id != self.context["request"].user.pk and not sees_askers(self.context):
            return None
        decision = referral.decision
        return {
            "by": referral.asked_by.username,
            **_read_asked(decision),
            "receipt": str(decision.entry_id),
        }


def _read_asked(decision: DecisionRecord) -> dict[str, Any]:
    """The request and the facts; where they are broken null both, with why, so that the others of a list are told."""
    try:
        facts = [{name: each[name] for name in FACTS} for each in decision.facts]
        return {"request": decision.request, "facts": facts}
    except UnreadableRecord as error:
        return {"request": None, "facts": None, "unreadable": error.detail}


def _slug(model: Any, field: str = "slug", **more: Any) -> serializers.SlugRelatedField[Any]:
    return serializers.SlugRelatedField(slug_field=field, queryset=model.objects.all(), **more)


class HoldInput(Input):
    """`ends_on` is out; without cohort and person all values of the metric are meant."""

    # Looked up once it is known that the asker may hold values at all.
    metric = serializers.CharField(max_length=100)
    cohort = serializers.CharField(max_length=SLUG_LENGTH, required=False, allow_null=True)
    person = serializers.CharField(max_length=100, required=False, allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    cause = serializers.ChoiceField(choices=HoldCause.choices)
    reason = serializers.CharField(max_length=LONGEST)


class ReleaseInput(Input):
    why = serializers.CharField(max_length=LONGEST)


class HoldSerializer(serializers.ModelSerializer[Hold]):
    """A hold; why, by whom and of whom are null for whoever may not know them, and `ends_on` is out.

    `whose` says of each whether it is on all values of the metric, on a cohort's or on one person's.
    """

    metric = serializers.CharField(source="metric.slug")
    cohort = serializers.CharField(source="cohort.slug", default=None)
    person = serializers.SerializerMethodField()
    whose = serializers.SerializerMethodField()
    under_review = serializers.SerializerMethodField()
    cause = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    placed_at = serializers.SerializerMethodField()
    placed_by = serializers.SerializerMethodField()

    class Meta:
        model = Hold
        fields = [
            "id", "metric", "whose", "cohort", "person", "starts_on", "ends_on", "under_review", "cause", "reason", "placed_at",
            "placed_by",
        ]  # fmt: skip

    def get_person(self, hold: Hold) -> str | None:
        known = hold.person is not None and self.context["names"](hold)
        return promised(hold.person).external_id if known else None

    def get_whose(self, hold: Hold) -> Literal["all", "cohort", "person"]:
        if hold.person_id is not None:
            return "person"
        return "all" if hold.cohort_id is None else "cohort"

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
        return what if self.context["known"](hold) else None


class NoteInput(Input):
    """A note about a team (perhaps of a service) or a person; `ends_on` is out. Private kinds of a person need no `says`."""

    kind = serializers.ChoiceField(choices=choices(ContextKind))
    team = _slug(Team, required=False, allow_null=True)
    service = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    person = serializers.CharField(max_length=100, required=False, allow_null=True)
    metric = _slug(Metric, required=False, allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    says = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class TurnDownInput(Input):
    why = serializers.CharField(max_length=LONGEST)


class NoteSerializer(serializers.ModelSerializer[ContextNote]):
    """A note; of what is a person's own affair, others are told that context applies, and the days."""

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
            "state", "case", "proposed_at", "proposed_by", "confirmed_at", "confirmed_by", "turned_down_at", "turned_down_by",
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
        return bool(self.context["in_full"](note))
