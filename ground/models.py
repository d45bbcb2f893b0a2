"""The base of every record, and what is no record of anybody: signs of life of the background work, and counts."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Func
from django.db.models.functions import Collate, Lower
from django.utils.translation import gettext_lazy as _

from ground import texts
from ground.errors import BadInput
from ground.ids import new_id

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


_TEXTS = (models.CharField, models.TextField, models.JSONField, ArrayField)


class Nfkc(Func):
    """A text with its wide and other shapes as plain ones."""

    template = "normalize(%(expressions)s, NFKC)"
    output_field = models.CharField()


def is_folded(field: str, *, name: str, message: "StrOrPromise") -> models.CheckConstraint:
    """That a handle is kept as what look-alikes share (`texts.fold`), so that one which is unique is so among those too.

    The database knows no more of it than wide shapes and the case of ASCII; the rest is `texts.clean_handle`'s.
    """
    folded = Lower(Collate(Nfkc(field), "C"))
    return models.CheckConstraint(
        condition=models.Q(**{field: folded}), name=name, violation_error_message=message
    )


def is_slug(field: str, *, name: str) -> models.CheckConstraint:
    """That a slug is made of small letters and digits, so that no two differ by what nobody notices."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__regex": r"^[a-z0-9][a-z0-9_.:+@-]*$"}),
        name=name,
        violation_error_message=_(
            "Write small letters from a to z, digits and “-”, beginning with a letter or digit."
        ),
    )


class HoldsTexts(models.Model):
    """A row whose texts are texts (`ground.texts`), whichever door they came through."""

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """As Django's, after labels were brought into the shape in which they are kept. Raises ValidationError, by field."""
        faults = {}
        for field in _text_fields(self):
            try:
                _take_text(self, field)
            except ValueError as error:
                faults[field.name] = str(error)
        if faults:
            raise ValidationError(faults)
        super().clean_fields(exclude=exclude)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row. Raises BadInput naming the field for a text that may not be."""
        written = kwargs.get("update_fields")
        for field in _text_fields(self):
            if written is None or field.name in written:
                try:
                    _check_text(self, field)
                except ValueError as error:
                    raise BadInput(str(error), field=field.name) from error
        super().save(*args, **kwargs)


class Record(HoldsTexts):
    """A row keyed by a UUIDv7 made in Python."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


def _text_fields(record: models.Model) -> Iterable["models.Field[Any, Any]"]:
    """The fields that hold what somebody may have said: labels, prose, and plain values with texts in them."""
    deferred = record.get_deferred_fields()
    return (
        field
        for field in record._meta.concrete_fields
        if isinstance(field, _TEXTS) and field.attname not in deferred
    )


def _take_text(record: models.Model, field: "models.Field[Any, Any]") -> None:
    value = getattr(record, field.attname)
    if isinstance(field, models.CharField) and isinstance(value, str):
        setattr(record, field.attname, texts.clean_label(value))
    _check_text(record, field)


def _check_text(record: models.Model, field: "models.Field[Any, Any]") -> None:
    """Raise ValueError for a text that may not be."""
    value = getattr(record, field.attname)
    if isinstance(field, models.JSONField | ArrayField):
        if fault := texts.find_fault(value):
            raise ValueError(fault[1])
    elif isinstance(value, str):
        (texts.check_label if isinstance(field, models.CharField) else texts.check_prose)(value)


class Heartbeat(Record):
    """The last sign of life of a scan on a worker, or of the beat; `due_at` is when the next must have come."""

    scan = models.CharField(max_length=60)
    worker = models.CharField(max_length=200, blank=True)  # blank for one that no worker has run yet
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    running = models.BooleanField(default=False)
    took = models.FloatField(null=True)  # seconds, of the last pass that ended
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scan", "worker"], name="heartbeat_once")]
        ordering = ["scan", "worker"]


class Count(models.Model):
    """What a key has spent of its rate until `ends_at`; `granted` is whether the last that it asked for was.

    The table is UNLOGGED (by the first migration), and only `ground/counts.py` writes it.
    """

    key = models.CharField(max_length=100, primary_key=True)
    spent = models.BigIntegerField()
    ends_at = models.DateTimeField()
    granted = models.BooleanField()
