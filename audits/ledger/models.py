"""Entries of the log, their erasable payloads, the outbox that the sequencer empties, the tree that it makes, and its witnesses.

The runtime role may only INSERT and SELECT here, take out of the outbox what has its place, and destroy a payload with an entry
that tells so (see `grants`).
"""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from audits.ledger.events import PayloadErased
from audits.ledger.packing import PackedField
from audits.ledger.states import Visibility
from audits.ledger.ties import tied, told
from audits.ledger.tiles import WIDTH
from audits.ledger.tree import HASH_BYTES
from ground import clock
from ground.schema.triggers import Trigger, refuse

# A second sequencer that counts from an old head finds its first place taken, by the one that went on, or out of turn. Looked at
# once a statement, as thousands of places are taken at a time.
_IN_TURN = f"""
IF EXISTS (
    SELECT FROM (SELECT min(number) AS first, max(number) AS last, count(*) AS many FROM placed) taken
    WHERE many > 0 AND (
        many <> last - first + 1
        OR last <> (SELECT max(number) FROM ledger_logplace)
        OR first <> coalesce((SELECT max(number) + 1 FROM ledger_logplace WHERE number < first), 0)
    )
) THEN
    {refuse("the places of the log are taken in turn", "place_in_turn")}
END IF;
IF EXISTS (SELECT FROM placed WHERE NOT EXISTS (SELECT FROM ledger_entry entry WHERE entry.id = placed.entry_id)) THEN
    {refuse("each place of the log is that of an entry", "place_of_an_entry")}
END IF;
RETURN NULL;
"""
# What a foreign key would keep, looked at when an entry goes, and not for each one that gets its place.
_STAYS = f"""
IF EXISTS (SELECT FROM ledger_logplace place WHERE place.entry_id = OLD.id) THEN
    {refuse("an entry stays while it has its place in the log", "entry_stays_in_its_place")}
END IF;
RETURN NULL;
"""
_PLACED = f"""
IF EXISTS (SELECT FROM gone WHERE NOT EXISTS (SELECT FROM ledger_logplace place WHERE place.entry_id = gone.entry_id)) THEN
    {refuse("an entry leaves the queue for its place in the log", "outbox_left_for_a_place")}
END IF;
RETURN NULL;
"""
_GROWS = f"""
IF NEW.size <= coalesce((SELECT max(size) FROM ledger_signedcheckpoint), 0)
    OR NEW.size > coalesce((SELECT max(number) + 1 FROM ledger_logplace), 0)
THEN
    {refuse("a checkpoint is of what stands, and of more than the one before", "checkpoint_grows")}
END IF;
RETURN NEW;
"""


class Entry(models.Model):
    """One leaf. `leaf` is RFC 8785 canonical JSON, never re-serialised; `leaf_hash` is SHA-256(0x00 ‖ leaf), RFC 9162.

    Its id is random, so that it tells nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)
    leaf = PackedField()
    leaf_hash = models.BinaryField()  # as different as ids are, which the leaf says
    visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.OPEN)

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["kind", "at"], name="entry_kind_at")]
        triggers = [
            Trigger(
                name="stays_in_its_place",
                when=pgtrigger.After,
                operation=pgtrigger.Delete | pgtrigger.UpdateOf("id"),
                timing=pgtrigger.Deferred,
                func=_STAYS,
            )
        ]


class Payload(models.Model):
    """What an entry is about, apart from the tree so that it can be erased; the leaf holds its HMAC under `key`."""

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="payload")
    actor = models.CharField(max_length=60, blank=True)  # blank where the payload is sealed
    body = PackedField()
    key = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["actor"], name="payload_actor")]
        triggers = [*tied(delete=[told(PayloadErased, about="{row}.entry_id")])]


class TransactionField(models.BigIntegerField):  # type: ignore[type-arg]
    """PostgreSQL's number of a transaction, which never comes round."""

    def db_type(self, connection: object) -> str:
        return "xid8"


class Outbox(models.Model):
    """An entry that no sequencer has yet given its place in the tree, and by what its rows are tied to it (`ties`)."""

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="outbox")
    queued_at = models.DateTimeField(default=clock.now)
    xact = TransactionField(db_default=models.Func(function="pg_current_xact_id"), editable=False)
    # Which row it is about. Not in the tree: it would outlive that the payload is erased.
    about = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["queued_at", "entry"], name="outbox_in_turn"),
            models.Index(fields=["xact", "about"], name="outbox_of_a_transaction"),
        ]
        triggers = [
            Trigger(
                name="left_for_a_place",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(old="gone"),
                func=_PLACED,
            )
        ]


class LogPlace(models.Model):
    """Where an entry stands in the tree: its leaf's index, counted from 0 without gaps, for good."""

    number = models.BigIntegerField(primary_key=True)
    # No foreign key: a look at each of thousands of entries would cost half of what placing them does. Triggers hold it.
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="place", db_constraint=False)

    class Meta:
        ordering = ["number"]
        triggers = [
            Trigger(
                name="in_turn",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="placed"),
                func=_IN_TURN,
            )
        ]


class FullTile(models.Model):
    """A tile whose 256 hashes are all there, so that it never changes; `top` is the one hash over them.

    Tiles at the edge of the tree are not kept: they come out of the places, and of the tops one level below.
    """

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()
    top = models.BinaryField()

    class Meta:
        ordering = ["level", "number"]
        constraints = [
            models.UniqueConstraint(fields=["level", "number"], name="fulltile_once"),
            models.CheckConstraint(
                condition=Q(hashes__length=WIDTH * HASH_BYTES, top__length=HASH_BYTES), name="fulltile_whole"
            ),
        ]


class SignedCheckpoint(models.Model):
    """A state of the log that was signed: how many entries, the root over them, and the note as it is handed on."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["size"]
        triggers = [Trigger(name="grows", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_GROWS)]


class WitnessState(models.Model):
    """What was last heard of a witness that the policy names, so that pages and /readyz can tell. Not part of the tree."""

    name = models.CharField(max_length=200, primary_key=True)  # as the policy calls it
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)  # when it last cosigned
    size = models.BigIntegerField(default=0)  # of the state that it cosigned then
    trouble = models.CharField(max_length=300, blank=True)  # why it gives no cosignature now
    refuses = models.BooleanField(default=False)  # because it has seen another past of the log

    class Meta:
        ordering = ["name"]


models.BinaryField.register_lookup(Length)
