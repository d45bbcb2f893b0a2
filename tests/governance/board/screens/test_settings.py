"""The settings' pages: everybody reads them, the board and administrators propose, the board decides."""

import pytest

from charter.programme import settings
from governance.board.models import Case
from governance.board.states import CaseKind, SeatKind
from tests import factories


@pytest.fixture
def member(house):
    return factories.a_board()[SeatKind.WORKER_REP]


def test_everybody_reads_every_setting_in_words(browse, house):
    """S7, S143: they decide what can be seen of whom, so whoever is seen can read them."""
    page = browse("/settings", by=house.employee)
    rows = settings.SettingRows()
    own = [rows.label(key) for key in rows.all_keys() if "." not in key]
    assert page.says("Settings", *own, "Promotion evidence", "Nobody has proposed a change yet")
    assert not page.says("Propose a change")


def test_a_change_goes_to_the_board_and_shows_what_was(browse, house, member):
    assert browse("/settings", by=member).says("Propose a change")
    now = {key: settings.SettingRows().values()[key] for key in settings.PARTS["groups"].keys}
    sent = browse(
        "/settings/groups/change", by=member, data={**now, "minimum_group": 6, "why": "Five is few."}
    )
    case = Case.objects.get(kind=CaseKind.SETTINGS)
    assert sent.status == 302 and case.settings_change.changes == {"minimum_group": 6}
    assert browse(f"/cases/{case.pk}", by=member).says("Smallest group of people", "6, in place of 5")
    assert browse("/settings", by=member).says("A change is before the board", "Before the board")
    assert not browse("/settings", by=house.employee).says("Before the board"), "an open case is the board's"
    another = browse("/settings/looking/change", by=member, data={"why": "Less.", "looks_a_day": 3})
    assert another.status == 400


def test_the_outcome_stands_in_the_minutes_and_on_the_page(browse, house):
    factories.settings(minimum_group=6, promotion_evidence__evidence_needed=3)
    page = browse("/settings", by=house.employee)
    assert page.says("Smallest group of people: 6, in place of 5", "Approved")
    minutes = Case.objects.get(kind=CaseKind.SETTINGS).outcome.minutes
    assert "Promotion evidence: pieces of other evidence needed: 3, was 2." in minutes


@pytest.mark.parametrize(
    ("part", "given", "said"),
    [
        ("groups", {"minimum_group": "few"}, "Enter a whole number"),
        ("groups", {"minimum_group": ""}, "Say what this should be"),
        ("groups", {"minimum_group": "2"}, "never fewer than 3"),
        ("groups", {}, "That is how it is already"),
        ("groups", {"minimum_group": "6", "why": ""}, "Say why this should change"),
        ("charters", {"expiry_reminder_days": "soon"}, "Enter a whole number"),
        ("promotion_evidence", {"fairness_needed": ""}, "always needs other evidence"),
    ],
)
def test_what_is_wrong_stands_on_the_form(browse, member, part, given, said):
    """Bad input: nothing is opened, and what was written stays in its field."""
    prefix = "" if part in settings.PARTS else f"{part}."
    now = {
        key.removeprefix(prefix): value
        for key, value in settings.SettingRows().values().items()
        if key.startswith(prefix)
    }
    now["expiry_reminder_days"] = "30,7"
    data = {key: value for key, value in {**now, "why": "Because.", **given}.items() if value is not False}
    page = browse(f"/settings/{part}/change", by=member, data=data)
    assert page.status == 400 and page.says("There is a problem", said)
    assert not Case.objects.filter(kind=CaseKind.SETTINGS).exists()


def test_who_may_not_propose_is_told(browse, house, member):
    assert browse("/settings/groups/change", by=house.employee).status == 403
    assert browse("/settings/nonsense/change", by=member).status == 404


def test_the_page_costs_few_statements(browse, house, statements):
    """DESIGN, Style: every list has a pinned query count."""
    few = statements("/settings")
    factories.settings(minimum_group=6)
    factories.settings(minimum_group=7)
    assert statements("/settings") <= few + 1 <= 16
