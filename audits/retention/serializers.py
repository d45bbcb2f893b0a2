"""Retention as JSON: legal holds and what went."""

from rest_framework import serializers

from audits.retention.models import LegalHold, Purge
from governance.people.models import Person, User
from ground.inputs import LONGEST, Input


class LegalHoldInput(Input):
    """What is kept until when, and why; what is not named does not narrow it."""

    reason = serializers.CharField(max_length=LONGEST)
    ends_on = serializers.DateField()
    person = serializers.SlugRelatedField(
        slug_field="external_id", queryset=Person.objects.all(), required=False, allow_null=True, default=None
    )
    account = serializers.SlugRelatedField(
        slug_field="username", queryset=User.objects.all(), required=False, allow_null=True, default=None
    )
    metric = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    since = serializers.DateField(required=False, allow_null=True, default=None)
    until = serializers.DateField(required=False, allow_null=True, default=None)


class EndHoldInput(Input):
    because = serializers.CharField(max_length=LONGEST)


class LegalHoldSerializer(serializers.ModelSerializer[LegalHold]):
    person = serializers.CharField(source="person.external_id", default=None)
    account = serializers.CharField(source="account.username", default=None)

    class Meta:
        model = LegalHold
        fields = [
            "id", "person", "account", "metric", "since", "until", "reason", "ends_on", "placed_at", "ended_at", "ended_because",
        ]  # fmt: skip


class PurgeSerializer(serializers.ModelSerializer[Purge]):
    class Meta:
        model = Purge
        fields = ["id", "what", "before", "count", "sha256", "at"]
