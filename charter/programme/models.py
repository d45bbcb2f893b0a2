"""The programme, the decisions it declares, and its contract with everybody."""

from collections.abc import Iterable
from enum import StrEnum
from functools import reduce
from operator import or_

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.programme.access_limits import AccessLimitSettings
from charter.programme.appeal_clocks import AppealClockSettings
from charter.programme.audit_settings import AuditSettings
from charter.programme.disclosure_limits import Disclosure
from charter.programme.events import (
    ContractPublished,
    DecisionsDeclared,
    ProgrammeApproved,
    ProgrammeEstablished,
    SettingsChanged,
)
from charter.programme.states import ProgrammeState
from charter.rules.vocabulary import GROUP_OF, DecisionGroup, DecisionType, Grain
from ground import clock
from ground.models import Record, is_slug


def choices(words: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """Choices of a model field from an enum of the rules."""
    return [(word.value, word.value.replace("_", " ")) for word in words]


_USER = settings.AUTH_USER_MODEL


def two_reminders() -> list[int]:
    """How many days before a charter expires its owner is reminded, unless the programme says otherwise."""
    return [30, 7]


class Programme(Disclosure, AccessLimitSettings, AppealClockSettings, AuditSettings, Record):
    """The organisation's whole undertaking. One a database."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    purpose = models.TextField()
    time_zone = models.CharField(max_length=64, default="UTC")
    state = models.CharField(max_length=20, choices=ProgrammeState, default=ProgrammeState.DRAFT)
    charter_months = models.PositiveSmallIntegerField(
        _("Months until a charter expires"), default=12, validators=[MinValueValidator(1)]
    )
    settling_days = models.PositiveSmallIntegerField(
        _("Days after its end until a month or quarter closes"),
        default=3,
        help_text=_("From 0 to 31. What is loaded later changes a value by a proposed revision alone."),
    )
    readable_by_visitors = models.BooleanField(
        _("Contract and rules readable without an account"),
        default=False,
        help_text=_("Anybody who reaches this address reads them then; no names, cases or values are shown."),
    )
    review_days = models.PositiveSmallIntegerField(
        _("Days between two reviews of a charter"),
        default=92,
        help_text=_("At most 92: the matrix is reviewed each quarter."),
    )
    review_notice_days = models.PositiveSmallIntegerField(
        _("Days of notice before an overdue metric is suspended"), default=14
    )
    untied_days = models.PositiveSmallIntegerField(
        _("Days that a charter may allow no decision"),
        default=30,
        help_text=_("After that it is suspended: nobody uses it for anything."),
    )
    expiry_reminder_days = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("Days before the expiry of a charter on which its owner is reminded"),
        default=two_reminders,
        blank=True,
    )
    # The metric that says how much of an error budget was used, and from which value on it burns (AR19).
    error_budget_metric = models.SlugField(
        _("Metric that tells how much of an error budget is used"), max_length=100, default="error-budget"
    )
    error_budget_limit = models.FloatField(
        _("Value from which an error budget burns"),
        default=1.0,
        help_text=_("1 is the whole budget. Speed alone then decides nothing until it has recovered."),
    )
    # Whoever began it, and invites its first board.
    established_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    # The first day whose data the founding board agreed to, for charters that were written before the programme began.
    data_from = models.DateField(null=True, blank=True, editable=False)
    # The case of the board that changed a setting last; the database asks for one (S7).
    case_id = models.UUIDField(null=True, blank=True, editable=False)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            *AccessLimitSettings.Meta.constraints,
            *Disclosure.Meta.constraints,
            is_slug("slug", name="programme_slug_is_plain"),
            models.UniqueConstraint(
                Value(True),
                name="programme_one_a_database",
                violation_error_message=_("There is a programme already. One database holds one."),
            ),
            models.CheckConstraint(
                condition=~Q(state=ProgrammeState.ACTIVE)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="programme_active_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(review_days__gte=1, review_days__lte=92),
                name="programme_reviews_each_quarter",
                violation_error_message=_(
                    "A charter is reviewed at least each quarter: within 1 to 92 days."
                ),
            ),
            models.CheckConstraint(
                condition=Q(settling_days__lte=31),
                name="programme_closes_within_a_month",
                violation_error_message=_("A period closes within 31 days of its end."),
            ),
            models.CheckConstraint(
                condition=Q(review_notice_days__gte=1),
                name="programme_suspends_after_notice",
                violation_error_message=_("Give at least one day of notice before a metric is suspended."),
            ),
        ]
        triggers = [
            *tied(
                insert=[told(ProgrammeEstablished)],
                update=[told(ProgrammeApproved), told(SettingsChanged, about="{row}.case_id")],
            )
        ]

    def __str__(self) -> str:
        return self.name


# The group of a decision follows from what it is: rules read the group, so it is nobody's to choose.
_OF_ITS_GROUP = reduce(
    or_,
    (
        Q(
            group=group.value,
            slug__in=sorted(decision.value for decision, of in GROUP_OF.items() if of is group),
        )
        for group in DecisionGroup
    ),
)


class DecisionKind(Record):
    """A typed use, with what it demands (S7)."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="decision_kinds")
    slug = models.CharField(max_length=40, choices=choices(DecisionType))
    name = models.CharField(max_length=100)
    group = models.CharField(max_length=20, choices=choices(DecisionGroup))
    description = models.TextField()
    minimum_grain = models.CharField(_("Finest level"), max_length=20, choices=choices(Grain))
    evidence_needed = models.PositiveSmallIntegerField(
        _("Pieces of other evidence needed"), default=0, validators=[MaxValueValidator(20)]
    )
    fairness_needed = models.BooleanField(_("Passed fairness audit needed"), default=False)
    accountable_needed = models.BooleanField(_("Accountable person needed"), default=False)
    case_id = models.UUIDField(null=True, blank=True, editable=False)  # as in Programme

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(group=DecisionGroup.PEOPLE.value)
                | Q(evidence_needed__gte=1, fairness_needed=True, accountable_needed=True),
                name="decisionkind_about_people_is_guarded",
                violation_error_message=_(
                    "A decision about people always needs other evidence, a passed fairness audit and somebody who "
                    "answers for it."
                ),
            ),
            models.CheckConstraint(
                condition=_OF_ITS_GROUP,
                name="decisionkind_is_of_its_group",
                violation_error_message=_(
                    "A decision is always of the same group, whatever a programme calls it."
                ),
            ),
            models.UniqueConstraint(fields=["programme", "slug"], name="decisionkind_once_a_programme"),
        ]
        triggers = [
            *tied(
                insert=[told(DecisionsDeclared, about="{row}.programme_id")],
                update=[told(SettingsChanged, about="{row}.case_id")],
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def consequential(self) -> bool:
        """Whether it decides about a person."""
        return self.group == DecisionGroup.PEOPLE


class Contract(Record):
    """One version of what the programme promises everybody: what it can and cannot do, how to dispute (S133, S135)."""

    number = models.PositiveIntegerField(unique=True)
    can = models.TextField()
    cannot = models.TextField()
    disputes = models.TextField()
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(can="") & ~Q(cannot="") & ~Q(disputes=""), name="contract_has_its_three_blocks"
            )
        ]
        triggers = [*tied(insert=[told(ContractPublished, says={"content_hash": "{row}.content_hash"})])]
