"""Appeals as JSON, each told to its reader by what they are to it, and what is sent to file and handle them."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from charter.programme.models import choices
from charter.rules.vocabulary import ContextKind
from governance.appeals import permissions, queries
from governance.appeals.models import Appeal, AppealAttachment
from governance.appeals.states import (
    CONTENT_TYPES,
    AppealFinding,
    AppealKind,
    AttachmentKind,
    HoldChoice,
    Remedy,
    Voice,
)
from governance.appeals.words import AppealAbout
from governance.decisions.models import Hold
from governance.people.models import User
from ground.inputs import LONGEST, Input


class _AppealProse(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)


class ContextInput(Input):
    kind = serializers.ChoiceField(choices=choices(ContextKind))
    to = serializers.DateField()
    says = _AppealProse()

    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of Python, so it cannot be an attribute.
        return {**super().get_fields(), "from": serializers.DateField()}


class AppealInput(Input):
    kind = serializers.ChoiceField(choices=[(kind.value, kind.label) for kind in AppealKind])
    about = serializers.DictField(default=dict)
    statement = _AppealProse()
    wanted = _AppealProse()
    hold = serializers.ChoiceField(choices=HoldChoice.choices, default=HoldChoice.NONE.value)
    contested = serializers.CharField(max_length=150, allow_null=True, default=None)

    def get_fields(self) -> dict[str, Any]:
        # `context` is what every serializer is given, so it cannot be an attribute.
        return {**super().get_fields(), "context": ContextInput(many=True, default=list)}


class MessageInput(Input):
    text = _AppealProse()
    internal = serializers.BooleanField(default=False)


class AttachmentInput(Input):
    """A message with one file; what the file may be is the service's to say, so an empty one comes that far."""

    text = _AppealProse()
    attachment = serializers.FileField(allow_empty_file=True)


class WhyInput(Input):
    why = _AppealProse()


class AcknowledgeInput(Input):
    review_closes = serializers.DateField(allow_null=True, default=None)


class AssignInput(Input):
    handler = serializers.CharField(max_length=150)


class OutcomeInput(Input):
    finding = serializers.ChoiceField(choices=AppealFinding.choices)
    reasons = _AppealProse()
    evidence = _AppealProse()
    remedy = _AppealProse()
    act = serializers.ChoiceField(choices=Remedy.choices, default=Remedy.NONE.value)
    note_kind = serializers.ChoiceField(choices=choices(ContextKind), allow_blank=True, default="")
    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class NothingInput(Input):
    """No body is needed."""


class FiledSerializer(serializers.Serializer[Any]):
    """An appeal that was filed just now."""

    id = serializers.UUIDField()
    state = serializers.CharField()
    due = serializers.DictField(child=serializers.DateField())
    held = serializers.ListField(child=serializers.DictField())


class AttachmentSerializer(serializers.Serializer[Any]):
    """A picture or a text of an appeal, as a list tells it; its bytes are read at `url`."""

    id = serializers.UUIDField()
    message = serializers.UUIDField(source="message_id")
    kind = serializers.ChoiceField(choices=AttachmentKind.choices)
    content_type = serializers.SerializerMethodField()
    at = serializers.DateTimeField(source="message.at")
    url = serializers.SerializerMethodField()

    def get_content_type(self, file: AppealAttachment) -> str:
        return CONTENT_TYPES[AttachmentKind(file.kind)][0]

    def get_url(self, file: AppealAttachment) -> str:
        return reverse("api-appeal-attachment", args=[file.appeal_id, file.pk])


class AttachmentsSerializer(serializers.Serializer[Any]):
    """All that came with the messages of an appeal, twenty at most."""

    results = AttachmentSerializer(many=True)


class AppealSerializer(serializers.Serializer[Any]):
    """An appeal as a list tells it: what it is and what is due, and nothing of what it says."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.CharField()
    about = serializers.CharField(source="about_kind")
    urgent = serializers.BooleanField()
    due = serializers.SerializerMethodField()
    handler = serializers.SerializerMethodField()
    mine = serializers.SerializerMethodField()

    def get_due(self, appeal: Appeal) -> dict[str, str]:
        return {kind: day.isoformat() for kind, day in queries.read_due(appeal).items()}

    def get_handler(self, appeal: Appeal) -> str | None:
        handling = getattr(appeal, "handling", None)
        return handling.user.name if handling is not None else None

    def get_mine(self, appeal: Appeal) -> bool:
        return permissions.is_appellant(self.context["user"], appeal)


def serialize_hold(hold: Hold) -> dict[str, Any]:
    """What is held, as whoever filed the appeal is told."""
    return {
        "metric": hold.metric.slug,
        "cohort": hold.cohort.slug if hold.cohort else None,
        "person": hold.person.external_id if hold.person else None,
        "from": hold.starts_on.isoformat(),
        "to": hold.ends_on.isoformat(),
        "on_use": hold.on_use,
    }


def serialize_appeal(appeal: Appeal, user: User) -> dict[str, Any]:
    """One appeal in full for both its sides; for whoever finds a handler as a list tells it."""
    told = dict(AppealSerializer(appeal, context={"user": user}).data)
    mine, handled = told["mine"], permissions.handles(user, appeal)
    if not (mine or handled):
        return told
    words = queries.read_words(appeal)
    return told | {
        "appellant": appeal.appellant.username if appeal.appellant else None,
        "contested": _contested(appeal),
        "what": serialize_about(words.about),
        "statement": words.statement,
        "wanted": words.wanted,
        "context": [
            {
                "kind": each.kind,
                "from": each.starts_on.isoformat(),
                "to": each.ends_on.isoformat(),
                "says": each.says,
            }
            for each in words.context
        ],
        "hold": words.hold.value,
        "messages": serialize_messages(appeal, internal=handled),
        "outcomes": serialize_outcomes(appeal),
    }


def serialize_about(about: AppealAbout) -> dict[str, Any]:
    """What an appeal is about, as it was found."""
    return {
        "receipt": str(about.entry) if about.entry else None,
        "metrics": list(about.metrics),
        "cohorts": list(about.cohorts),
        "person": about.person or None,
        "from": about.starts_on.isoformat() if about.starts_on else None,
        "to": about.ends_on.isoformat() if about.ends_on else None,
        "rule": about.rule or None,
        "calibration": str(about.calibration) if about.calibration else None,
        "evidence": [str(each) for each in about.evidence],
    }


def serialize_messages(appeal: Appeal, *, internal: bool) -> list[dict[str, Any]]:
    """The messages of an appeal; with `internal` the notes among handlers too."""
    return [
        {
            "id": str(each.pk),
            "voice": Voice(each.voice).value,
            "at": each.at.isoformat(),
            "text": text,
            "attachments": [{"id": str(file.pk), "kind": file.kind} for file in each.attachments.all()],
        }
        for each, text in queries.list_messages(appeal, internal=internal)
    ]


def serialize_outcomes(appeal: Appeal) -> list[dict[str, Any]]:
    """What was decided, with its reasons and who decided."""
    return [
        {
            "instance": each.instance,
            "finding": each.finding,
            "reasons": words.reasons,
            "evidence": words.evidence,
            "remedy": words.remedy,
            "act": each.act,
            "decided_by": each.decided_by.name,
            "decided_at": each.decided_at.isoformat(),
        }
        for each, words in queries.list_outcomes(appeal)
    ]


def _contested(appeal: Appeal) -> str | None:
    account = permissions.read_parties(appeal).contested
    found = User.objects.filter(pk=account).first() if account else None
    return found.username if found else None
