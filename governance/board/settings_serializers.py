"""Settings and their changes as JSON."""

from typing import Any

from rest_framework import serializers

from governance.board.models import SettingsChange


class SettingSerializer(serializers.Serializer[Any]):
    """One setting; `key` is what a case that changes it calls it."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # no class has its fields as attributes
    hint = serializers.CharField(allow_blank=True)
    value = serializers.JSONField()


class SettingsChangeSerializer(serializers.ModelSerializer[SettingsChange]):
    """Settings by key, as they would be and as they were when the case was opened."""

    class Meta:
        model = SettingsChange
        fields = ["changes", "former"]
