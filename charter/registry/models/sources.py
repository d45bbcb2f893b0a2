"""Sources: the tables that measures may read."""

import msgspec
from django.conf import settings
from django.db import models

from audits.ledger.ties import tied, told
from charter.programme.models import choices
from charter.registry.events import SourceDescribed, SourcesDescribed
from charter.registry.source_descriptions import Columns, SourceDescription
from charter.rules.vocabulary import SourceKind
from ground import clock
from ground.models import Record


class Source(Record):
    """A table that measures may read, how its system comes to know what it knows (AR01), and what its columns are.

    `slug` is the table's name and never changes. `columns` is as in `SourceDescription`. What was said before stands in the log.
    """

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30, choices=choices(SourceKind))
    description = models.TextField()
    owner = models.CharField(max_length=200, blank=True)
    cadence = models.CharField(max_length=10, blank=True)
    region = models.CharField(max_length=100, blank=True)
    columns = models.JSONField(default=dict, blank=True)
    described_at = models.DateTimeField(default=clock.now)
    described_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["slug"]
        triggers = [
            *tied(
                insert=[told(SourcesDescribed, about=""), told(SourceDescribed, about="{row}.slug")],
                update=[told(SourceDescribed, about="{row}.slug")],
            )
        ]

    def __str__(self) -> str:
        return self.name

    def read(self) -> SourceDescription:
        """The description as typed values. A source that nobody has described whole reads as one without columns."""
        return SourceDescription(
            slug=self.slug,
            name=self.name,
            kind=SourceKind(self.kind),
            description=self.description,
            owner=self.owner,
            cadence=self.cadence,
            region=self.region,
            columns=msgspec.convert(self.columns, Columns),
        )
