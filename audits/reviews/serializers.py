"""Sampled reviews as JSON."""

from typing import Any

from rest_framework import serializers

from audits.reviews.models import SampledLook, SampleDraw
from audits.reviews.states import CONCLUDED
from ground.inputs import LONGEST, Input


class LookTextInput(Input):
    text = serializers.CharField(max_length=LONGEST)


class FoundInput(Input):
    finding = serializers.ChoiceField(choices=[(each.value, each.label) for each in CONCLUDED])
    because = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class SampleDrawSerializer(serializers.ModelSerializer[SampleDraw]):
    """The draw of a month with what is needed to draw it again, and how many reviews stand where."""

    drawn = serializers.IntegerField()
    justified = serializers.IntegerField()
    misuse = serializers.IntegerField()
    open = serializers.IntegerField()

    class Meta:
        model = SampleDraw
        fields = [
            "id", "month", "seed", "log_size", "log_root", "population", "share", "least", "frame_sha256", "drawn_at",
            "drawn", "justified", "misuse", "open",
        ]  # fmt: skip


class SampledLookSerializer(serializers.ModelSerializer[SampledLook]):
    """One drawn look, without who looked and who reviews it."""

    receipt = serializers.UUIDField(source="decision.entry_id")
    month = serializers.DateField(source="draw.month")

    class Meta:
        model = SampledLook
        fields = ["id", "month", "receipt", "state", "due_on", "because", "concluded_at", "case"]


def serialize_questions(look: SampledLook) -> list[dict[str, Any]]:
    """What was asked of whoever looked, and answered, oldest first."""
    return [
        {
            "text": each.text,
            "asked_at": each.asked_at,
            "answer": each.answer or None,
            "answered_at": each.answered_at,
        }
        for each in look.questions.all()
    ]
