"""Saved views: which metrics are looked at together, in which class, for which decision.

What a view lists and which class it has is read from what was put to the board: a listing or a class counts once its
case is approved. Only what a diagnostic view begins with needs no case, since its charters were approved one by one.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.programme.models import choices
from charter.registry.models import Metric
from charter.rules.vocabulary import DecisionType, Grain, Period
from charter.rules.vocabulary import View as ViewClassWord
from governance.board.models import Case, ties
from governance.board.states import CaseKind
from governance.saved_views.events import (
    ViewClassProposed,
    ViewExpectationWritten,
    ViewMade,
    ViewMetricDropped,
    ViewMetricProposed,
    ViewRetired,
)
from ground import clock
from ground.models import Record, is_slug

_USER = settings.AUTH_USER_MODEL


class ViewClass(models.TextChoices):
    """The class of a view: the two never mix (AR10)."""

    DIAGNOSTIC = ViewClassWord.DIAGNOSTIC.value, _("Diagnostic")
    PERFORMANCE = ViewClassWord.PERFORMANCE.value, _("Performance")


_ITS_VIEW = "SELECT slug FROM saved_views_savedview WHERE id = {row}.view_id"


class SavedView(Record):
    """A question that is asked again and again: of the same metrics, for one decision, about the same cohorts.

    A performance view is about one person at a time, so it names no cohorts; whom it is about is said at each opening.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    purpose = models.TextField()
    decision = models.CharField(max_length=40, choices=choices(DecisionType))
    grain = models.CharField(max_length=20, choices=choices(Grain))
    cohorts = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    period = models.CharField(max_length=10, choices=choices(Period), default=Period.MONTH.value)
    owner = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="views")
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name", "slug"]
        constraints = [
            is_slug("slug", name="savedview_slug_is_plain"),
            models.CheckConstraint(
                condition=~Q(purpose=""),
                name="savedview_says_what_for",
                violation_error_message=_("Say what this view is for."),
            ),
            models.CheckConstraint(
                condition=Q(grain__in=[Grain.PERSON.value, Grain.SELF.value], cohorts=[])
                | (~Q(grain__in=[Grain.PERSON.value, Grain.SELF.value]) & ~Q(cohorts=[])),
                name="savedview_cohorts_go_with_the_grain",
                violation_error_message=_("Name the cohorts, or ask about single people without any."),
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_by__isnull=True)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="savedview_retired_at_and_by",
            ),
        ]
        triggers = [
            *tied(insert=[told(ViewMade, about="{row}.slug")], update=[told(ViewRetired, about="{row}.slug")])
        ]

    def __str__(self) -> str:
        return self.name


class Classing(Record):
    """A class that a view has, or that the board is asked to give it. Performance comes by a case alone (S45)."""

    view = models.ForeignKey(SavedView, on_delete=models.PROTECT, related_name="classings")
    view_class = models.CharField(max_length=20, choices=ViewClass)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    classed_at = models.DateTimeField(default=clock.now)
    classed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["classed_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(view_class=ViewClass.DIAGNOSTIC) | Q(case__isnull=False),
                name="classing_performance_by_a_case",
            ),
            models.UniqueConstraint(
                fields=["view"], condition=Q(case__isnull=True), name="classing_one_without_a_case"
            ),
        ]
        triggers = [
            *tied(insert=[told(ViewMade, ViewClassProposed, about=_ITS_VIEW)]),
            ties.while_open(kind=CaseKind.VIEW_CHANGE),
        ]


class Listing(Record):
    """A metric on a view's list, or that the board is asked to put there (S47)."""

    view = models.ForeignKey(SavedView, on_delete=models.PROTECT, related_name="listings")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    founding = models.BooleanField()  # the view began with it
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    listed_at = models.DateTimeField(default=clock.now)
    listed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["listed_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(founding=True) | Q(case__isnull=False), name="listing_added_by_a_case"
            ),
            models.UniqueConstraint(
                fields=["view", "metric"], condition=Q(founding=True), name="listing_founded_once"
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True, dropped_by__isnull=True)
                | Q(dropped_at__isnull=False, dropped_by__isnull=False),
                name="listing_dropped_at_and_by",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(ViewMade, ViewMetricProposed, about=_ITS_VIEW)],
                update=[told(ViewMetricDropped, about=_ITS_VIEW)],
            ),
            ties.while_open(kind=CaseKind.VIEW_CHANGE),
            ties.once("dropped_at"),
        ]


class Expectation(Record):
    """What a role is expected to show, in words, beside a performance view; the latest of a role family counts (S69)."""

    view = models.ForeignKey(SavedView, on_delete=models.PROTECT, related_name="expectations")
    role_family = models.CharField(max_length=100)
    text = models.TextField()
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["role_family", "-written_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(role_family=""),
                name="expectation_says_of_whom_and_what",
                violation_error_message=_("Say which role, and what is expected of it."),
            )
        ]
        triggers = [*tied(insert=[told(ViewExpectationWritten, about=_ITS_VIEW)])]
