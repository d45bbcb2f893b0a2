"""Pages of charters that do not hold say so (issue 11)."""

from charter.authoring import services as authoring
from governance.board import services as board
from governance.board.states import SeatKind, Vote
from tests import factories

HELD = ("No, as it is not in force.", "Would be allowed")


def test_a_draft_shows_no_yes(browse, house):
    """Issue 11: drafts showed a green “Team retrospectives: Yes”."""
    owner = factories.an_account("owner")
    authoring.register_charter(
        programme=factories.a_programme(), document=factories.a_document("cycle-time"), owner=owner,
        by=factories.system(),
    )  # fmt: skip
    page = browse("/metrics/cycle-time", by=owner)
    assert page.says(*HELD) and not page.says("Yes, by")


def test_a_rejected_charter_shows_no_yes(browse, house):
    case = factories.an_open_case("pr-size")
    factories.votes(case, {SeatKind.LEGAL: Vote.VETO})
    page = browse("/metrics/pr-size?version=1", by=case.charter_version.metric.owner)
    assert page.says("Would be allowed") and not page.says("Yes, by")


def test_a_suspension_is_told_with_name_and_reason_and_no_charter_is_in_force_until(browse, house):
    """Issue 11: “name and reason are published at once”, and the page showed neither, but “in force until”."""
    member = factories.a_board()[SeatKind.LEGAL]
    board.suspend(
        version=house.lead_time, seat_kind=SeatKind.LEGAL, reason="The agreement was ended.", by=member
    )
    page = browse("/metrics/lead-time-for-changes", by=house.employee)
    assert page.says(f"{member.name} suspended it on", "The agreement was ended.", "Its case")
    assert not page.says("in force until") and page.says("No, as it is not in force.")


def test_one_who_reads_a_charter_in_force_is_told_yes(browse, house):
    assert not browse("/metrics/lead-time-for-changes").says("No, as it is not in force.")
