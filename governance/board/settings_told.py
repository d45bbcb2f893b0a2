"""Settings and their changes as JSON."""

from rest_framework import serializers

from governance.board.models import SettingsChange


class SettingSerializer(serializers.Serializer):
    """One setting; `key` is what a case that changes it calls it."""

    key = serializers.CharField()
    label = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)
    value = serializers.JSONField()


class SettingsChangeSerializer(serializers.ModelSerializer):
    """Settings by key, as they would be and as they were when the case was opened."""

    class Meta:
        model = SettingsChange
        fields = ["changes", "former"]
