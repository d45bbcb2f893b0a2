"""Notices by e-mail: each at most once, none lost to a mail server that is away."""

import pytest
from django.core import mail

from audits.ledger.models import Entry
from governance.notices import mailing, scans
from governance.notices.models import Notice
from governance.notices.states import Mail
from tests import factories
from tests.governance.notices.test_services import tell

pytestmark = pytest.mark.django_db

AWAY = "tests.governance.notices.backends.Away"
REFUSING = "tests.governance.notices.backends.Refusing"


def send() -> int:
    return mailing.send_waiting(by=factories.system())


def test_what_waits_is_mailed_once_with_its_link(settings):
    """Issue 3, 8: notifications by e-mail, each with a link; nobody is mailed the same thing twice."""
    settings.BASE_URL = "https://charter.example/"
    account = factories.an_account(email="a@example.org")
    notice = tell(account)
    tell(factories.an_account())
    assert (send(), send()) == (1, 0)
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["a@example.org"], notice.subject)
    assert "https://charter.example/metrics/lead-time-for-changes\n" in message.body
    assert notice.text in message.body
    notice.refresh_from_db()
    assert (notice.mail, notice.mailed_at is not None) == (Mail.SENT, True)
    assert Entry.objects.filter(kind="notices.notice.mailed").count() == 1


def test_the_file_backend_writes_what_the_demo_shows(settings, tmp_path):
    """Issue 3, 8: the file backend in the demo."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    tell(factories.an_account(email="a@example.org"))
    assert send() == 1
    (file,) = (tmp_path / "mail").iterdir()
    assert "To: a@example.org" in file.read_text()


def test_a_mail_server_that_is_away_loses_nothing(settings):
    """Issue 3, 6: what could not be done now is done by the next scan, and no attempt is counted."""
    tell(factories.an_account(email="a@example.org"))
    settings.EMAIL_BACKEND = AWAY
    with pytest.raises(ConnectionRefusedError):
        send()
    assert scans.MAIL.report(factories.system()).failed == 1
    waiting = Notice.objects.get()
    assert (waiting.mail, waiting.mail_attempts) == (Mail.WAITING, 0)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert scans.MAIL.once(by=factories.system()) == {"notices mailed": 1}
    assert len(mail.outbox) == 1


def test_a_message_that_is_refused_holds_up_no_other_and_is_given_up(settings):
    """Bad input: an address that no server takes is tried five times, after all others, and then told as failed."""
    settings.EMAIL_BACKEND = REFUSING
    tell(factories.an_account(email="refused@example.org"))
    tell(factories.an_account(email="a@example.org"))
    sent = [send() for _ in range(7)]
    assert sent == [0, 1, 0, 0, 0, 0, 0]
    assert set(Notice.objects.values_list("to__email", "mail", "mail_attempts")) == {
        ("a@example.org", Mail.SENT, 1),
        ("refused@example.org", Mail.FAILED, 5),
    }
    assert Entry.objects.filter(kind="notices.notice.not_mailed").count() == 1


def test_what_a_worker_died_over_is_not_mailed_again():
    """Issue 3, 8: it may have been mailed already, so it is not mailed twice; in the app it stays."""
    tell(factories.an_account(email="a@example.org"))
    assert mailing._claim() is not None
    assert send() == 0
    assert Notice.objects.get().mail == Mail.BEGUN


def test_a_closed_account_is_not_mailed():
    """Least surprise: who left is not written to."""
    account = factories.an_account(email="a@example.org")
    tell(account)
    factories.change(account, is_active=False)
    assert send() == 0
