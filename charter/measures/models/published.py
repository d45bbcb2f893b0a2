"""Snapshots of the warehouse, publishing runs, and the values that they froze."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.measures.events import (
    PublishingFailed,
    PublishingStarted,
    RevisionConfirmed,
    RevisionEnded,
    RevisionFound,
    ValuesPublished,
)
from charter.programme.models import choices
from charter.registry.models import CharterVersion, Metric
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

    # One reason for all that is withheld for the sake of few people: which of several it was would tell of them.
    TOO_FEW = "too_few", _("Withheld: it would tell too much of too few people")
    FEW_EVENTS = "few_events", _("Withheld: too few events to say")  # of one's own values alone
    LOW_COVERAGE = "low_coverage", _("Not enough data: too little of the work is covered")
    NO_SOURCE = "no_source", _("No value: the source this metric reads is not connected")
    NOT_CLOSED = "not_closed", _("Not closed yet: late events of this period may still come in")
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

    class Meta:
        triggers = [
            *tied(
                insert=[
                    told(ValuesPublished, about="", says={"snapshot": "{row}.content_hash"}),
                    told(RevisionConfirmed, about="", says={"snapshot": "{row}.content_hash"}),
                    told(RevisionFound, about=""),
                ]
            )
        ]


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
    values_withheld = models.PositiveIntegerField(default=0)  # of those that were written
    # Why a metric got none, by slug.
    metrics_failed = models.JSONField(default=dict, blank=True)
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
        triggers = [
            *tied(
                insert=[told(PublishingStarted), told(RevisionConfirmed, about="")],
                update=[
                    told(PublishingFailed, ValuesPublished),
                    told(PublishingStarted, RevisionConfirmed, about=""),
                ],
            )
        ]

    @property
    def values_told(self) -> int:
        """How many of its values have a number."""
        return self.values_written - self.values_withheld


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
    )  # the first of the band of distinct contributors, or of the roster where facts carry no person
    # The share of the cohort's events that could be used, rounded down to a hundredth.
    coverage = models.FloatField(null=True)
    # The teams that it is of, by slug; "" is what belongs to none. A cohort's teams may change, and this never does.
    teams = models.JSONField(default=list)
    withheld = models.CharField(max_length=20, choices=Withheld, blank=True)
    run = models.ForeignKey(PublishingRun, on_delete=models.PROTECT, related_name="values")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="values")
    published_at = models.DateTimeField(default=clock.now)
    # Rows came late that a revision of other values took in: taking them in here as well would show fewer people's work.
    left_behind_at = models.DateTimeField(null=True, blank=True)
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
        triggers = [
            *tied(
                insert=[told(ValuesPublished, about="{row}.run_id"), told(RevisionConfirmed, about="")],
                update=[told(ValuesPublished, RevisionFound, RevisionConfirmed, RevisionEnded, about="")],
            )
        ]


class Attribution(Record):
    """What a month's events of one measure were when something was first told of them: a keyed hash a team.

    It holds no name and no number. Where the warehouse now gives another hash, the month's events are no longer those that
    were told of, and nothing further is told of them but by a revision. A confirmed `revision` keeps them anew; what was kept
    before stays, and says which teams' events were told of twice.
    """

    measure_hash = models.CharField(max_length=64)
    month = models.DateField()
    teams = models.JSONField()  # {slug: hash}; "" is what belongs to no team
    kept_at = models.DateTimeField(default=clock.now)
    revision = models.ForeignKey(
        "measures.Revision", null=True, blank=True, on_delete=models.PROTECT, related_name="attributions"
    )

    class Meta:
        ordering = ["measure_hash", "month", "kept_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure_hash", "month", "revision"],
                nulls_distinct=False,
                name="attribution_once_a_month",
            )
        ]
        triggers = [*tied(insert=[told(ValuesPublished, RevisionConfirmed, about="")])]


class OnceTold(Record):
    """That a value was told which was kept long enough and has gone since: of which teams and when, and nothing of what it said.

    Whoever read it knows it still, so what is told later is held against it. Keyed as the value was; the database writes it
    where it deletes one (`audits.retention`).
    """

    charter_version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="+")
    teams = models.JSONField()
    period_kind = models.CharField(max_length=10, choices=choices(Period))
    starts_on = models.DateField()
    ends_on = models.DateField()
    told_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["starts_on"], name="oncetold_by_day")]
