"""Appeals: what is contested, by whom, who handles it, until when, and what came of it.

What they say is sealed (`words`), of named ones too, so that one way of keeping serves all. Their keys do not tell when they
were made.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from governance.appeals.events import (
    AppealAcknowledged,
    AppealAssigned,
    AppealClockMissed,
    AppealClosed,
    AppealConflictDeclared,
    AppealDecided,
    AppealExtended,
    AppealFiled,
    AppealFollowedUp,
    AppealFollowUpAsked,
    AppealHoldsLifted,
    AppealMessageWritten,
    AppealSecondAsked,
    AppealWatched,
    AppealWithdrawn,
)
from governance.appeals.states import (
    OVER,
    AboutKind,
    AppealFinding,
    AppealKind,
    AppealState,
    AttachmentKind,
    ClockKind,
    Remedy,
    Voice,
)
from governance.people.object_permissions import ObjectPermission
from ground import clock
from ground.ids import new_blind_id
from ground.models import HoldsTexts

_USER = settings.AUTH_USER_MODEL
HANDLE = "handle_appeal"
_ITS_APPEAL = "{row}.appeal_id"


class _Blind(HoldsTexts):
    """A row whose key does not tell when it was made."""

    id = models.UUIDField(primary_key=True, default=new_blind_id, editable=False)

    class Meta:
        abstract = True


class Appeal(_Blind):
    """One appeal. `appellant` is named in a named one alone; a confidential one is found by `tag`, an anonymous by its receipt."""

    kind = models.CharField(max_length=20, choices=AppealKind)
    state = models.CharField(max_length=20, choices=AppealState, default=AppealState.FILED)
    about_kind = models.CharField(max_length=20, choices=AboutKind)
    appellant = models.ForeignKey(
        _USER, null=True, blank=True, on_delete=models.PROTECT, related_name="appeals"
    )
    tag = models.CharField(max_length=64, blank=True)
    receipt_hash = models.CharField(max_length=64, blank=True)
    parties = models.BinaryField()
    said = models.BinaryField()
    filed_at = models.DateTimeField(default=clock.now)
    urgent = models.BooleanField(default=False)
    next_due = models.DateField(null=True, blank=True)  # of the clocks that run
    over_at = models.DateTimeField(null=True, blank=True)
    holds_lifted_at = models.DateTimeField(null=True, blank=True)
    watched_on = models.DateField(null=True, blank=True)  # the Monday of the last look for retaliation
    # Asked at 30, 90 and 180 days whether anybody treated them worse.
    ask_later = models.BooleanField(default=True)

    class Meta:
        ordering = ["next_due", "id"]
        permissions = [(HANDLE, "Can handle appeal")]
        indexes = [
            models.Index(fields=["next_due", "id"], condition=~Q(state__in=OVER), name="appeal_open"),
            models.Index(fields=["appellant"], name="appeal_of_an_account"),
            models.Index(fields=["tag"], condition=~Q(tag=""), name="appeal_by_tag"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=AppealKind.NAMED, appellant__isnull=False, tag="", receipt_hash="")
                | (Q(kind=AppealKind.CONFIDENTIAL, appellant__isnull=True, receipt_hash="") & ~Q(tag=""))
                | (Q(kind=AppealKind.ANONYMOUS, appellant__isnull=True, tag="") & ~Q(receipt_hash="")),
                name="appeal_names_nobody_it_must_not",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OVER, over_at__isnull=False)
                | (~Q(state__in=OVER) & Q(over_at__isnull=True)),
                name="appeal_over_at",
            ),
            models.CheckConstraint(
                condition=Q(holds_lifted_at__isnull=True) | Q(state__in=OVER),
                name="appeal_holds_until_it_is_over",
            ),
            models.UniqueConstraint(
                fields=["receipt_hash"], condition=~Q(receipt_hash=""), name="appeal_one_a_receipt"
            ),
        ]
        triggers = [
            *tied(
                insert=[told(AppealFiled)],
                update=[
                    told(
                        AppealAcknowledged,
                        AppealAssigned,
                        AppealConflictDeclared,
                        AppealExtended,
                        AppealWithdrawn,
                        AppealDecided,
                        AppealSecondAsked,
                        AppealClosed,
                        AppealHoldsLifted,
                        AppealWatched,
                    )
                ],
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AppealHandler(ObjectPermission):
    """The account that handles an appeal, one at a time."""

    content_object = models.OneToOneField(
        Appeal,
        on_delete=models.PROTECT,
        related_name="handling",
        error_messages={"unique": _("Somebody handles this appeal already.")},
    )

    class Meta:
        triggers = [
            *tied(
                insert=[told(AppealAssigned, about="{row}.content_object_id")],
                delete=[
                    told(
                        AppealAssigned,
                        AppealConflictDeclared,
                        AppealDecided,
                        AppealSecondAsked,
                        AppealWithdrawn,
                        AppealClosed,
                        about="{row}.content_object_id",
                    )
                ],
            )
        ]


class AppealTerm(_Blind):
    """That an account handled an appeal: who did at first never does when it is looked at again."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="terms")
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    instance = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["instance", "id"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "user", "instance"], name="appealterm_once_an_instance")
        ]
        triggers = [*tied(insert=[told(AppealAssigned, about=_ITS_APPEAL)])]


