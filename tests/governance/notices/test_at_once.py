"""Notices told and mailed by several workers at the same moment, with commits that are real."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

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
