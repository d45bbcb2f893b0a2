"""Notices: told once, read by the one they were given to, never changed."""

import pytest
from django.db import ProgrammingError, transaction

from audits.ledger.models import Entry
from governance.notices import services
from governance.notices.models import Notice
from governance.notices.states import Mail
from ground.errors import BadInput, NotFound
from tests import factories

pytestmark = pytest.mark.django_db


def tell(to, **fields: object) -> Notice | None:
    """Tell an account something; fields as `services.notify` takes them."""
    said = {
        "kind": "charter.expiry",
        "subject": "Lead time expires in 30 days",
        "text": "Hand in its next version.",
        "path": "/metrics/lead-time-for-changes",
        "once": "expiry:1",
        "by": factories.system(),
    }
    return services.notify(to=to, **{**said, **fields})


def test_an_account_is_told_the_same_thing_once():
    """Issue 3, 8: nobody is told the same thing twice, and the ledger has what was told, not its words."""
    account, other = factories.an_account(), factories.an_account()
    before = Entry.objects.count()
    first = tell(account)
    assert first is not None
    assert tell(account, subject="In other words") is None
    assert tell(other) is not None
    assert tell(account, once="expiry:2") is not None
    assert Notice.objects.filter(to=account).count() == 2
    given = list(Entry.objects.filter(kind="notices.notice.given").select_related("payload"))
    assert len(given) == 3 == Entry.objects.count() - before
    assert not any(b"expires" in bytes(entry.payload.body) for entry in given)


@pytest.mark.parametrize(
    "wrong", [{"path": "https://elsewhere.example"}, {"path": "//elsewhere.example"}, {"subject": "x" * 301}]
)
def test_what_does_not_fit_is_refused(wrong):
    """Issue 3, 8: each notice has a link, and that leads to a page of this site."""
    with pytest.raises(BadInput):
        tell(factories.an_account(), **wrong)


def test_a_subject_is_one_line():
    """Bad input: a name with a line break cannot add a header to an e-mail."""
    notice = tell(factories.an_account(), subject="Lead time\r\nBcc: all@example.org")
    assert notice.subject == "Lead time Bcc: all@example.org"


def test_it_waits_for_mail_only_where_there_is_an_address():
    """Issue 3, 8: by e-mail where the account has one; in the app always."""
    assert tell(factories.an_account()).mail == Mail.NONE
    assert tell(factories.an_account(email="a@example.org")).mail == Mail.WAITING
    assert tell(factories.system()).mail == Mail.NONE


def test_it_is_told_with_the_transaction_or_not_at_all():
    """DESIGN, services: what did not happen is not told."""
    account = factories.an_account()
    with pytest.raises(RuntimeError, match="undone"), transaction.atomic():
        tell(account)
        raise RuntimeError("undone")
    assert not Notice.objects.exists()


def test_one_reads_ones_own_notices_only():
    """Permissions: what others are told is theirs to know; reading again changes nothing."""
    account, other = factories.an_account(), factories.an_account()
    notice = tell(account)
    with pytest.raises(NotFound):
        services.mark_read(notice=notice, by=other)
    read = services.mark_read(notice=notice, by=account)
    assert read.read_at is not None
    assert services.mark_read(notice=notice, by=account).read_at == read.read_at
    assert Entry.objects.filter(kind="notices.notice.read").count() == 1


def test_all_are_read_at_once():
    """Issue 3, 8: the list can be cleared in one step, one's own alone."""
    account, other = factories.an_account(), factories.an_account()
    tell(account), tell(account, once="expiry:2"), tell(other)
    assert services.mark_all_read(by=account) == 2
    assert services.mark_all_read(by=account) == 0
    assert Notice.objects.filter(read_at__isnull=True).get().to == other


def test_what_a_notice_says_cannot_be_changed():
    """Grants: the runtime role may not reword or remove what was told."""
    notice = tell(factories.an_account())
    for change in (
        lambda: Notice.objects.update(text="else"),
        lambda: Notice.objects.filter(pk=notice.pk).delete(),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change()
