"""Drafts of charters as JSON, with what lint and their own examples say of them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from charter.authoring import drafts, permissions
from charter.authoring.models import Draft, DraftPermission
from charter.authoring.states import DraftRight
from charter.authoring.submission import CharterExampleRun
from charter.registry.charter_facts import parse_document
from charter.registry.headings import Heading, is_begun
from governance.people.models import User
from ground.inputs import Input


class StarterSerializer(serializers.Serializer[Any]):
    """A charter of the starter catalogue, by what to begin a draft with."""

    metric = serializers.CharField()
    name = serializers.CharField()
    category = serializers.CharField(source="what.category")


class DraftInput(Input):
    """Where a draft begins: empty (`blank`, which needs a `name`), with the newest version of one's own metric
    (`version`), or with a charter of the starter catalogue (`catalogue`)."""

    start = serializers.ChoiceField(choices=["blank", "version", "catalogue"])
    metric = serializers.SlugField(max_length=100)
    name = serializers.CharField(max_length=200, required=False, default="")


class HeadingInput(Input):
    """Keys of one heading that are to say something else, as the charter document writes them; others stay.

    `seen` is the heading's as it was read: where somebody has saved another since, nothing is saved and the status is
    409. `name` renames a metric that is not registered yet.
    """

    seen = serializers.CharField(max_length=64)
    changes = serializers.DictField()
    name = serializers.CharField(max_length=200, required=False, default="")


class ShareInput(Input):
    user = serializers.SlugRelatedField(slug_field="username", queryset=User.objects.all())
    right = serializers.ChoiceField(choices=DraftRight.choices)


class ShareSerializer(serializers.ModelSerializer[DraftPermission]):
    """Who reads or writes along, since when and by whose leave."""

    user = serializers.CharField(source="user.username")
    right = serializers.ChoiceField(choices=DraftRight.choices)
    given_by = serializers.CharField(source="given_by.username")

    class Meta:
        model = DraftPermission
        fields = ["user", "right", "given_at", "given_by"]


class DraftSerializer(serializers.ModelSerializer[Draft]):
    """A draft without what it says."""

    name = serializers.CharField(source="document.name")
    owner = serializers.CharField(source="owner.username")
    updated_by = serializers.CharField(source="updated_by.username")

    class Meta:
        model = Draft
        fields = ["id", "metric", "name", "owner", "started_at", "updated_at", "updated_by", "ended_at"]


class HeadingSerializer(serializers.Serializer[Any]):
    """One heading: what it says, whether anything was written under it, and `seen`, which saving it asks for."""

    heading = serializers.ChoiceField(choices=[each.value for each in Heading])
    seen = serializers.CharField()
    begun = serializers.BooleanField()
    says = serializers.DictField()


class DraftDetailSerializer(DraftSerializer):
    """A draft with what it says, who reads and writes along, and what the asker may do with it."""

    based_on = serializers.IntegerField(source="based_on.number", default=None, allow_null=True)
    version = serializers.IntegerField(source="version.number", default=None, allow_null=True)
    headings = serializers.SerializerMethodField()
    shares = serializers.SerializerMethodField()
    may_edit = serializers.SerializerMethodField()
    may_end = serializers.SerializerMethodField()

    class Meta(DraftSerializer.Meta):
        fields = [
            *DraftSerializer.Meta.fields,
            "based_on",
            "version",
            "headings",
            "shares",
            "may_edit",
            "may_end",
        ]

    @extend_schema_field(HeadingSerializer(many=True))
    def get_headings(self, draft: Draft) -> list[dict[str, Any]]:
        return list(HeadingSerializer([serialize_heading(draft, each) for each in Heading], many=True).data)

    @extend_schema_field(ShareSerializer(many=True))
    def get_shares(self, draft: Draft) -> list[dict[str, Any]]:
        found = draft.shares.select_related("user", "given_by", "permission")
        return list(ShareSerializer(found, many=True).data)

    def get_may_edit(self, draft: Draft) -> bool:
        return permissions.can_edit_draft(self.context["request"].user, draft)

    def get_may_end(self, draft: Draft) -> bool:
        return permissions.can_end_draft(self.context["request"].user, draft)


class FindingSerializer(serializers.Serializer[Any]):
    """One thing to mend: where it stands in the document, what is wrong, and how to mend it."""

    level = serializers.CharField()
    rule = serializers.CharField()
    field = serializers.CharField()
    text = serializers.CharField()
    fix = serializers.CharField()


class TriedSerializer(serializers.Serializer[Any]):
    """An example by its place in the document: what it must get, what the rules say, or why it is no request."""

    place = serializers.CharField()
    says = serializers.CharField()
    must_get = serializers.CharField()
    verdict = serializers.CharField(allow_null=True)
    rules = serializers.ListField(child=serializers.CharField())
    matches = serializers.BooleanField()
    problem = serializers.CharField()


class CheckSerializer(serializers.Serializer[Any]):
    """Whether a draft could be handed in, with all that lint finds and what its examples get."""

    passes = serializers.BooleanField()
    findings = FindingSerializer(many=True)
    examples = TriedSerializer(many=True)


def serialize_heading(draft: Draft, heading: Heading) -> dict[str, Any]:
    """One heading of a draft as `HeadingSerializer` tells it."""
    return {
        "heading": heading.value,
        "seen": drafts.hash_heading(draft, heading),
        "begun": is_begun(parse_document(draft.document), heading),
        "says": draft.document.get(heading.value, {}),
    }


def serialize_example(place: str, tried: CharterExampleRun) -> dict[str, Any]:
    """One example as `TriedSerializer` tells it."""
    verdict = tried.result.verdict if tried.result else None
    return {
        "place": place,
        "says": tried.example.says,
        "must_get": tried.example.verdict.value,
        "verdict": verdict.outcome.value if verdict else None,
        "rules": [match.id for match in verdict.rules] if verdict else [],
        "matches": bool(tried.result and tried.result.matches),
        "problem": tried.problem,
    }
