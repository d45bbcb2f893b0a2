"""Changes of the organisation and of platforms as JSON."""

from rest_framework import serializers

from charter.registry.models import Review
from charter.registry.states import ReviewKind
from ground.inputs import Input


class ChangeInput(Input):
    """A change of the organisation or of a platform; `sources` narrow what a migration reaches."""

    kind = serializers.ChoiceField(choices=[ReviewKind.ORG_CHANGE, ReviewKind.MIGRATION])
    says = serializers.CharField(max_length=1000)
    on = serializers.DateField()
    teams = serializers.ListField(child=serializers.SlugField(max_length=60), required=False, max_length=500)
    sources = serializers.ListField(
        child=serializers.SlugField(max_length=100), required=False, max_length=500
    )


class ChangeSerializer(serializers.ModelSerializer[Review]):
    """A recorded change and its review: how many charters it reaches, by when, and since when they are looked at."""

    on = serializers.DateField(source="happened_on")
    reached = serializers.IntegerField()
    recorded_at = serializers.DateTimeField(source="opened_at")
    recorded_by = serializers.CharField(source="opened_by.username")
    reviewed_at = serializers.DateTimeField(source="closed_at")

    class Meta:
        model = Review
        fields = [
            "id",
            "kind",
            "says",
            "on",
            "teams",
            "sources",
            "reached",
            "due_on",
            "recorded_at",
            "recorded_by",
            "reviewed_at",
        ]
