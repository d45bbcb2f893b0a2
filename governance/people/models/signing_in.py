"""What signing in leaves in the database: sessions, and mails about passwords that wait to be sent."""

from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from governance.people.events import SecondStepRemoved, SecondStepSet
from ground.models import Record


class Session(AbstractBaseSession):
    """A browser that is signed in, under the digest of its key: whoever reads this table can sign in with nothing of it.

    What `session_data` holds is signed for this key alone (session_store.py). One without a user is of nobody yet.
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="sessions"
    )
    public_id = models.UUIDField(null=True, unique=True)  # what its owner's page calls it
    signed_in_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField()  # to the minute
    device = models.CharField(max_length=60, blank=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ["-last_used_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, public_id__isnull=True, signed_in_at__isnull=True)
                | Q(user__isnull=False, public_id__isnull=False, signed_in_at__isnull=False),
                name="session_signed_in_at_and_by",
            )
        ]

    def __str__(self) -> str:
        return self.device

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """That of SESSION_ENGINE, as Django's own middleware finds it: it needs this model, not the other way round."""
        store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
        return store


class SecondStep(Record):
    """What codes of an account's app are made from, sealed, with the step of time of the last one that was used.

    `recovery` holds digests of codes that each count once in place of one of the app's.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="second_step"
    )
    sealed = models.BinaryField()
    set_at = models.DateTimeField(default=timezone.now)
    last_step = models.BigIntegerField()
    recovery = models.JSONField(default=list)

    class Meta:
        triggers = [
            *tied(
                insert=[told(SecondStepSet, says={"user": "{row}.user_id"})],
                delete=[told(SecondStepRemoved, says={"user": "{row}.user_id"})],
            )
        ]

    def __str__(self) -> str:
        return str(self.user)


class AccountMailKind(models.TextChoices):
    ASKED = "asked", _("A new password was asked for at the sign-in page")
    SENT = "sent", _("An administrator sends a link for a new password")
    CHANGED = "changed", _("A password was changed")
    CONFIRM = "confirm", _("A new address is to be confirmed")
    PROPOSED = "proposed", _("An administrator proposed a new address")
    MOVED = "moved", _("An address was changed, which the old one is told")


# What goes to another address than the account's.
ELSEWHERE = (AccountMailKind.CONFIRM, AccountMailKind.MOVED)


class AccountMail(Record):
    """A mail about an account's password or address that waits to be sent.

    One that was asked for by nobody known holds what was typed, one that goes to another address than the account's that address.
    """

    kind = models.CharField(max_length=10, choices=AccountMailKind)
    typed = models.CharField(max_length=254, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    queued_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["attempts", "queued_at"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=AccountMailKind.ASKED, user__isnull=True) & ~Q(typed=""))
                | (Q(kind__in=ELSEWHERE, user__isnull=False) & ~Q(typed=""))
                | (~Q(kind__in=[AccountMailKind.ASKED, *ELSEWHERE]) & Q(user__isnull=False, typed="")),
                name="accountmail_typed_or_known",
            )
        ]

    def __str__(self) -> str:
        return self.kind
