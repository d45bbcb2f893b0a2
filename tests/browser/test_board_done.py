"""A metric's whole way in a browser: written, refused, mended, vetoed, tried out, in force, queried and suspended."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from charter.registry.models.sources import Source
from charter.rules.vocabulary import SourceKind
from governance.board import scans, services
from governance.board.models import Case, TeamConsent
from governance.board.states import CaseState, SeatKind
from governance.people.models import GrantedRole, Person
from ground import clock
from tests import factories, on_the_log
from tests.browser.conftest import served
from tests.browser.test_board import members, vote
from tests.browser.test_journeys import heading, press

__all__ = ["members"]

METRIC = "blocked-time"
NAME = "Blocked time"
LEGAL, PRODUCT, WORKER = SeatKind.LEGAL, SeatKind.PRODUCT, SeatKind.WORKER_REP
QUESTION = f"decision=retrospective&metrics={METRIC}&cohort=team:payments&first=2026-01&last=2026-03"


def begin(page: Page, how: str, what: str, choice: str) -> None:
    """Begin a draft."""
    page.goto("/charters/new")
    page.get_by_label(how).check()
    page.get_by_label(what).select_option(choice)
    press(page, "Begin")


def hand_in(page: Page) -> Case:
    """Hand the draft in from its page of answers; gives the case that this opens."""
    page.get_by_role("button", name="Hand in to the board").click()
    expect(page.get_by_text(f"{NAME} is with the board.")).to_be_visible()
    return Case.objects.get(charter_version__metric__slug=METRIC, state=CaseState.OPEN)


def to_check(page: Page, draft: str) -> None:
    page.goto(f"{draft}/check")
    heading(page, "Check your answers")


def bind_to_a_pilot(page: Page, case: Case) -> None:
    page.goto(f"/cases/{case.pk}/conditions")
    page.get_by_label("A pilot with one team first").check()
    page.get_by_label("Pilot: which team?").select_option("team:payments")
    page.get_by_label("Pilot: how many days?").fill("42")
    page.get_by_role("button", name="Propose the condition").click()
    expect(page.get_by_text("Team payments tries it out for 42 days")).to_be_visible()


def ask(page: Page, verdict: str) -> None:
    page.goto(f"/ask?{QUESTION}")
    page.get_by_role("button", name="Ask and show the answer").click()
    heading(page, verdict)


@pytest.mark.proof(whole=True)
def test_a_metric_from_its_first_draft_to_its_suspension(window, house, members):
    """Issue 3, Done when: the whole way of a charter, through pages alone but for the clock."""
    kind = next(each for each in SourceKind if each.value.startswith("presence"))
    on_the_log.make(
        Source, slug="presence", name="Presence", kind=kind, description="Who is at a keyboard when."
    )
    writer = factories.an_account("writer")
    factories.a_role(writer, GrantedRole.METRIC_OWNER)
    author, seats = window(writer), {seat: window(user) for seat, user in members.items()}

    begin(author, "With a charter of the starter catalogue", "Which charter of the catalogue?", METRIC)
    draft = author.url
    author.goto(f"{draft}/what")
    author.get_by_label("Presence").check()
    author.get_by_role("button", name="Save and see what to mend").click()
    to_check(author, draft)
    expect(author.get_by_role("link", name="CH10")).to_be_visible()
    author.get_by_role("button", name="Hand in to the board").click()
    expect(author.get_by_role("alert")).to_contain_text("stand")
    assert not Case.objects.filter(charter_version__metric__slug=METRIC).exists()
    author.goto(f"{draft}/what")
    author.get_by_label("Presence").uncheck()
    author.get_by_role("button", name="Save and see what to mend").click()
    to_check(author, draft)
    case = hand_in(author)

    for seat, page in seats.items():
        veto = seat is WORKER
        vote(
            page,
            case,
            "Veto" if veto else "For it",
            "No word on part-time work." if veto else "",
        )
    expect(page.get_by_role("heading", name="Rejected")).to_be_visible()

    begin(author, "With the newest version of a metric of mine", "Which metric of mine?", METRIC)
    draft = author.url
    author.goto(f"{draft}/harms")
    author.get_by_label("People with nonstandard schedules").fill(
        "Part-time work is counted by its own hours."
    )
    author.get_by_role("button", name="Save and check your answers").click()
    expect(author.get_by_text("No word on part-time work.")).to_be_visible()
    case = hand_in(author)
    bind_to_a_pilot(seats[LEGAL], case)
    for page in seats.values():
        vote(page, case, "For it")
    expect(page.get_by_role("heading", name="Approved")).to_be_visible()
    ask(window(house.manager), "Not allowed")

    page = seats[LEGAL]
    page.goto("/pilots")
    page.get_by_role("link", name=f"Start the pilot of {NAME}").click()
    agreed(page, window(house.employee))
    page.goto(f"/metrics/{METRIC}/pilot")
    press(page, "Start the pilot")
    pilot = page.url.removeprefix(page.url.split("/pilots")[0])
    ask(window(house.manager), "Allowed")

    with clock.stopped_at(clock.now() + timedelta(days=43)), served() as later:
        scans.BOARD_CLOCK.once(by=factories.system())
        rolled_out(window, house, members, pilot, later)


def agreed(page: Page, employee: Page) -> None:
    """The team is asked on a page; one of it answers there, and five more likewise."""
    page.get_by_role("link", name="Ask the team").click()
    page.get_by_label("Which team?").select_option("team:payments")
    press(page, "Ask the team")
    employee.goto(page.url)
    employee.get_by_label("Yes, I agree").check()
    press(employee, "Send my answer")
    consent = TeamConsent.objects.get()
    others = Person.objects.filter(memberships__team__slug="payments", account=None)
    for person in others.order_by("external_id")[:5]:
        member = factories.an_account(person.external_id, person=person)
        services.answer_consent(consent=consent, agrees=True, by=member)


def rolled_out(window, house, members, pilot: str, later: str) -> None:
    """After the pilot: its report, the vote for all, a question, and one seat that stops it."""
    manager, page = window(house.manager, at=later), window(members[LEGAL], at=later)
    ask(manager, "Not allowed")
    page.goto(pilot)
    for section in ("Data definitions", "Manager interpretation", "Employee concerns"):
        page.get_by_label(section).fill("As the charter says.")
    page.get_by_role("button", name="Hand in the exit report").click()
    press(page, "Put it to the board")
    case = Case.objects.get(charter_version__metric__slug=METRIC, state=CaseState.OPEN)
    for user in members.values():
        page = window(user, at=later)
        vote(page, case, "For it")
    expect(page.get_by_role("heading", name="Approved")).to_be_visible()
    ask(manager, "Allowed")

    page = window(members[PRODUCT], at=later)
    page.goto(f"/metrics/{METRIC}")
    page.get_by_role("link", name="Suspend this metric").click()
    page.get_by_label("Why must it stop now?").fill("It is read as a race.")
    page.get_by_role("button", name="Suspend it now").click()
    ask(manager, "Not allowed")
