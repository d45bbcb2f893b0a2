"""Issue 10, items 3 and 4: a month whose revision was confirmed counts as attributed anew, and what was told of it stays whole."""

from datetime import date, timedelta

import pytest

from charter.measures.guard.seals import Seals
from charter.measures.models import Attribution, Revision, Withheld
from charter.measures.revisions import services as revisions
from charter.measures.states import RevisionState
from governance.people import cohorts
from governance.people.models import CohortKind, GrantedRole, Team
from tests import factories
from tests.charter.measures.publishing import test_guarded_publishing as guarded
from tests.charter.measures.publishing.test_publishing import NOW, changes, publish, value

TEAMS, four_teams, house, told = guarded.TEAMS, guarded.four_teams, guarded.house, guarded.told
FEBRUARY = date(2026, 2, 1)


@pytest.fixture
def january(house, stop_clock):
    """January was told in February; then rows of six people of delivery came late, and were found."""
    for month in (2, 3):
        for team in TEAMS:
            house.add_changes(changes(team, people=6, number=12, month=month))
    publish(through=FEBRUARY)
    house.add_changes(changes("delivery", people=6, number=12, hours=100))
    publish(through=FEBRUARY)
    stop_clock(NOW + timedelta(hours=1))
    return house


def confirm() -> None:
    found = Revision.objects.get(state=RevisionState.FOUND)
    revisions.propose_revision(revision=found, reason="The loader was down.", by=found.metric.owner)
    auditor = factories.an_account("auditor")
    factories.a_role(auditor, GrantedRole.AUDITOR)
    revisions.confirm_revision(revision=found, by=auditor)


def test_the_quarter_is_told_once_its_month_was_revised(january):
    """Before, a month stayed changed for good, and its quarter was withheld however well everything was agreed."""
    confirm()
    assert value("org:all").n == 42 + 12
    first, again = Attribution.objects.filter(month=date(2026, 1, 1)).order_by("kept_at")
    assert (first.revision, again.revision) == (None, Revision.objects.get())
    assert {team for team in first.teams if first.teams[team] != again.teams[team]} == {"delivery"}
    publish()
    assert value("org:all", "2026-Q1").n == 42 + 12 + 48 + 48


@pytest.mark.proof(alone=True)
def test_what_came_after_the_revision_was_found_is_another_change(january):
    """What was found is what is attributed, not whatever the warehouse holds when an auditor confirms it."""
    january.add_changes(changes("ads", people=1, number=1, hours=200))
    confirm()
    publish()
    assert value("org:all", "2026-Q1").withheld == Withheld.TOO_FEW


def register_whoever_was_silent() -> None:
    silent = next(team for team in TEAMS[:3] if f"team:{team}" not in told())
    alone = [Team.objects.get(slug=silent)]
    cohorts.register(slug="team:anew", kind=CohortKind.TEAM, name="Anew", teams=alone, by=factories.system())


def test_an_unchanged_team_is_not_taken_out_of_what_was_told_before(january):
    """Its stream less all told teams was two people before the late rows. By today's rows alone each side would pass."""
    confirm()
    register_whoever_was_silent()
    publish()
    assert value("team:anew").withheld == Withheld.TOO_FEW


def test_by_today_s_rows_alone_it_would_be_told(january, monkeypatch):
    """The twin: without seals, old stream less new team is what two people did."""
    monkeypatch.setattr(Seals, "admit", lambda seals, cell: True)
    confirm()
    register_whoever_was_silent()
    publish()
    assert value("team:anew").n == 12


@pytest.mark.proof(alone=True)
def test_a_second_revision_is_held_against_all_before(january, stop_clock):
    """Revised twice: each time whoever answers agrees, and the quarter is told of what is there at last."""
    confirm()
    stop_clock(NOW + timedelta(days=1))
    january.add_changes(changes("delivery", people=6, number=6, hours=300))
    publish(through=FEBRUARY)
    found = Revision.objects.get(state=RevisionState.FOUND)
    revisions.propose_revision(revision=found, reason="Down again.", by=found.metric.owner)
    revisions.confirm_revision(revision=found, by=factories.an_account("auditor"))
    publish()
    assert value("org:all", "2026-Q1").n == 42 + 12 + 6 + 48 + 48
