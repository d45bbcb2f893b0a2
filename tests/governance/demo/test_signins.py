"""The demo's sign-ins and the file of their secrets; what it changes in the starter charters."""

import json
import stat
from dataclasses import replace

import pytest

from charter.authoring import lint
from charter.registry import catalogue
from charter.registry.charter_files import parse_charter
from governance.board.states import SeatKind
from governance.demo.amending import amend_for
from governance.demo.dataset import make_up_data_set
from governance.demo.signins import Credentials, list_sign_ins
from governance.people.models import GrantedRole
from tests.governance.demo.test_forge import FILES


def test_who_signs_in():
    """Issue 2, item 1: six seats, HR, auditor, owner, the manager of payments, an employee there, admin."""
    data = make_up_data_set()
    found = {sign_in.username: sign_in for sign_in in list_sign_ins(data)}
    assert {sign_in.seat for sign_in in found.values()} == {None, *SeatKind}
    assert found["manager"].role == GrantedRole.MANAGER and found["manager"].team == "payments"
    memberships = {row.person: row.team for row in data.organisation.memberships}
    assert memberships[found["employee"].person] == "payments"
    assert found["manager"].person == data.organisation.managers["payments"]
    assert [name for name, sign_in in found.items() if sign_in.superuser] == ["admin"]


def test_secrets_are_kept_and_only_their_owner_reads_them(tmp_path):
    """Issue 2, item 1: random passwords in credentials.json, mode 600, kept over restarts."""
    path = tmp_path / "credentials.json"
    first = Credentials(path)
    password = first.password("hr")
    assert len(password) >= 20
    assert first.password("owner") != password
    first.keep("hr", "token", "t")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = Credentials(path)
    assert (again.password("hr"), again.token("hr"), again.token("owner")) == (password, "t", "")
    assert json.loads(path.read_text())["hr"] == {"password": password, "token": "t"}


@pytest.fixture
def charter():
    return parse_charter(
        """
charter: 1
metric: lead-time-for-changes
name: Lead time
why: {purpose: To see., data_from: 2026-01-01}
how_long: {values: P13M, values_because: Enough.}
""",
        name="lead-time-for-changes.yaml",
    )


def test_a_changed_charter_says_that_the_demo_changed_it(charter, tmp_path):
    """Issue 2, item 1: charter backfill is made up and said to be; team values of real data are kept for P5Y."""
    from governance.demo.forge import read_folder

    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    data = read_folder(tmp_path)
    amended = amend_for(data)(charter)
    assert amended.why.data_from == data.data_from
    assert amended.why.backfill_because.startswith("Demo:") and "made up" in amended.why.backfill_because
    assert amended.how_long.values == "P5Y" and amended.how_long.values_because.startswith("Demo:")
    assert amended.why.purpose == charter.why.purpose


@pytest.mark.parametrize("slug", sorted(catalogue.read_starter_charters()))
def test_real_data_are_kept_no_longer_than_a_level_of_invasiveness_lets(slug):
    """S108: the demo passes its charters through the board, so each must be fit to be handed in."""
    data = replace(make_up_data_set(), values_kept="P5Y")
    document = amend_for(data)(catalogue.read_starter_charters()[slug])
    found = lint.lint(
        document,
        sources={source.slug: source for source in catalogue.read_starter_sources()},
        known_metrics=catalogue.read_starter_charters(),
    )
    assert lint.select_errors(found) == []


def test_made_up_data_leave_retention_as_it_is(charter):
    """Issue 2, item 1: only the real data set changes how long values are kept."""
    amended = amend_for(make_up_data_set())(charter)
    assert amended.how_long == charter.how_long
    assert amended.why.data_from == make_up_data_set().data_from
