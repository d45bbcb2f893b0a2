"""The tables of what was last seen of each source."""

from django.db import models

from audits.ledger.ties import tied, told
from charter.measures.events import SourcesSurveyed
from charter.registry.models.sources import Source
from ground import clock
from ground.models import Record


class NameKind(models.TextChoices):
    PERSON = "person", "person"
    TEAM = "team", "team"


# One entry tells of all sources that were looked at.
_SURVEYED = told(SourcesSurveyed, about="")


class SourceSurvey(Record):
    """What the warehouse held of a source when somebody last looked; the one before is taken away.

    `people_known` and `teams_known` are shares of the rows, None where the source names none. `faults` are sentences.
    """

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="survey")
    taken_at = models.DateTimeField(default=clock.now)
    connected = models.BooleanField()
    faults = models.JSONField(default=list, blank=True)
    rows = models.PositiveBigIntegerField(null=True)
    newest_at = models.DateTimeField(null=True)
    people_known = models.FloatField(null=True)
    teams_known = models.FloatField(null=True)

    class Meta:
        triggers = [*tied(insert=[_SURVEYED], delete=[_SURVEYED])]


class UnmatchedName(Record):
    """A name in a source that means nobody here, and whom it may mean. It decides nothing."""

    survey = models.ForeignKey(SourceSurvey, on_delete=models.CASCADE, related_name="unmatched")
    kind = models.CharField(max_length=10, choices=NameKind)
    name = models.CharField(max_length=200)
    events = models.PositiveBigIntegerField()
    suggestion = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["-events", "kind", "name"]
        triggers = [*tied(insert=[_SURVEYED], delete=[_SURVEYED])]
