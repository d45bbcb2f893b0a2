"""The board's pages in a browser: accessible in both widths and schemes, and a vote with a veto and what follows."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from governance.board import services as board
from governance.board.models import Case, Pilot, Waiver
from governance.board.states import CaseKind, CaseState, ConditionKind, SeatKind, Vote
from governance.decisions.models import DecisionRecord, Referral
from governance.people.models import GrantedRole
from ground import calendar
from tests import factories, snapshots
from tests.browser.test_accessibility import BOARD, Eye
from tests.browser.test_journeys import heading
from tests.governance.desk.screens.test_metrics import changed

LEGAL, HR, WORKER = SeatKind.LEGAL, SeatKind.HR, SeatKind.WORKER_REP
# A refused use, and the same values for another decision: the rules leave that to the board.
HOP = [
    f"/ask?decision={decision}&metrics=lead-time-for-changes&cohort=team:payments&first=2026-01&last=2026-03"
    for decision in ("performance_rating", "staffing")
]
# These only redirect, give a file, stand on another page with what was wrong, or are looked at in test_eight_people.
ACTS = {
    "case-close", "case-condition-withdraw", "case-handler-release", "pilot-end", "pilot-roll-out", "waiver-end",
    "ruling-end", "case-ballot-change",
}  # fmt: skip
SECTIONS = {"definitions": "As the charter says.", "interpretation": "With care.", "concerns": "None left."}


@snapshots.fixture
def members(governed):
    """Who sits on the board, each with the role that goes with it."""
    found = factories.a_board()
    for user in found.values():
        factories.a_role(user, GrantedRole.BOARD_MEMBER)
    return found


@snapshots.fixture
def matters(governed, members) -> dict[str, object]:
    """One of each that the board's pages tell of."""
    factories.votes(factories.an_open_case("pr-size"), {WORKER: Vote.VETO})
    again = factories.a_submitted_charter("pr-size", document=changed("pr-size", affects_me="Said anew."))
    resubmitted = board.open_case(charter_version=again, by=factories.system())
    board.comment(case=resubmitted, text="What about part-time work?", by=members[HR])
    board.propose_condition(
        case=resubmitted, kind=ConditionKind.GRAINS, value={"grains": ["team"]}, by=members[HR]
    )
    fresh = factories.an_open_case("time-to-restore-service")
    return {"open": resubmitted, "fresh": fresh, "waiver": a_waiver(members), "pilot": a_pilot(members)}


def a_waiver(members) -> Waiver:
    asked = {
        "rule_id": "AR26", "metric": "commit-count", "starts_on": calendar.today(),
        "ends_on": calendar.today() + timedelta(days=30), "reason": "A migration needs it.",
    }  # fmt: skip
    case = board.open_case(
        kind=CaseKind.WAIVER, subject="Waiver of AR26", question="May we?", details=asked, by=members[HR]
    )
    factories.votes(case, {HR: Vote.RECUSE})
    return case.waiver


def a_pilot(members) -> Pilot:
    """The team payments tries out the change failure rate."""
    case = factories.an_open_case("change-failure-rate")
    value = {"cohort": "team:payments", "days": 42}
    board.propose_condition(case=case, kind=ConditionKind.PILOT_TEAM, value=value, by=members[LEGAL])
    factories.votes(case)
    factories.a_consent(case.charter_version)
    return board.start_pilot(
        version=case.charter_version, cohort="team:payments", starts_on=calendar.today(), days=42,
        by=members[LEGAL],
    )  # fmt: skip


def decided() -> Iterator[Case]:
    return Case.objects.exclude(state=CaseState.OPEN).iterator()


