"""Notices told and mailed by several workers at the same moment, with commits that are real."""

from concurrent.futures import ThreadPoolExecutor

from django.core import mail
from django.db import connection

from governance.notices import mailing
from governance.notices.models import Notice
from governance.notices.states import Mail
from tests import factories
from tests.governance.notices.test_services import tell


def test_eight_who_tell_at_once_tell_once(committed_db):
    """Issue 3, 6: idempotent also where several workers run the same scan at the same moment."""
    account = factories.an_account()

    def attempt(_: int) -> bool:
        try:
            return tell(account) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == [False] * 7 + [True]


def test_eight_who_mail_at_once_mail_each_notice_once(committed_db):
    """Issue 3, 8: two workers never send the same; together they send all."""
    for number in range(20):
        tell(factories.an_account(email=f"{number}@example.org"))
    by = factories.system()

    def attempt(_: int) -> int:
        try:
            return mailing.send_waiting(by=by)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 20
    assert sorted(message.to[0] for message in mail.outbox) == sorted(f"{n}@example.org" for n in range(20))
    assert not Notice.objects.exclude(mail=Mail.SENT).exists()
