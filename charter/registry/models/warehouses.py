"""The warehouse as an administrator has connected it, where whoever runs this site names none."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from audits.ledger.ties import tied, told
from charter.registry.events import WarehouseConnected, WarehouseDisconnected
from ground import clock
from ground.models import Record


class WarehouseConnection(Record):
    """One connection, until it is ended. `address` is what may be shown; the whole URL lies in `sealed`, and goes when it ends."""

    address = models.CharField(max_length=500)
    sealed = models.BinaryField(null=True)
    connected_at = models.DateTimeField(default=clock.now)
    connected_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-connected_at"]
        constraints = [
            models.UniqueConstraint(
                models.Value(True),
                condition=Q(ended_at__isnull=True),
                name="warehouseconnection_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, sealed__isnull=False)
                | Q(ended_at__isnull=False, ended_by__isnull=False, sealed__isnull=True),
                name="warehouseconnection_secret_goes_with_its_end",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(WarehouseConnected, says={"address": "{row}.address"})],
                update=[told(WarehouseDisconnected, says={"address": "{row}.address"})],
            )
        ]

    def __str__(self) -> str:
        return self.address
