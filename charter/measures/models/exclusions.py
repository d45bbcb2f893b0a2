"""Events that the values of a metric leave out, as an appeal was found right."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.measures.events import EventsExcluded
from charter.registry.models import Metric
from governance.people.models import Person, Team
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class Exclusion(Record):
    """What a person or a team did in a window is in no value of a metric made from then on. `ends_on` is out.

    Values that are out are changed by a revision, with whatever else came late: alone it would show the work of few.
    """

    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="exclusions")
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="exclusions"
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="exclusions")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.TextField()
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["metric", "starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="exclusion_ends_after_it_begins",
                violation_error_message=_("The window must end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, team__isnull=True)
                | Q(person__isnull=True, team__isnull=False),
                name="exclusion_of_a_person_or_a_team",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="exclusion_says_why"),
            models.UniqueConstraint(
                fields=["metric", "person", "team", "starts_on", "ends_on"],
                nulls_distinct=False,
                name="exclusion_once",
            ),
        ]
        triggers = [*tied(insert=[told(EventsExcluded)])]
