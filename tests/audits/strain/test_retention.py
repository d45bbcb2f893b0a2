"""What was told, seen and done about strain goes when it was kept long enough (issue 18): dry run, counts, legal holds."""

from datetime import date
from io import StringIO
from typing import Any, cast

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from audits.retention import services as retention
from audits.retention.models import Purge
from audits.retention.queries import find_due
from audits.retention.scans import RETENTION
from audits.retention.states import PurgeKind
from audits.strain import services
from audits.strain.models import (
    AlertFollowUp,
    LoadObservation,
    PulseResult,
    PulseRound,
    PulseTaken,
    StrainAlert,
    StrainReport,
    TeamSignal,
)
from audits.strain.states import FollowedBy, LoadRemedy
from governance.people.models import Person
from ground import clock
from tests import factories
from tests.audits.strain.conftest import answer, raise_one, run_clock, see

DAYS = {
    "strain_teamsignal": ("since", "ends_on"),
    "strain_loadobservation": ("month",),
    "strain_pulseround": ("month", "opens_on", "closes_on", "closed_at"),
    "strain_strainalert": ("since", "ends_on", "raised_at", "eased_at"),
    "strain_strainreport": ("ends_on", "reported_at"),
}
ALL = (
    TeamSignal,
    LoadObservation,
    PulseRound,
    PulseTaken,
    PulseResult,
    StrainAlert,
    AlertFollowUp,
    StrainReport,
)


@pytest.fixture
def old(strain):
    """An alert with what followed, an observation, a pulse and signals, all of four years ago, but for the alert that goes on."""
    alert = raise_one(strain)
    answer(strain)
    alert = services.choose_action(
        alert=alert,
        remedy=LoadRemedy.STAFF,
        doing="Two share the rota.",
        due_on=date(2026, 5, 31),
        by=strain["lead"],
    )
    followed = dict.fromkeys(("turnover", "regressions", "knowledge_lost"), FollowedBy.SAME)
    services.write_follow_up(alert=alert, helped=None, by=strain["lead"], **followed)
    for table, columns in DAYS.items():
        said = ", ".join(f"{each} = {each} - interval '48 months'" for each in columns)
        write(table, said)
    return strain


def write(table, said):
    """Change rows as if it had always been so."""
    factories.as_owner("SET CONSTRAINTS ALL IMMEDIATE")
    factories.as_owner(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    factories.as_owner(f"UPDATE {table} SET {said}")
    factories.as_owner(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    factories.as_owner("SET CONSTRAINTS ALL DEFERRED")


def ease():
    """As if the alert had eased four years ago."""
    write("strain_strainalert", "state = 'eased', eased_at = now() - interval '48 months'")


def test_nothing_of_late_is_due(strain):
    raise_one(strain)
    assert find_due(PurgeKind.STRAIN).going == ()


def test_what_is_over_goes_with_its_count_and_what_goes_on_stays(old):
    """Signals, observations and the pulse with who took it; the alert once it has eased, with its follow-ups."""
    waiting = TeamSignal.objects.count() + LoadObservation.objects.count() + 1
    said = StringIO()
    call_command("retention", "--dry-run", stdout=said)
    assert f"strain: {waiting} from before" in said.getvalue() and PulseTaken.objects.count() == 9
    assert RETENTION.once(by=factories.system())["strain deleted"] == waiting
    assert [each.objects.count() for each in ALL] == [0, 0, 0, 0, 0, 1, 1, 0]
    assert Purge.objects.get(what=PurgeKind.STRAIN).count == waiting
    ease()
    RETENTION.once(by=factories.system())
    assert not any(each.objects.exists() for each in ALL)


def test_the_database_refuses_what_goes_on_or_is_too_young(old):
    """Whoever asks."""

    def purge(*wanted):
        with transaction.atomic():
            cast("Any", retention.purge).__wrapped__(
                what=PurgeKind.STRAIN, before=clock.now().date(), wanted=wanted, by=factories.system()
            )

    with pytest.raises(DatabaseError, match="not kept long enough"):
        purge(StrainAlert.objects.get().pk)
    see(old, slug="borealis")
    with pytest.raises(DatabaseError, match="not kept long enough"):
        purge(LoadObservation.objects.latest("month").pk)


def test_a_case_of_the_board_keeps_its_alert(old):
    """S112: what reached the board stays while it decides."""
    write("strain_strainalert", "due_on = '2026-01-01'")
    run_clock()
    assert StrainReport.objects.count() == 1
    ease()
    assert StrainAlert.objects.get().pk not in find_due(PurgeKind.STRAIN).going
    factories.a_decided_case(StrainReport.objects.get().case)
    assert StrainAlert.objects.get().pk in find_due(PurgeKind.STRAIN).going


@pytest.mark.parametrize(
    ("scope", "kept"),
    [
        ({}, "all"),
        ({"person": "of a team"}, "the pulse"),
        ({"person": "of none"}, "nothing"),
        ({"since": date(2025, 1, 1)}, "nothing"),
        ({"metric": "incident-burden"}, "all"),
    ],
)
def test_a_legal_hold_keeps_its_scope(old, scope, kept):
    """Of a person only that they took a pulse is held, so their hold keeps that; one of a metric keeps all, as signals are made of metrics."""
    if "person" in scope:
        person = (
            Person.objects.get(external_id="atlas-1")
            if scope["person"] == "of a team"
            else factories.a_person("else")
        )
        scope = {"person": person}
    before = len(find_due(PurgeKind.STRAIN).going)
    retention.place_legal_hold(reason="A dispute", ends_on=date(2099, 1, 1), by=old["hr"], **scope)
    left = len(find_due(PurgeKind.STRAIN).going)
    assert before - left == {"all": before, "the pulse": 1, "nothing": 0}[kept]
    RETENTION.once(by=factories.system())
    assert PulseRound.objects.exists() == (kept != "nothing")


def test_calibration_goes_by_the_clock_as_well():
    """Every kind has its step, so that nothing is kept for want of one."""
    assert len(RETENTION.steps) == len(PurgeKind)
