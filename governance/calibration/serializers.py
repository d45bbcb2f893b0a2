"""Calibration as JSON, and what is sent to prepare and move rounds, to write into packs and to propose.

No body has a field for how many people come out where, and one that is sent is refused like any that we do not know (AR17).
"""

from typing import Any

from rest_framework import serializers

from charter.programme.models import choices
from charter.rules.vocabulary import DecisionType
from governance.calibration import permissions, queries
from governance.calibration.models import LEVELS, CalibrationItem, CalibrationRound, Rubric
from governance.calibration.packs import PersonPack
from governance.calibration.sessions import CalibrationSession, SessionLine
from governance.calibration.states import NoteKind, RoundState
from governance.people.models import User
from ground.inputs import LONGEST, Input


class RubricLevelInput(Input):
    name = serializers.CharField(max_length=60)
    means = serializers.CharField(max_length=LONGEST)
    examples = serializers.ListField(child=serializers.CharField(max_length=LONGEST))


class RubricInput(Input):
    """Three levels, the lowest first."""

    role_family = serializers.CharField(max_length=100)
    levels = RubricLevelInput(many=True)


class RoundInput(Input):
    """A round; `to` is out, and without `metrics` it rests on evidence alone."""

    name = serializers.CharField(max_length=120)
    decision = serializers.ChoiceField(choices=choices(DecisionType))
    cohort = serializers.CharField(max_length=100)
    to = serializers.DateField()
    opens_on = serializers.DateField()
    metrics = serializers.ListField(child=serializers.CharField(max_length=100))
    favourable_from = serializers.IntegerField(default=3)
    says = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")

    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of Python, so it cannot be an attribute.
        return {**super().get_fields(), "from": serializers.DateField()}


class RoundStateInput(Input):
    """Where a round goes next; `reason` where it is dropped or opened again."""

    state = serializers.ChoiceField(choices=RoundState.choices)
    reason = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")


class PackNoteInput(Input):
    kind = serializers.ChoiceField(choices=NoteKind.choices)
    text = serializers.CharField(max_length=LONGEST)


class ProposalInput(Input):
    """A level from 1 to 3 with its reasons and what it rests on; `change` where another one was proposed before."""

    level = serializers.ChoiceField(choices=LEVELS)
    reasons = serializers.CharField(max_length=LONGEST)
    evidence = serializers.ListField(child=serializers.UUIDField())
    receipts = serializers.ListField(child=serializers.UUIDField(), default=list)
    change = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")


class ActInput(Input):
    """Nothing: what is done is said by the address."""


class RubricSerializer(serializers.ModelSerializer[Rubric]):
    class Meta:
        model = Rubric
        fields = ["id", "role_family", "names", "meanings", "examples", "written_at"]


class RoundSerializer(serializers.ModelSerializer[CalibrationRound]):
    """A round as it was announced."""

    cohort = serializers.CharField(source="cohort.slug")

    class Meta:
        model = CalibrationRound
        fields = [
            "id", "name", "decision", "cohort", "starts_on", "ends_on", "opens_on", "metrics", "favourable_from", "says", "state",
            "announced_at", "published_at", "ended_at",
        ]  # fmt: skip


def serialize_session(session: CalibrationSession) -> dict[str, Any]:
    """Whom a session is about, and what to talk about."""
    return {
        "people": [_serialize_line(each) for each in session.lines],
        "pairs": [
            {"one": str(each.one.item.pk), "other": str(each.other.item.pk), "similarity": round(each.similarity, 3)}
            for each in session.pairs
        ],
        "one_level_for_distinct_evidence": list(session.compressed),
        "answers_for_one_alone": list(session.alone),
    }  # fmt: skip


def _serialize_line(line: SessionLine) -> dict[str, Any]:
    item = line.item
    return {
        "id": str(item.pk),
        "person": item.person.external_id,
        "role_family": item.family.role_family,
        "accountable": item.accountable.username if item.accountable else None,
        "level": line.number or None,
        "set_aside": item.set_aside_at is not None,
        "flags": [each.value for each in line.flags],
        "open_challenges": line.open_challenges,
    }


def serialize_pack(pack: PersonPack, *, to: User) -> dict[str, Any]:
    """A pack: what people say first, then growth and unseen work, metrics last, and what is thin."""
    item = pack.item
    return {
        "id": str(item.pk),
        "round": str(item.round_id),
        "person": item.person.external_id,
        "accountable": item.accountable.username if item.accountable else None,
        "evidence": [str(each.pk) for each in pack.records],
        "notes": [{"kind": each.note.kind, "text": each.text, "at": each.note.at} for each in pack.notes],
        "not_asked": [each.value for each in pack.unasked],
        "flags": [each.value for each in pack.flags],
        "teams": list(pack.teams),
        "values": [
            {"receipt": str(each.values.entry_id), "permitted": each.values.permitted, "told": each.told} for each in pack.values
        ],
        "proposals": _serialize_proposals(item) if permissions.sees_proposals(to, item) else [],
    }  # fmt: skip


def serialize_outcome(item: CalibrationItem) -> dict[str, Any]:
    """An outcome with its explanation, as whom it is about reads it."""
    return {
        "id": str(item.pk),
        "round": item.round.name,
        "acknowledged_at": item.acknowledged_at,
        "proposals": _serialize_proposals(item),
    }


def _serialize_proposals(item: CalibrationItem) -> list[dict[str, Any]]:
    """All that was proposed, the last one first: it counts."""
    told = []
    for each in reversed(queries.list_proposals([item])[item.pk]):
        said = queries.read_words(each)
        told.append(
            {
                "level": said.level,
                "name": item.family.rubric.names[said.level - 1],
                "reasons": said.reasons,
                "change": said.change,
                "kind": each.kind,
                "by": each.by.username,
                "at": each.at,
                "evidence": [str(key) for key in each.evidence],
                "receipts": [str(key) for key in each.receipts],
            }
        )
    return told
