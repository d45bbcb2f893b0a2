"""Snapshots of the warehouse, publishing runs, and the values that they froze."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from charter.registry.models import CharterVersion, Metric, choices
from charter.rules.vocabulary import Period
from governance.people.models import Cohort
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class RunState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Withheld(models.TextChoices):
    """Why a period has no number. The sentence is what readers see; none says how many."""

    FEW_PEOPLE = "few_people", _("Withheld: fewer than the smallest group contributed")
    FEW_EVENTS = "few_events", _("Withheld: too few events to say")
    ONE_PERSON = "one_person", _("Withheld: one person's work would stand out")
    SMALL_ROSTER = "small_roster", _("Withheld: the team was smaller than the smallest group")
    LOW_COVERAGE = "low_coverage", _("Not enough data: too little of the work is covered")
    NO_SOURCE = "no_source", _("No value: the source this metric reads is not connected")
    NOT_PUBLISHED = "not_published", _("No value: this period has not been published yet")


class Bound(models.TextChoices):
    """How to read a share whose exact value would say the same of everybody."""

    AT_MOST = "at_most", _("at most")
    AT_LEAST = "at_least", _("at least")


class Snapshot(Record):
    """What the warehouse held when values were computed. `url` carries no password."""

    content_hash = models.CharField(max_length=80, unique=True)  # "sha256:…"
    url = models.CharField(max_length=500)
    tables = models.JSONField()  # {table: {"rows": n, "hash": hex}}
    taken_at = models.DateTimeField(default=clock.now)


class PublishingRun(Record):
    """One run of the publishing job; it writes all its values or none."""

    state = models.CharField(max_length=20, choices=RunState, default=RunState.RUNNING)
    started_at = models.DateTimeField(default=clock.now)
    started_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    snapshot = models.ForeignKey(
        Snapshot, null=True, blank=True, on_delete=models.PROTECT, related_name="runs"
    )
    values_written = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=RunState.RUNNING, ended_at__isnull=True)
                | (~Q(state=RunState.RUNNING) & Q(ended_at__isnull=False)),
                name="publishingrun_ended_when_not_running",
            )
        ]


class PublishedValue(Record):
    """One metric × cohort × period, computed once and frozen. A withheld one holds no number at all."""

    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="values")
    charter_version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="values")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="values")
    period_kind = models.CharField(max_length=10, choices=choices(Period))
    starts_on = models.DateField()
    ends_on = models.DateField()  # the first day after the period
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    bound = models.CharField(max_length=10, choices=Bound, blank=True)
    n = models.PositiveIntegerField(null=True)  # events
    people = models.PositiveIntegerField(
        null=True
    )  # distinct contributors, or the roster where facts carry no person
    coverage = models.FloatField(null=True)  # share of the cohort's events that could be used
    withheld = models.CharField(max_length=20, choices=Withheld, blank=True)
    run = models.ForeignKey(PublishingRun, on_delete=models.PROTECT, related_name="values")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="values")
    published_at = models.DateTimeField(default=clock.now)
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        _USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["metric", "cohort", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "cohort", "period_kind", "starts_on"],
                condition=Q(superseded_at__isnull=True),
                name="publishedvalue_once_a_period",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="publishedvalue_period_forward"
            ),
            models.CheckConstraint(
                name="publishedvalue_withheld_says_nothing",
                condition=Q(withheld="", value__isnull=False, n__isnull=False)
                | (
                    ~Q(withheld="")
                    & Q(value__isnull=True, low__isnull=True, high__isnull=True, bound="")
                    & Q(n__isnull=True, people__isnull=True, coverage__isnull=True)
                ),
            ),
        ]
