"""Metrics tied to no decision: flagged, asked about, and out of force unless somebody says why they stay (S11)."""

from datetime import date

import psycopg
import pytest

from charter.programme import services as programme_services
from charter.registry import services
from charter.registry.models import CharterVersion, UntiedFlag
from charter.registry.states import StandingChoices
from ground import clock
from tests import databases, factories, on_the_log
from tests.charter.registry.test_scans import START, after, confirm, entries, keep, standing, told


@pytest.fixture
def untied(committed_db, server) -> CharterVersion:
    """A charter none of whose decisions the programme has any more; its review is far off.

    Only the owner of the tables takes a decision back, and sees what is committed alone.
    """
    with clock.stopped_at(START):
        version = factories.an_active_charter()
    on_the_log.update(CharterVersion.objects.all(), review_due_on=date(2026, 12, 1))
    with psycopg.connect(databases.owner_url(server, committed_db)) as owner:
        owner.execute("DELETE FROM programme_decisionkind")
    return version


def test_a_metric_tied_to_no_decision_is_flagged_asked_about_and_suspended(untied):
    """S11: flagged at once, asked about after the programme's days, and not in force for ever; each step once."""
    assert keep(after(days=1)) == {"flagged as tied to no decision": 1}
    assert keep(after(days=30)) == {}
    assert keep(after(days=31)) == {"asked to be retired or justified": 1}
    assert keep(after(days=44)) == {}
    assert keep(after(days=45)) == {"suspended as tied to no decision": 1}
    assert keep(after(days=46)) == {}
    assert standing(untied) == StandingChoices.SUSPENDED
    assert [told(kind) for kind in ("untied", "untied_asked", "untied_suspended")] == [1, 1, 1]
    assert [entries(f"untied.{step}") for step in ("flagged", "asked", "overdue")] == [1, 1, 1]


def test_the_days_are_the_programmes(untied):
    """S11: N days is a setting."""
    factories.settings(untied_days=3, review_notice_days=2)
    keep(after(days=1))
    assert keep(after(days=4)) == {"asked to be retired or justified": 1}
    assert keep(after(days=6)) == {"suspended as tied to no decision": 1}


def test_a_late_worker_asks_before_it_suspends(untied):
    """Issue 3, 6: after a long time down, the flag, the question and the notice still come one after the other."""
    assert keep(after(days=200)) == {"flagged as tied to no decision": 1}
    assert keep(after(days=230)) == {"asked to be retired or justified": 1}
    assert standing(untied) == StandingChoices.ACTIVE


def test_a_justified_metric_stays(untied):
    """S11: retire or justify: a review that says why it stays keeps it in force."""
    keep(after(days=1)), keep(after(days=31))
    confirm(untied, after(days=40), "It is compared in the yearly audit.")
    on_the_log.update(CharterVersion.objects.all(), review_due_on=date(2026, 12, 1))
    assert keep(after(days=60)) == {}
    assert standing(untied) == StandingChoices.ACTIVE


def test_confirming_without_a_reason_justifies_nothing(untied):
    """S11: a justification says why."""
    keep(after(days=1)), keep(after(days=31))
    confirm(untied, after(days=40))
    assert keep(after(days=45)) == {"suspended as tied to no decision": 1}


def test_a_justification_that_comes_late_puts_it_back_for_good(untied):
    """S11: justified after the suspension, it is in force again and is not asked about anew."""
    keep(after(days=1)), keep(after(days=31)), keep(after(days=45))
    confirm(untied, after(days=50), "It is compared in the yearly audit.")
    on_the_log.update(CharterVersion.objects.all(), review_due_on=date(2026, 12, 1))
    assert keep(after(days=51)) == {"put back in force as confirmed": 1}
    assert keep(after(days=150)) == {}


def test_a_metric_that_is_tied_again_loses_its_flag(untied):
    """S11: the flag says what is, not what was."""
    keep(after(days=1))
    programme_services.load_decisions(programme=untied.metric.programme, by=factories.system())
    assert keep(after(days=2)) == {"tied again or out of force": 1}
    assert keep(after(days=3)) == {}
    assert UntiedFlag.objects.get().ended_at is not None


def test_a_retired_metric_loses_its_flag(untied):
    """S11: retiring is the other way out."""
    keep(after(days=1))
    services.retire(version=untied, by=factories.system())
    assert keep(after(days=2)) == {"tied again or out of force": 1}
