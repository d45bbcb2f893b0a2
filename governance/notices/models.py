"""What an account is told, in the app and by e-mail, once."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from governance.notices.events import NoticeGiven, NoticeRead
from governance.notices.states import Mail
from ground import clock
from ground.models import Record


class Notice(Record):
    """One thing told to one account. What it says never changes; only whether it was read and mailed does.

    `once` names what is told (`charter.expiry.30:<version>`), so that nobody is told it twice. `path` is
    where it leads.
    """

    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    path = models.CharField(max_length=300)
    once = models.CharField(max_length=200)
    given_at = models.DateTimeField(default=clock.now)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    # One's notices are read by oneself alone, so there is no `read_by`.
    mail = models.CharField(max_length=10, choices=Mail, default=Mail.NONE)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-given_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["to", "once"], name="notice_told_once"),
            models.CheckConstraint(
                # On this site: `//elsewhere` is another host.
                condition=Q(path__startswith="/") & ~Q(path__startswith="//"),
                name="notice_path_is_on_this_site",
                violation_error_message=_("A notice leads to a page of this site."),
            ),
            models.CheckConstraint(
                condition=Q(mail=Mail.SENT, mailed_at__isnull=False)
                | (~Q(mail=Mail.SENT) & Q(mailed_at__isnull=True)),
                name="notice_mailed_at",
            ),
        ]
        indexes = [
            models.Index(fields=["to", "-given_at"], name="notice_of_an_account"),
            models.Index(fields=["to"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(
                fields=["mail_attempts", "given_at"],
                condition=Q(mail=Mail.WAITING),
                name="notice_waiting_for_mail",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(NoticeGiven)],
                update=[told(NoticeRead, about="", says={"by": "'user:' || {row}.to_id"})],
                of=["read_at"],
            )
        ]

    def __str__(self) -> str:
        return self.kind  # where administrators look; what it says is its reader's
