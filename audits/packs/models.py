"""Evidence packs: asked for, made by the clock, kept as they were made."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from audits.packs.events import PackAsked, PackFailed, PackMade
from audits.packs.states import PackState
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class EvidencePack(Record):
    """One pack of days from `since` to before `until`; `done` of `parts` files are made so far."""

    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=20, choices=PackState, default=PackState.ASKED)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    parts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    failed_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("since")),
                name="evidencepack_days_forward",
                violation_error_message=_("The last day comes before the first."),
            ),
            models.CheckConstraint(
                condition=Q(state=PackState.MADE, made_at__isnull=False, size__gt=0) & ~Q(sha256="")
                | (~Q(state=PackState.MADE) & Q(made_at__isnull=True, sha256="", size=0)),
                name="evidencepack_made_whole",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(PackAsked)],
                update=[told(PackMade, PackFailed)],
                of=["state", "made_at", "sha256", "size", "failed_because"],
            )
        ]


class PackFile(models.Model):
    """The archive of a pack, as it was made."""

    pack = models.OneToOneField(EvidencePack, primary_key=True, on_delete=models.PROTECT, related_name="file")
    body = models.BinaryField()

    class Meta:
        triggers = [*tied(insert=[told(PackMade, about="{row}.pack_id")])]
