"""The only writers of notices. What a notice says stays out of the ledger: that it was given is enough."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.notices import permissions
from governance.notices.events import NoticeGiven, NoticeRead
from governance.notices.models import Notice
from governance.notices.states import Mail
from governance.people.models import AccountKind, User
from ground import clock, records, statements
from ground.errors import BadInput


def notify(*, to: User, kind: str, subject: str, text: str, path: str, once: str, by: User) -> Notice | None:
    """Tell an account something, in the caller's transaction; None where it was told `once` already.

    Two statements, as it stands in the line: a text that does not fit is refused before either, so it needs no savepoint.

    `kind` is a short name of what it is about (`charter.expiry`), `path` the page that it leads to. It is
    mailed by a scan after the commit, where the account has an address. Raises BadInput for texts that do not fit.
    """
    notice = Notice(
        to=to,
        kind=kind,
        subject=" ".join(subject.split()),  # one line: it becomes a header
        text=text,
        path=path,
        once=once,
        given_by=by,
        mail=Mail.WAITING if _is_mailed(to) else Mail.NONE,
    )
    _check_fits(notice)
    with transaction.atomic(savepoint=False):
        # Two who tell it at once wait for each other here.
        if not statements.insert_unless_there(notice):
            return None
        ledger.append(NoticeGiven(notice=notice.pk, about=kind, once=once, to=to.pk), by=by.actor)
    return notice


@transaction.atomic(durable=True)
def mark_read(*, notice: Notice, by: User) -> Notice:
    """Note that the account has read a notice of its own; once read it stays so."""
    permissions.check_can_read(by, notice)
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if notice.read_at is None:
        notice.read_at = clock.now()
        notice.save(update_fields=["read_at"])
        ledger.append(NoticeRead(notice=notice.pk), by=by.actor)
    return notice


@transaction.atomic(durable=True)
def mark_all_read(*, by: User) -> int:
    """Note that the account has read all its notices; gives how many were unread."""
    unread = list(Notice.objects.select_for_update().filter(to=by, read_at__isnull=True).order_by("pk"))
    if unread:
        Notice.objects.filter(pk__in=[notice.pk for notice in unread]).update(read_at=clock.now())
        ledger.append(NoticeRead(notices=[notice.pk for notice in unread]), by=by.actor)
    return len(unread)


def _is_mailed(user: User) -> bool:
    return user.is_active and user.kind == AccountKind.HUMAN and bool(user.email)


def _check_fits(notice: Notice) -> None:
    """Raise BadInput for what the database would refuse, without asking it: it answers checks by a statement each."""
    try:
        notice.clean_fields(exclude={"to", "given_by"})
    except ValidationError as error:
        raise records.to_bad_input(error) from error
    if not notice.path.startswith("/") or notice.path.startswith("//"):
        raise BadInput(_("A notice leads to a page of this site."), field="path")
