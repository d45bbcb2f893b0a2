"""The lock between asking for a metric and changing where its charter stands."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from charter.registry import locks, services
from governance.decisions import gathering
from tests import factories

pytestmark = pytest.mark.django_db


def elsewhere(take, slugs: list[str]) -> bool:
    """Whether another connection gets the lock at once."""

    def attempt() -> bool:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '100ms'")
                take(slugs)
            return True
        except OperationalError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(attempt).result()


def test_askers_share_a_metric_and_keep_changes_out():
    """DESIGN The line, 2: askers take a metric together; a suspension or revision waits for them."""
    locks.share_metrics(["pr-age", "cycle-time"])
    assert elsewhere(locks.share_metrics, ["pr-age"])
    assert not elsewhere(locks.take_metrics, ["pr-age"])
    assert elsewhere(locks.take_metrics, ["commit-count"])


def test_a_change_keeps_everybody_out(by):
    """DESIGN The line, 2: nothing slips between facts and rows."""
    version = factories.an_active_charter("deployment-frequency")
    services.suspend(version=version, by=by)
    assert not elsewhere(locks.share_metrics, ["deployment-frequency"])
    assert elsewhere(locks.share_metrics, ["pr-age"])


def test_the_line_takes_this_very_lock(by):
    """DESIGN The line, 2: the lock of an answer and that of a suspension are the same."""
    gathering.lock_metrics(["pr-age"])
    assert not elsewhere(locks.take_metrics, ["pr-age"])
    assert elsewhere(locks.share_metrics, ["pr-age"])
