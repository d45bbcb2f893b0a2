"""Evidence as JSON, and what is sent to write and check it."""

from typing import Any

from rest_framework import serializers

from charter.programme.models import choices
from charter.rules.vocabulary import EvidenceKind
from governance.evidence.models import EvidenceRecord
from governance.evidence.states import EvidenceSource
from ground.inputs import LONGEST, Input


class EvidenceInput(Input):
    kind = serializers.ChoiceField(choices=choices(EvidenceKind))
    person = serializers.CharField(max_length=100, allow_null=True, default=None)
    happened_on = serializers.DateField()
    project = serializers.CharField(max_length=120)
    said_by = serializers.CharField(max_length=200)
    link = serializers.CharField(max_length=500)
    shows = serializers.CharField(max_length=LONGEST)

    def get_fields(self) -> dict[str, Any]:
        # `source` is what every field of a serializer has, so it cannot be an attribute.
        return {**super().get_fields(), "source": serializers.ChoiceField(choices=EvidenceSource.choices)}


class EvidenceCheckInput(Input):
    holds = serializers.BooleanField()
    says = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")


class EvidenceSerializer(serializers.ModelSerializer[EvidenceRecord]):
    """One record as its readers open it."""

    person = serializers.SerializerMethodField()
    written_by = serializers.CharField(source="written_by.username")
    checked_by = serializers.SerializerMethodField()

    class Meta:
        model = EvidenceRecord
        fields = [
            "id", "kind", "person", "happened_on", "project", "source", "said_by", "link", "shows", "state", "written_at",
            "written_by", "checked_at", "checked_by", "check_says",
        ]  # fmt: skip

    def get_person(self, record: EvidenceRecord) -> str | None:
        return record.person.external_id if record.person else None

    def get_checked_by(self, record: EvidenceRecord) -> str | None:
        return record.checked_by.username if record.checked_by else None
