"""Issue 15, done when: a programme founded by hand, from the link that setting up prints to the first answer, in a browser."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from dateutil.relativedelta import relativedelta
from playwright.sync_api import Page, expect

from charter.measures import services as measures
from charter.measures import sources
from governance.board.models import Case, Invitation
from governance.board.states import CaseState, SeatKind
from governance.founding import checklist
from governance.founding.checklist import FoundingState
from governance.installation.beginning import begin, make_first_link
from governance.people import cohorts
from governance.people.models import GrantedRole, User
from ground import calendar
from tests import factories
from tests.browser.pictures import take_on_the_way
from tests.browser.test_accessibility import FIRST_WEEK, Eye
from tests.browser.test_board import vote
from tests.browser.test_journeys import heading, press
from tests.governance.founding.conftest import ORGANISATION, TEAMS
from tests.governance.installation.test_beginning import ANSWERS

METRICS = {"lead-time-for-changes": "Lead time for changes", "change-failure-rate": "Change failure rate"}
PEOPLE = {"hana": ("Hana HR", "HR"), "olga": ("Olga Owner", "Metric owner"), "mo": ("Mo Manager", "Manager")}
MEMBERS = {seat: f"seat-{seat.value.replace('_', '-')}" for seat in SeatKind}


@pytest.fixture
def house(database, by, settings, tmp_path) -> None:
    """An installation that was set up: an administrator, a programme that is begun, and a warehouse of three months."""
    settings.WAREHOUSE_URL = f"duckdb://{fill_warehouse(tmp_path / 'warehouse.duckdb')}"
    for name, text in ORGANISATION.items():
        (tmp_path / name).write_text(text)


def fill_warehouse(path: Path) -> Path:
    """Changes of the three months that are over, four a month of each of nine in a team."""
    first = datetime.combine(calendar.today().replace(day=1), datetime.min.time(), UTC)
    rows = [
        (f"c{number}-{month}-{turn}", TEAMS[number % 2], f"p{number:02}", first - relativedelta(months=month))
        for number in range(2, 20)
        for month in (2, 3, 4)
        for turn in range(4)
    ]
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """CREATE TABLE changes (id TEXT, team TEXT, author TEXT, first_commit_at TIMESTAMPTZ, merged_at TIMESTAMPTZ,
                 commits INTEGER, additions INTEGER, deletions INTEGER, revert BOOLEAN)"""
        )
        connection.executemany(
            "INSERT INTO changes VALUES (?, ?, ?, ?, ?, 1, 10, 2, false)",
            [
                (id_, team, who, at + timedelta(days=3), at + timedelta(days=4, hours=number % 30))
                for number, (id_, team, who, at) in enumerate(rows)
            ],
        )
    return path


def choose_password(page: Page, link: str) -> None:
    """Follow the link that setting up has printed, and sign in by the new password."""
    page.goto("/" + link.split("/", 3)[3])
    page.get_by_label("New password", exact=True).fill(factories.PASSWORD)
    page.get_by_label("New password, once more").fill(factories.PASSWORD)
    page.get_by_role("button").last.click()
    page.goto("/sign-in")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def import_organisation(page: Page, folder: Path) -> None:
    page.goto("/organisation/import")
    paths = [folder / name for name in ORGANISATION]
    page.get_by_label("The files, all at once").set_input_files(paths)
    page.get_by_role("button", name="Show what they would change").click()
    expect(page.get_by_text("20 added").first).to_be_visible()
    take_on_the_way(page, "first-week-import")
    page.get_by_label("The files, all at once").set_input_files(paths)
    page.get_by_role("button", name="Import these files").click()
    expect(page.get_by_text("The organisation is as the files say.")).to_be_visible()


def open_account(
    page: Page, username: str, name: str, role: str = "", team: str = "", person: str = ""
) -> User:
    page.goto("/accounts/new")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Name, as pages show it").fill(name)
    page.get_by_label("E-mail address").fill(f"{username}@example.org")
    page.get_by_label("Whose account it is").fill(person)
    press(page, "Open it")
    if role:
        page.get_by_role("link", name="Give a role").click()
        page.get_by_label(role, exact=True).check()
        page.get_by_label("Of a manager: the team").fill(team)
        page.get_by_role("button", name="Give it").click()
        expect(page.get_by_text("has the role.")).to_be_visible()
    return User.objects.get(username=username)


def begin_charter(page: Page, name: str) -> Case:
    """A charter of the catalogue, handed in as it is."""
    page.goto("/charters/new")
    page.get_by_label("With a charter of the starter catalogue").check()
    slug = next(slug for slug, each in METRICS.items() if each == name)
    page.get_by_label("Which charter of the catalogue?").select_option(slug)
    press(page, "Begin")
    page.goto(f"{page.url}/check")
    page.get_by_role("button", name="Hand in to the board").click()
    expect(page.get_by_text(f"{name} is with the board.")).to_be_visible()
    return Case.objects.get(charter_version__metric__slug=slug, state=CaseState.OPEN)


def stands(page: Page, **expected: str) -> None:
    """The founding page says of these steps how they stand."""
    page.goto("/founding")
    for title, word in expected.items():
        row = page.get_by_role("row", name=title.replace("_", " "))
        expect(row).to_contain_text(word)


@pytest.mark.proof(whole=True)
def test_a_programme_is_founded_by_hand_to_its_first_answer(window, house, by, tmp_path):
    """Issue 15; S1, S5, S142: every step on a page, each by whom it is for."""
    admin = begin(ANSWERS)
    ada = window()
    choose_password(ada, make_first_link(admin))
    stands(
        ada, Begin_the_programme="Done", Import_the_organisation="To do", Put_the_programme_in_force="Later"
    )

    take_on_the_way(ada, "first-week-founding")
    import_organisation(ada, tmp_path)
    ada.goto("/founding/groups")
    ada.get_by_role("button", name="Register the groups as of today").click()
    expect(ada.get_by_text("team:payments")).to_be_visible()
    ada.goto("/training/publish")
    ada.get_by_role("button", name="Publish it").click()
    sources.survey_sources(by=by)

    hana = window(open_account(ada, "hana", "Hana HR", "HR"))
    olga = window(open_account(ada, "olga", "Olga Owner", "Metric owner"))
    mo = window(open_account(ada, "mo", "Mo Manager", "Manager", "payments", "p00"))
    members = {
        seat: window(open_account(ada, username, f"Seat {seat.label}", "Board member"))
        for seat, username in MEMBERS.items()
    }
    hana.goto("/contract/publish")
    press(hana, "Publish it")

    for seat, username in MEMBERS.items():
        ada.goto(f"/board/{seat.value}/invite")
        ada.get_by_label("Who?").fill(username)
        press(ada, "Invite them")
        invitation = Invitation.objects.get(user__username=username)
        members[seat].goto(f"/board/invitations/{invitation.pk}")
        press(members[seat], "Accept the seat")
    stands(ada, Fill_the_six_seats="Done", Put_the_programme_in_force="To do", Publish_the_contract="Done")
    ada.goto("/board/found")
    take_on_the_way(ada, "first-week-vote")
    press(ada, "Put it to the vote")
    decide(members, Case.objects.get())
    stands(ada, Put_the_programme_in_force="Done", Choose_the_first_charters="To do")

    for name in METRICS.values():
        decide(members, begin_charter(olga, name))
    measures.publish(by=by)
    ask_first(mo)
    steps = checklist.list_steps()
    assert [step.key for step in steps if step.state is not FoundingState.DONE] == []


def decide(members: dict[SeatKind, Page], case: Case) -> None:
    for page in members.values():
        vote(page, case, "For it")
    expect(page.get_by_role("heading", name="Approved")).to_be_visible()


def ask_first(mo: Page) -> None:
    """The manager acknowledges the rules, and asks about the months that are over."""
    mo.goto("/rules")
    mo.get_by_role("button", name="I have read these rules").click()
    last = calendar.today().replace(day=1) - relativedelta(months=1)
    first = last - relativedelta(months=2)
    mo.goto(
        "/ask?decision=retrospective&metrics=lead-time-for-changes&cohort=team:payments"
        f"&first={first:%Y-%m}&last={last:%Y-%m}"
    )
    mo.get_by_role("button", name="Ask and show the answer").click()
    heading(mo, "Allowed")
    take_on_the_way(mo, "first-week-answer")


@pytest.mark.proof(alone=True)
def test_pages_of_the_first_week_are_accessible(window, house, by):
    """DESIGN, Accessibility: zero axe violations, before there is anything and after."""
    admin = factories.an_administrator("ada")
    eye = Eye(window(admin))
    eye.look("/founding", "founding")
    eye.look("/founding/groups", "founding-groups")
    factories.a_beginning(admin)
    eye.look("/founding", "founding")
    eye.look("/administration", "administration")
    eye.look("/warehouse", "warehouse")
    eye.look("/organisation/import", "organisation-import", "Show what they would change")
    eye.look("/accounts/new", "account-open", "Open it")
    eye.look("/organisation/groups/join", "groups-join")
    for slug in ("payments", "search"):
        factories.a_team(slug, people=6)
    cohorts.register_tree(on=calendar.today(), minimum=5, by=by)
    eye.look("/organisation/groups/join", "groups-join", "Show what follows")
    eye.look("/organisation/groups/join?one=team:payments&other=team:search", "groups-join")
    eye.look("/organisation", "organisation", "Show that day")
    eye.look("/organisation/teams/payments", "team")
    user = factories.an_account("hana")
    eye.look(f"/accounts/{user.pk}/role", "role-give", "Give it")
    grant = factories.a_role(user, GrantedRole.HR)
    eye.look(f"/accounts/{user.pk}", "account")
    eye.look(f"/roles/{grant.pk}/end", "role-end")
    assert eye.faults == []
    assert eye.seen >= FIRST_WEEK
