"""How many values a run withheld, and for whose sake: counts alone."""

from django.db import models

from audits.ledger.ties import tied, told
from charter.measures.events import ValuesPublished
from charter.measures.models.published import PublishingRun
from charter.programme.models import choices
from charter.registry.models import Metric
from charter.rules.vocabulary import Period
from ground.models import Record


class Withholding(Record):
    """Of the values that a run made of a metric at one level and for one period, how many it withheld for few people.

    `themselves` stood on too little by themselves, `others` would have told too much beside what else is told. Which is which
    of a single value is kept nowhere, and what is told of these counts is decided where they are read.
    """

    run = models.ForeignKey(PublishingRun, on_delete=models.PROTECT, related_name="withholdings")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="withholdings")
    level = (
        models.PositiveSmallIntegerField()
    )  # as the guard goes: 0 the organisation, 1 value streams, 2 teams
    period_kind = models.CharField(max_length=10, choices=choices(Period))
    starts_on = models.DateField()
    themselves = models.PositiveIntegerField()
    others = models.PositiveIntegerField()

    class Meta:
        ordering = ["metric", "starts_on", "level", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "run", "level", "period_kind", "starts_on"],
                name="withholding_once_a_run",
            )
        ]
        triggers = [*tied(insert=[told(ValuesPublished, about="{row}.run_id")])]
