"""Who has acknowledged which rules. Courses and attestation come beside it."""

from django.conf import settings
from django.db import models

from charter.registry.models import Contract, RulebookVersion
from ground import clock
from ground.models import Record


class Acknowledgement(Record):
    """An account has read one rulebook version and says so; a new version asks again (AR24)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    rulebook_version = models.ForeignKey(
        RulebookVersion, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    acknowledged_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-acknowledged_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "rulebook_version"], name="acknowledgement_once_a_version"
            )
        ]


class ContractAcknowledgement(Record):
    """An account has read one version of the contract and says so (S133)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contract_acknowledgements"
    )
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="acknowledgements")
    acknowledged_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-acknowledged_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "contract"], name="contractacknowledgement_once_a_version"
            )
        ]
