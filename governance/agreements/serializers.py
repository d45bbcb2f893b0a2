"""Agreements as JSON."""

from typing import Any

from django.db.models import prefetch_related_objects
from rest_framework import serializers

from governance.agreements import queries
from governance.agreements.models import AgreementDocument, AgreementVersion
from governance.agreements.states import AgreementFindingKind, AgreementStanding
from ground import calendar
from ground.inputs import LONGEST, Input


class AgreementDocumentSerializer(serializers.ModelSerializer[AgreementDocument]):
    """A file without its content, which its own address sends."""

    added_by = serializers.CharField(source="added_by.username")

    class Meta:
        model = AgreementDocument
        fields = ["id", "name", "media_type", "size", "sha256", "added_at", "added_by"]


class AgreementSerializer(serializers.ModelSerializer[AgreementVersion]):
    """One version. `text` is as one entry under `agreements` of programme.yaml."""

    standing = serializers.SerializerMethodField()
    text = serializers.JSONField()
    in_force_until = serializers.SerializerMethodField()
    written_by = serializers.CharField(source="written_by.username")
    documents = serializers.SerializerMethodField()

    class Meta:
        model = AgreementVersion
        fields = [
            "id", "slug", "number", "kind", "title", "standing", "begins_on", "in_force_until", "end_because", "text",
            "content_hash", "case", "written_at", "written_by", "documents",
        ]  # fmt: skip

    def get_standing(self, version: AgreementVersion) -> AgreementStanding:
        standings = self.context.get("standings") or queries.read_standings(calendar.today())
        return AgreementStanding(standings[version.pk])

    def get_in_force_until(self, version: AgreementVersion) -> str | None:
        end = queries.find_end(version)
        return end.isoformat() if end else None

    def get_documents(self, version: AgreementVersion) -> list[dict[str, Any]]:
        prefetch_related_objects([version], queries.documents_unread())  # unless they are there
        return [dict(AgreementDocumentSerializer(each).data) for each in version.documents.all()]


class AgreementFindingSerializer(serializers.Serializer[Any]):
    """One thing that is wrong between agreements and what is done."""

    kind = serializers.ChoiceField(choices=AgreementFindingKind.choices)
    agreement = serializers.CharField()
    clause = serializers.CharField()
    about = serializers.CharField()
    says = serializers.CharField()
    case = serializers.SerializerMethodField()
    agreed = serializers.BooleanField()

    def get_case(self, finding: Any) -> str | None:
        return str(finding.departure.case_id) if finding.departure else None


class AgreementNoticeInput(Input):
    ends_on = serializers.DateField()
    because = serializers.CharField(max_length=LONGEST)


class AgreementCaseSerializer(serializers.Serializer[Any]):
    case = serializers.UUIDField()
