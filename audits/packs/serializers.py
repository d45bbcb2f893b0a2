"""Evidence packs as JSON."""

from rest_framework import serializers

from audits.packs.models import EvidencePack
from ground.inputs import Input


class PackInput(Input):
    """Days from `since` to before `until`."""

    since = serializers.DateField()
    until = serializers.DateField()


class PackSerializer(serializers.ModelSerializer[EvidencePack]):
    class Meta:
        model = EvidencePack
        fields = [
            "id", "since", "until", "state", "asked_at", "parts", "done", "made_at", "sha256", "manifest_sha256", "size",
            "failed_because",
        ]  # fmt: skip
