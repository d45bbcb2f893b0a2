"""A strained team in a real browser, from the clue to the action and to recovery, beside a quiet one (issue 18, Done when)."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from audits.strain import services
from audits.strain.judging import SignalFinding
from audits.strain.models import StrainAlert, TeamSignal
from audits.strain.screens import urls
from audits.strain.states import PathItem, TradeChoice, TradeSide
from tests import on_the_log
from tests.audits.strain.conftest import raise_one, run_clock, strain, team, with_strain
from tests.browser.test_accessibility import Eye

__all__ = ["strain", "with_strain"]


def test_a_team_goes_from_the_clue_to_recovery(window, strain):
    """Done when: the strained team's next step is always on the page, the quiet one has no alert; no axe violation on either."""
    lead = window(strain["lead"])
    lead.goto("/strain")
    lead.get_by_role("link", name="Atlas", exact=True).click()
    expect(lead.get_by_text("Beyond the limit in 12 of 13 weeks")).to_be_visible()
    lead.get_by_role("link", name="Say what you saw").click()
    lead.get_by_label("One urgent thing follows another", exact=False).check()
    lead.get_by_role("button", name="Say it").click()
    expect(lead.get_by_text("told without your name")).to_be_visible()
    run_clock()
    lead.reload()
    expect(
        lead.get_by_role("heading", name=re.compile("^More load than the team should carry"))
    ).to_be_visible()
    lead.get_by_role("link", name="Choose what is done").or_(
        lead.get_by_role("button", name="Choose what is done")
    ).click()
    lead.get_by_label("Add people").check()
    lead.get_by_label("What exactly, and by which team?").fill("Two of Borealis share the rota.")
    lead.get_by_label("Looked at again on").fill("2026-05-31")
    lead.get_by_role("button", name="Write it down").click()
    expect(
        lead.get_by_role("heading", name="Add people: Two of Borealis share the rota.").first
    ).to_be_visible()
    eye = Eye(lead)
    eye.judge("strain-team")
    _recover()
    run_clock()
    lead.goto(f"/strain/teams/{team('atlas').pk}")
    expect(lead.get_by_text("No alert is under way.")).to_be_visible()
    expect(lead.get_by_text("Eased 14 April 2026.")).to_be_visible()

    quiet = window(strain["other-lead"])
    quiet.goto("/strain")
    quiet.get_by_role("link", name="Borealis", exact=True).click()
    expect(quiet.get_by_text("Within the limit over 13 weeks.")).to_be_visible()
    expect(quiet.get_by_text("No alert is under way.")).to_be_visible()
    assert eye.faults == [] and StrainAlert.objects.count() == 1


def _recover() -> None:
    """A later quarter within the limit, as the clock would tell it."""
    on_the_log.make(
        TeamSignal, cohort=team("atlas"), signal="on_call", finding=SignalFinding.QUIET, judged_by="weeks", over=1, known=13,
        lasting=False, ends_on=date(2026, 6, 29),
    )  # fmt: skip


@pytest.mark.proof(alone=True)
def test_every_page_of_strain_is_accessible(window, strain):
    """DESIGN, Accessibility: zero axe violations at 1280 and 390 px, in both schemes."""
    empty = Eye(window(strain["outsider"]))
    for path, name in (
        ("", "strain"),
        ("/path", "strain-path"),
        ("/releases", "strain-releases"),
        ("/playbooks", "strain-playbooks"),
    ):
        empty.look(f"/strain{path}", name)
    alert, atlas, borealis = raise_one(strain), team("atlas").pk, team("borealis").pk
    services.open_pulse(by=strain["hr"])
    services.write_trade_off(
        cohort=team("atlas"), side=TradeSide.ENGINEERING, choice=TradeChoice.FEWER_RELEASES, because="The rota is tired.",
        ends_on=date(2026, 5, 1), by=strain["lead"],
    )  # fmt: skip
    services.recognise_team(
        cohort=team("borealis"),
        items=[PathItem.ROTATION],
        words="Kept its nights quiet.",
        agreed=True,
        by=strain["hr"],
    )
    lead, hr, board, own = (Eye(window(strain[name])) for name in ("lead", "hr", "board", "atlas-1"))
    lead.look(f"/strain/alerts/{alert.pk}", "strain-alert", "Write it down")
    lead.look(f"/strain/teams/{atlas}", "strain-team")
    lead.look(f"/strain/teams/{atlas}/observe", "strain-observe", "Say it")
    lead.look(f"/strain/teams/{atlas}/trade-off", "strain-trade-off", "Write it down")
    lead.look("/strain/releases", "strain-releases")
    lead.look(f"/strain/alerts/{alert.pk}/follow-up", "strain-follow-up", "Write it down")
    hr.look("/strain", "strain")
    hr.look(f"/strain/teams/{borealis}/recognise", "strain-recognise", "Publish it")
    hr.look("/strain/path", "strain-path")
    hr.look("/strain/playbooks", "strain-playbooks")
    hr.look("/strain/playbooks/leave", "strain-playbook", "Save the playbook")
    board.look("/strain/limits", "strain-limits")
    board.look("/strain/limits/new", "strain-limits-new", "Put it to the board")
    own.look("/strain/pulse", "strain-pulse")
    own.look("/strain/pulse", "strain-pulse", "Done")
    own.look("/strain/pulse", "strain-pulse")
    eyes = (empty, lead, hr, board, own)
    assert [fault for eye in eyes for fault in eye.faults] == []
    acts = {
        "strain-pulse-open",
        "strain-switch",
        "strain-agree",
        "strain-csv",
        "strain-path-csv",
        "strain-releases-csv",
    }  # they redirect, or give a file
    assert {pattern.name for pattern in urls.urlpatterns} - acts <= set().union(*(eye.seen for eye in eyes))
