"""The registry's clock kept by eight workers at the same moment, with commits that are real."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import connection

from audits.ledger.models import Entry
from charter.registry import scans
from charter.registry.models import CharterVersion
from charter.registry.states import StandingChoices
from governance.notices.models import Notice
from ground import clock
from tests import databases, factories, on_the_log

START = datetime(2026, 1, 12, 9, tzinfo=UTC)
SLUGS = ("deployment-frequency", "lead-time-for-changes", "cycle-time")


@pytest.fixture
def three(committed_db) -> list[CharterVersion]:
    """Three charters in force since START."""
    with clock.stopped_at(START):
        return [factories.an_active_charter(slug) for slug in SLUGS]


def keep_at_once(moment: datetime) -> dict[str, int]:
    """What eight workers did together at a moment."""

    def work(_: int) -> dict[str, int]:
        with ExitStack() as stack:
            stack.callback(connection.close)
            stack.enter_context(clock.stopped_at(moment))
            return scans.REGISTRY_CLOCK.once(by=factories.system())

    total: dict[str, int] = {}
    with ThreadPoolExecutor(8) as pool:
        for done in pool.map(work, range(8)):
            for what, count in done.items():
                total[what] = total.get(what, 0) + count
    return {what: count for what, count in total.items() if count}


def test_eight_workers_do_each_thing_once(three):
    """Issue 3, 6: idempotent scans, also where many run at once: each effect once in the ledger and told once."""
    assert keep_at_once(START + timedelta(days=92)) == {"announced for review": 3}
    assert keep_at_once(START + timedelta(days=106)) == {"suspended as not reviewed": 3}
    last = max(version.expires_at for version in three)
    assert keep_at_once(last)["expired"] == 3
    assert set(CharterVersion.objects.values_list("standing", flat=True)) == {StandingChoices.EXPIRED}
    for kind in ("review.reminded", "review.overdue", "charter.suspended", "charter.expired"):
        assert Entry.objects.filter(kind=f"registry.{kind}").count() == 3
    for kind in ("review_due", "review_overdue", "expired"):
        assert Notice.objects.filter(kind=f"charter.{kind}").count() == 3


def test_eight_workers_flag_once(three, server, committed_db):
    """S11: one flag a charter, one question and one suspension, whoever comes first."""
    on_the_log.update(CharterVersion.objects.all(), review_due_on=date(2027, 6, 1))
    with psycopg.connect(databases.owner_url(server, committed_db)) as owner:
        owner.execute("DELETE FROM programme_decisionkind")
    assert keep_at_once(START + timedelta(days=1)) == {"flagged as tied to no decision": 3}
    assert keep_at_once(START + timedelta(days=31)) == {"asked to be retired or justified": 3}
    assert keep_at_once(START + timedelta(days=45)) == {"suspended as tied to no decision": 3}
    assert Entry.objects.filter(kind="registry.charter.suspended").count() == 3
