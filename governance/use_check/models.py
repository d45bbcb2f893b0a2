"""Evidence profiles of role families, and files of intended uses with their answers."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.models import Entry
from audits.ledger.ties import tied, told
from charter.programme.models import choices
from charter.rules.vocabulary import EvidenceKind
from governance.use_check.events import BulkEnded, BulkFiled, BulkPartJudged, ProfileWritten
from governance.use_check.states import BulkState, SheetFormat
from ground import clock
from ground.models import Record
from ground.schema.triggers import Trigger, refuse

_USER = settings.AUTH_USER_MODEL


class RoleProfile(Record):
    """Which outcomes and kinds of evidence count for a role family; the latest of a family counts, earlier ones stay (S36, S37).

    One without outcomes or without kinds is a beginning, and no check takes it.
    """

    role_family = models.CharField(_("role family"), max_length=100)
    outcomes = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    evidence_kinds = ArrayField(
        models.CharField(max_length=40, choices=choices(EvidenceKind)), default=list, blank=True
    )
    review_months = models.PositiveSmallIntegerField(
        _("months of a review"), default=12, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["role_family", "-written_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(role_family=""),
                name="roleprofile_names_a_family",
                violation_error_message=_("Name the role family."),
            ),
            models.CheckConstraint(
                condition=Q(review_months__gte=1, review_months__lte=24),
                name="roleprofile_months_of_a_review",
                violation_error_message=_("A review is of 1 to 24 months."),
            ),
        ]
        triggers = [*tied(insert=[told(ProfileWritten)])]

    def __str__(self) -> str:
        return self.role_family

    @property
    def is_complete(self) -> bool:
        return bool(self.outcomes and self.evidence_kinds)


class BulkCheck(Record):
    """A file of intended uses, its rows as they came, and once all are judged the file that goes back."""

    filed_at = models.DateTimeField(default=clock.now)
    filed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    format = models.CharField(max_length=10, choices=SheetFormat)
    rows = models.PositiveIntegerField()
    lines = models.BinaryField()  # header and rows as JSON lists of texts
    source_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=BulkState, default=BulkState.WAITING)
    ended_at = models.DateTimeField(null=True, blank=True)
    why = models.TextField(blank=True)  # it was stopped
    result = models.BinaryField(null=True, blank=True)
    result_sha256 = models.CharField(max_length=64, blank=True)
    entry = models.OneToOneField(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-filed_at", "-id"]
        indexes = [models.Index(fields=["filed_by", "-filed_at"], name="bulk_of_account")]
        constraints = [
            models.UniqueConstraint(
                fields=["filed_by"],
                condition=Q(state=BulkState.WAITING),
                name="bulk_one_at_a_time",
                violation_error_message=_("A file of yours is being checked. Send the next when it is done."),
            ),
            models.CheckConstraint(
                condition=Q(state=BulkState.WAITING, ended_at__isnull=True, entry__isnull=True)
                | (~Q(state=BulkState.WAITING) & Q(ended_at__isnull=False, entry__isnull=False)),
                name="bulk_ended_with_its_entry",
            ),
        ]
        triggers = [
            *tied(insert=[told(BulkFiled)], update=[told(BulkEnded)]),
            Trigger(
                name="ends_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.ended_at IS NOT NULL"),
                func=refuse("what has ended stays as it is", "ends_once"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BulkPart(Record):
    """The answers of some rows of a file; `start` is the first of them, counted from nought. Written once, so that a job goes on."""

    bulk = models.ForeignKey(BulkCheck, on_delete=models.PROTECT, related_name="parts")
    start = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    answers = models.BinaryField()  # of each row, as JSON
    judged_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["start"]
        constraints = [models.UniqueConstraint(fields=["bulk", "start"], name="bulkpart_once")]
        triggers = [*tied(insert=[told(BulkPartJudged, about="{row}.bulk_id")])]
