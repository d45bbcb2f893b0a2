"""Entries of the log, their erasable payloads, and the outbox that a sequencer will empty.

The runtime role may only INSERT and SELECT here (see the migration of grants).
"""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from ground import clock


class Visibility(models.TextChoices):
    OPEN = "open", _("Open")
    RESTRICTED = "restricted", _("Restricted")
    SEALED = "sealed", _("Sealed")


class Entry(models.Model):
    """One leaf. `leaf` is RFC 8785 canonical JSON, never re-serialised; `leaf_hash` is SHA-256(0x00 ‖ leaf), RFC 9162.

    Its id is random, so that it tells nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField(unique=True)
    visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.OPEN)

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["kind", "at"], name="entry_kind_at")]


class Payload(models.Model):
    """What an entry is about, apart from the tree so that it can be erased; the leaf holds its HMAC under `key`."""

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="payload")
    actor = models.CharField(max_length=60, blank=True)  # blank where the payload is sealed
    body = models.BinaryField()
    key = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["actor"], name="payload_actor")]


class Outbox(models.Model):
    """An entry that no sequencer has yet given its place in the tree."""

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="outbox")
    queued_at = models.DateTimeField(default=clock.now)
