"""Who read the access log, what was taken out of it, and searches that are kept."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.access_log.events import (
    DecisionRead,
    LogExported,
    LogSearched,
    SearchDeleted,
    SearchRenamed,
    SearchSaved,
)
from audits.ledger.models import Entry
from audits.ledger.ties import tied, told, told_by
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class FileFormat(models.TextChoices):
    CSV = "csv", _("CSV")
    JSON = "json", _("JSON")


class LogReading(Record):
    """A search or a decision that was read; the same again soon after, a page further say, is the same reading.

    `of` is a hash of what was read, which the entry says in full.
    """

    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    of = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["by", "of", "-at"], name="reading_lately")]
        triggers = [*tied(insert=[told(LogSearched, DecisionRead)])]


class Export(Record):
    """A file that was taken out of the access log: what it holds stands in its entry, which its last line names."""

    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    format = models.CharField(max_length=10, choices=FileFormat)
    filters = models.JSONField(blank=True)
    rows = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        triggers = [*tied(insert=[told_by("entry_id", LogExported)])]


class SavedSearch(Record):
    """A search under a name of its owner's, who alone sees it."""

    owner = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    filters = models.JSONField(blank=True)
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="savedsearch_name_once",
                violation_error_message=_("You have a search of this name already."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="savedsearch_has_a_name",
                violation_error_message=_("Give it a name."),
            ),
        ]
        triggers = [
            *tied(insert=[told(SearchSaved)], update=[told(SearchRenamed)], delete=[told(SearchDeleted)])
        ]

    def __str__(self) -> str:
        return self.name
