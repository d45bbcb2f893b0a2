"""Questions put to the board as JSON. Who asked what about whom is told to the asker, the board and auditors alone."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from governance.board.serializers import LONGEST, Input, sees_askers
from governance.decisions import queries
from governance.decisions.models import Referral

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
