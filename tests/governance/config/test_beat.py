"""What runs when: every entry of the beat is a task that there is, and forgets itself before the next."""

from itertools import pairwise

import pytest
from celery.schedules import crontab

from charter.registry import tasks
from charter.registry.models import CharterVersion
from charter.registry.states import Standing
from governance.config.celery import app
from ground import clock
from tests import factories


@pytest.fixture(scope="module")
def schedule() -> dict:
    """The beat's entries by name."""
    app.finalize()
    app.loader.import_default_modules()
    return app.conf.beat_schedule


def test_every_entry_is_a_task_of_the_house(schedule):
    """Issue 3, 6: what the beat calls by name is there, else nothing would ever run and nobody would know."""
    assert {entry["task"] for entry in schedule.values()} <= set(app.tasks)
    assert {
        "charter.registry.tasks.keep_clock",
        "governance.notices.tasks.mail_notices",
        "governance.decisions.tasks.give_notices",
    } <= {entry["task"] for entry in schedule.values()}


def test_entries_expire_before_they_come_again(schedule):
    """DESIGN, Parts: a broker that was full for a week holds one scan of each, not a week of them."""
    for name, entry in schedule.items():
        assert isinstance(entry["schedule"], crontab), name
        minutes = sorted(entry["schedule"].minute)
        apart = min((later - sooner for sooner, later in pairwise(minutes)), default=60)
        assert 0 < entry["options"]["expires"] < 60 * apart, name


@pytest.mark.django_db
def test_the_task_keeps_the_registrys_clock(caplog):
    """Issue 3, 6: the beat's task does what is due, and says what it did."""
    version = factories.an_active_charter()
    with clock.stopped_at(version.expires_at), caplog.at_level("INFO"):
        tasks.keep_clock()
        tasks.keep_clock()
    assert CharterVersion.objects.get(pk=version.pk).standing == Standing.EXPIRED
    assert [record.getMessage() for record in caplog.records if "expired" in record.getMessage()] == [
        "Charters expired: 1"
    ]
