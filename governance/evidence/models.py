"""Evidence as a record that somebody else can open (S86, S95, S99)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.programme.models import choices
from charter.rules.vocabulary import EvidenceKind
from governance.evidence.events import EvidenceChecked, EvidenceWithdrawn, EvidenceWritten
from governance.evidence.states import EvidenceSource, EvidenceState
from governance.people.models import Person
from ground import clock
from ground.models import Record
from ground.schema.triggers import Trigger, refuse

_USER = settings.AUTH_USER_MODEL
_SETTLED = [EvidenceState.CHECKED.value, EvidenceState.REFUTED.value]


class EvidenceRecord(Record):
    """One piece of qualitative evidence: what happened, when, in which project, who says so, and where it can be read.

    `person` is whom it is about; empty where it is about the work of a group. What it says never changes; a check by somebody
    else is written once.
    """

    kind = models.CharField(_("kind"), max_length=40, choices=choices(EvidenceKind))
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="evidence"
    )
    happened_on = models.DateField(_("day"))
    project = models.CharField(_("project"), max_length=120)
    source = models.CharField(_("who says so"), max_length=20, choices=EvidenceSource)
    said_by = models.CharField(_("their name"), max_length=200)
    link = models.CharField(_("link"), max_length=500)
    shows = models.TextField(_("what it shows"))
    state = models.CharField(max_length=20, choices=EvidenceState, default=EvidenceState.WRITTEN)
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    check_says = models.TextField(blank=True)

    class Meta:
        ordering = ["-written_at", "-id"]
        indexes = [models.Index(fields=["person", "-happened_on"], name="evidence_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(link__regex=r"^https?://[^\s]+$"),
                name="evidence_link_can_be_opened",
                violation_error_message=_(
                    "Give the address at which somebody else can open it, beginning with https://."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(project="") & ~Q(said_by="") & ~Q(shows=""),
                name="evidence_says_where_who_and_what",
                violation_error_message=_("Say in which project, who says so and what it shows."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=_SETTLED, checked_at__isnull=False, checked_by__isnull=False)
                | (~Q(state__in=_SETTLED) & Q(checked_at__isnull=True, checked_by__isnull=True)),
                name="evidence_checked_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("written_by")),
                name="evidence_checked_by_somebody_else",
                violation_error_message=_("Somebody else than who wrote it has to open it."),
            ),
        ]
        triggers = [
            *tied(insert=[told(EvidenceWritten)], update=[told(EvidenceChecked, EvidenceWithdrawn)]),
            Trigger(
                name="settled_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state <> 'written'"),
                func=refuse("evidence that was checked or withdrawn stays as it is", "settled_stays"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.project}"

    @property
    def is_checked(self) -> bool:
        return self.state == EvidenceState.CHECKED