@pytest.mark.proof(alone=True)
def test_every_page_of_the_board_is_accessible(window, house, members, matters):
    """DESIGN, Accessibility: zero axe violations at 1280 and 390 px, in both schemes."""
    pilot, case = matters["pilot"], matters["open"]
    legal = Eye(window(members[LEGAL]))
    legal.look("/cases", "cases")
    legal.look("/cases?text=zzzz&vote=needed", "cases")
    legal.look("/cases/batch", "cases-batch", "Seal a ballot for each")
    legal.look("/cases/new", "case-new", "Put it to the board")
    legal.look(f"/cases/{case.pk}", "case")
    legal.look(f"/cases/{case.pk}", "case-ballot", "Seal my ballot")
    legal.look(f"/cases/{case.pk}", "case-comment", "Add to the discussion")
    legal.look(f"/cases/{case.pk}/conditions", "case-condition", "Propose the condition")
    legal.look(f"/cases/{case.pk}/handler", "case-handler", "Name them")
    board.name_handler(case=case, handler=factories.an_account("preparer"), by=members[LEGAL])
    legal.look(f"/cases/{case.pk}/handler", "case-handler")
    legal.look(f"/cases/{case.pk}", "case")
    for each in decided():
        legal.look(f"/cases/{each.pk}", "case")
    legal.look("/minutes", "minutes")
    legal.look("/minutes?text=zzzz", "minutes")
    legal.look("/metrics/commit-count/suspend", "metric-suspend", "Suspend it now")
    away = suspended(members)
    legal.look(away, "metric")
    legal.look(f"{away}/bring-back", "metric-bring-back", "Put it to the board")
    legal.look("/waivers", "waivers")
    legal.look("/waivers/ask", "waiver-ask", "Put it to the board")
    legal.look("/settings/groups/change", "settings-change", "Put it to the board")
    factories.settings(minimum_group=6)
    legal.look("/settings", "settings")
    legal.look("/pilots", "pilots")
    legal.look("/rulings", "rulings")
    manager = Eye(window(house.manager))
    for question in HOP:
        manager.look(question, "ask", "Ask and show the answer")
    referred = DecisionRecord.objects.get(verdict="refer")
    manager.look(f"/decisions/{referred.pk}/refer", "refer", "Put it to the board")
    legal.look(f"/cases/{Referral.objects.get().case_id}", "case")
    legal.look("/rulings", "rulings")
    employee = Eye(window(house.employee))
    employee.look(f"/consents/{pilot.consent_id}", "consent", "Send my answer")
    employee.look(f"/pilots/{pilot.pk}", "pilot-survey", "Send my answers")
    board.end_pilot(pilot=pilot, reason="Enough was learnt.", by=members[LEGAL])
    legal.look(f"/pilots/{pilot.pk}", "pilot-exit", "Hand in the exit report")
    board.write_exit(pilot=pilot, by=members[LEGAL], **SECTIONS)
    legal.look(f"/pilots/{pilot.pk}", "pilot")
    on_trial(members)
    legal.look("/metrics/cycle-time/pilot", "pilot-start", "Start the pilot")
    legal.look("/metrics/cycle-time/consent", "consent-ask", "Ask the team")
    legal.look(f"/cases/{case.pk}/replay", "case-replay")
    assert legal.faults + employee.faults + manager.faults == []
    files = {name for name in BOARD if name.endswith("-csv")}
    assert not BOARD - ACTS - files - legal.seen - employee.seen - manager.seen


def suspended(members) -> str:
    """The page of a metric that the board has suspended."""
    given = {"seat_kind": LEGAL, "reason": "Two teams are too small for it.", "by": members[LEGAL]}
    found = board.suspend(version=factories.an_active_charter("work-in-progress"), **given)
    factories.votes(found.case, {LEGAL: Vote.RECUSE})
    return "/metrics/work-in-progress"


def on_trial(members) -> None:
    """A charter that a team may try out but has not begun to."""
    case = factories.an_open_case("cycle-time")
    value = {"cohort": "team:search", "days": 56}
    board.propose_condition(case=case, kind=ConditionKind.PILOT_TEAM, value=value, by=members[LEGAL])
    factories.votes(case)


def vote(page: Page, case: Case, choice: str, reason: str = "") -> None:
    """Cast one ballot as a member would: read the case from the list, choose, say why."""
    page.goto("/cases?vote=needed")
    page.locator(f"a[href='/cases/{case.pk}']").first.click()
    page.get_by_label(choice, exact=True).check()
    page.get_by_label("Your reason").fill(reason)
    page.get_by_role("button", name="Seal my ballot").click()


@pytest.mark.proof(alone=True)
def test_a_veto_rejects_and_a_changed_resubmission_passes(window, house, members):
    """Issue 3, Done when: every seat votes, one veto; the changed charter shows the former reasons and passes."""
    case = factories.an_open_case("pr-size")
    pages = {seat: window(user) for seat, user in members.items()}
    for seat, page in pages.items():
        veto = seat is WORKER
        vote(
            page,
            case,
            "Veto" if veto else "For it",
            "It says nothing of part-time work." if veto else "",
        )
    last = list(pages.values())[-1]
    expect(last.get_by_role("heading", name="Rejected")).to_be_visible()
    expect(last.get_by_text("The case is closed, and all ballots are published.")).to_be_visible()

    again = factories.a_submitted_charter(
        "pr-size", document=changed("pr-size", affects_me="Part-time work is counted by its hours.")
    )
    second = board.open_case(charter_version=again, by=factories.system())
    page = pages[LEGAL]
    page.goto(f"/cases/{second.pk}")
    expect(page.get_by_role("region", name="Former reasons")).to_contain_text(
        "It says nothing of part-time work."
    )
    expect(page.get_by_role("region", name="What would change")).to_contain_text("counted by its hours")
    for each in pages.values():
        vote(each, second, "For it")
    expect(last.get_by_role("heading", name="Approved")).to_be_visible()
    last.goto("/minutes")
    heading(last, "Minutes")
    expect(last.get_by_text("6 of 6 votes cast were for it.")).not_to_have_count(0)
