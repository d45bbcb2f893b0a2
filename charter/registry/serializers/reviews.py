"""Reviews of the matrix as JSON."""

from typing import Any

from rest_framework import serializers

from charter.registry.models import Review, ReviewItem
from charter.registry.states import ReviewResult
from ground.inputs import LONGEST, Input

AT_ONCE = 200


class DueSerializer(serializers.Serializer[Any]):
    """When the next quarterly review is due, and when the last was; `open` is the one that has been started."""

    on = serializers.DateField()
    last = serializers.DateField(allow_null=True)
    overdue = serializers.BooleanField()
    open = serializers.UUIDField(source="open.pk", default=None, allow_null=True)


class ReviewSerializer(serializers.ModelSerializer[Review]):
    opened_by = serializers.CharField(source="opened_by.username")
    closed_by = serializers.CharField(source="closed_by.username", default=None, allow_null=True)

    class Meta:
        model = Review
        fields = [
            "id",
            "kind",
            "says",
            "happened_on",
            "teams",
            "sources",
            "due_on",
            "opened_at",
            "opened_by",
            "closed_at",
            "closed_by",
        ]


class ReviewItemSerializer(serializers.ModelSerializer[ReviewItem]):
    """One charter in a review; `since` is the version that was confirmed last."""

    metric = serializers.CharField(source="charter_version.metric.slug")
    version = serializers.IntegerField(source="charter_version.number")
    since = serializers.IntegerField(source="since.number", default=None, allow_null=True)
    decided_by = serializers.CharField(source="decided_by.username", default=None, allow_null=True)

    class Meta:
        model = ReviewItem
        fields = [
            "id",
            "metric",
            "version",
            "since",
            "reason",
            "result",
            "note",
            "decided_at",
            "decided_by",
        ]


class SaidInput(Input):
    """What the board says of one charter; a flag needs a note."""

    item = serializers.UUIDField()
    result = serializers.ChoiceField(choices=[ReviewResult.CONFIRMED.value, ReviewResult.FLAGGED.value])
    note = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class SittingInput(Input):
    said = serializers.ListField(child=SaidInput(), min_length=1, max_length=AT_ONCE)


class LeftSerializer(serializers.Serializer[Any]):
    """How many charters of the review are still to be looked at one by one."""

    left = serializers.IntegerField()


class JustifyInput(Input):
    note = serializers.CharField(max_length=2000)
