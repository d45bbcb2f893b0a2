"""What is so from one day to another."""

from datetime import date
from typing import Self, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from governance.people.models.signing_in import AccountMail as AccountMail
from governance.people.models.signing_in import AccountMailKind as AccountMailKind
from governance.people.models.signing_in import Session as Session
from governance.people.source_names import Identity as Identity
from governance.people.source_names import TeamAlias as TeamAlias
from ground.models import Record


class _DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


VALID = _DateRange("valid_from", "valid_to", RangeBoundary())


def or_none(field: str) -> Coalesce:
    """A reference in which null equals null, which SQL's does not."""
    return Coalesce(F(field), Value(UUID(int=0)), output_field=models.UUIDField())


DatedRow = TypeVar("DatedRow", bound=models.Model)


class DatedQuerySet(models.QuerySet[DatedRow]):
    def on(self, day: date) -> Self:
        """Those that are so on this day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)


class Dated(Record):
    """Something that is so from one day (in) to another (out, or null while it lasts)."""

    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="%(class)s_ends_after_it_begins",
                violation_error_message=_("The last day must come after the first."),
            )
        ]
