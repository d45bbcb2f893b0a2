"""Drafts: charters that are being written, and who reads or writes along."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.authoring.events import (
    DraftDiscarded,
    DraftHandedIn,
    DraftSaved,
    DraftShared,
    DraftStarted,
    DraftUnshared,
)
from charter.authoring.states import DraftRight
from charter.programme.models import Programme
from charter.registry.models import CharterVersion
from governance.people.object_permissions import ObjectPermission
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class Draft(Record):
    """A charter that is being written, saved as its writers go; nothing is decided by it.

    `document` is a charter document of which any part may still be empty. It ends when it is handed in, as `version`,
    or thrown away.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="drafts")
    metric = models.SlugField(max_length=100)
    document = models.JSONField()
    based_on = models.ForeignKey(
        CharterVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="drafts")
    started_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    updated_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.OneToOneField(
        CharterVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="draft"
    )

    class Meta:
        ordering = ["-updated_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["metric"],
                condition=Q(ended_at__isnull=True),
                name="draft_one_open_a_metric",
                violation_error_message=_("Somebody is writing a charter of this metric already."),
            ),
            models.CheckConstraint(
                name="draft_ended_at_and_by",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, version__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]
        triggers = [
            *tied(insert=[told(DraftStarted)], update=[told(DraftSaved, DraftDiscarded, DraftHandedIn)])
        ]

    def __str__(self) -> str:
        return f"draft of {self.metric}"


class DraftPermission(ObjectPermission):
    """An account that reads or writes along on somebody's draft (`DraftRight`)."""

    content_object = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="shares")

    class Meta:
        ordering = ["given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["content_object", "user"],
                name="draftpermission_one_an_account",
                violation_error_message=_("The draft is shared with this account already."),
            )
        ]
        triggers = [
            *tied(
                insert=[told(DraftShared, about="{row}.content_object_id", says={"user": "{row}.user_id"})],
                delete=[
                    told(
                        DraftShared,
                        DraftUnshared,
                        about="{row}.content_object_id",
                        says={"user": "{row}.user_id"},
                    )
                ],
            )
        ]

    @property
    def right(self) -> DraftRight:
        """What it lets the account do."""
        return DraftRight.of(self.permission.codename)