class Clock(_Blind):
    """By which day something of an appeal is done, when it was, and when it was missed."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=20, choices=ClockKind)
    due_on = models.DateField()
    met_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)
    extended_because = models.TextField(blank=True)

    class Meta:
        ordering = ["due_on", "kind"]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(met_at__isnull=True, missed_at__isnull=True),
                name="appealclock_runs",
            )
        ]
        constraints = [models.UniqueConstraint(fields=["appeal", "kind"], name="appealclock_once_a_kind")]
        triggers = [
            *tied(
                insert=[told(AppealFiled, AppealDecided, AppealSecondAsked, about=_ITS_APPEAL)],
                update=[
                    told(
                        AppealAcknowledged,
                        AppealAssigned,
                        AppealConflictDeclared,
                        AppealExtended,
                        AppealDecided,
                        AppealSecondAsked,
                        AppealWithdrawn,
                        AppealClosed,
                        AppealClockMissed,
                        about=_ITS_APPEAL,
                    )
                ],
            )
        ]


class AppealMessage(_Blind):
    """One message of an appeal; `author` is the handler who wrote it, never the appellant."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="messages")
    voice = models.CharField(max_length=20, choices=Voice)
    author = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    said = models.BinaryField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(voice__in=[Voice.HANDLER, Voice.INTERNAL], author__isnull=False)
                | (~Q(voice__in=[Voice.HANDLER, Voice.INTERNAL]) & Q(author__isnull=True)),
                name="appealmessage_names_no_appellant",
            )
        ]
        triggers = [*tied(insert=[told(AppealMessageWritten, about=_ITS_APPEAL)])]


class AppealAttachment(_Blind):
    """A picture or a text that came with a message, sealed like its words; no name of a file is kept."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="attachments")
    message = models.ForeignKey(AppealMessage, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=10, choices=AttachmentKind)
    content = models.BinaryField()

    class Meta:
        ordering = ["id"]
        triggers = [*tied(insert=[told(AppealMessageWritten, about=_ITS_APPEAL)])]


class AppealOutcome(_Blind):
    """What was decided of an appeal, at the first instance or the second. Its words are sealed as all that it says."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="outcomes")
    instance = models.PositiveSmallIntegerField()
    finding = models.CharField(max_length=20, choices=AppealFinding)
    act = models.CharField(max_length=20, choices=Remedy, default=Remedy.NONE)
    metrics = ArrayField(models.CharField(max_length=100), default=list, blank=True)  # slugs that it is about
    said = models.BinaryField()
    decided_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["instance"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "instance"], name="appealoutcome_once_an_instance"),
            models.CheckConstraint(condition=Q(instance__in=[1, 2]), name="appealoutcome_of_two_instances"),
        ]
        triggers = [*tied(insert=[told(AppealDecided, about=_ITS_APPEAL)])]


class FollowUp(_Blind):
    """The question, so many days after an appeal is over, whether anybody treated whoever filed it worse (S79)."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="follow_ups")
    days = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    said = models.BinaryField(null=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "days"], name="appealfollowup_once"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, said__isnull=True)
                | Q(answered_at__isnull=False, said__isnull=False),
                name="appealfollowup_answered_with_words",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(AppealClosed, AppealDecided, about=_ITS_APPEAL)],
                update=[told(AppealFollowedUp, AppealFollowUpAsked, about=_ITS_APPEAL)],
            )
        ]


class Presumption(_Blind):
    """A decision about whoever filed an appeal by those whose use it contests: retaliation until `asked` has written why not (S147).

    Which decision stands sealed, as it names whoever filed the appeal; `mark` is what it is found by again. It was found on a
    day: a moment would point at the decision.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="presumptions")
    mark = models.CharField(max_length=64, unique=True)
    decision = models.BinaryField()
    found_on = models.DateField()
    asked = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    retaliation = models.BooleanField(null=True, blank=True)
    said = models.BinaryField(null=True)

    class Meta:
        ordering = ["found_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    answered_at__isnull=True,
                    answered_by__isnull=True,
                    retaliation__isnull=True,
                    said__isnull=True,
                )
                | Q(
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                    retaliation__isnull=False,
                    said__isnull=False,
                ),
                name="presumption_answered_at_by_and_why",
            )
        ]
        triggers = [
            *tied(
                insert=[told(AppealWatched, about=_ITS_APPEAL)],
                update=[told(AppealWatched, AppealMessageWritten, about=_ITS_APPEAL)],
            )
        ]


class AppealDraft(_Blind):
    """An appeal that somebody has begun to write, found by their `tag` alone; nothing of it is on the log until it is filed."""

    tag = models.CharField(max_length=64, unique=True)
    said = models.BinaryField()
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
