"""One journey through appeals: by name from a look to a corrected value, a confidential and an anonymous one beside it; axe on the way."""

import msgspec
import pytest
from playwright.sync_api import Page, expect

from charter.measures.models import PublishedValue, RevisedValue, Revision
from charter.rules.request import Request
from governance.appeals import scans
from governance.appeals.models import Appeal, FollowUp
from governance.appeals.states import AppealKind
from governance.decisions.models import Hold
from governance.ui.questions import to_query
from ground import calendar
from tests import factories, on_the_log
from tests.access.world import a_revision
from tests.browser.test_accessibility import Eye
from tests.browser.test_appeals import choose, go_on
from tests.browser.test_journeys import heading, press
from tests.governance.appeals.conftest import appealing, desk
from tests.governance.decisions.conftest import with_judged
from tests.governance.decisions.people import DELIVERY
from tests.governance.decisions.test_holds import CALIBRATION, RETROSPECTIVE

__all__ = ["appealing", "desk", "with_judged"]

# What a manager opens: whatever the navigation and the footer offer, and the pages that could tell.
LOOKED_AT = (
    "/",
    "/appeals",
    "/appeals/figures",
    "/notices",
    "/rulings",
    "/metrics",
    f"/metrics/{DELIVERY}",
    "/teams/payments/context",
    "/my-answers",
    "/contract",
)


def ask(page: Page, question: dict) -> None:
    page.goto(f"/ask?{to_query(msgspec.convert(question, Request))}")
    page.get_by_role("button", name="Ask and show the answer").click()


def read_all(page: Page) -> dict[str, str]:
    """What the pages say, to the letter."""
    said = {}
    for path in LOOKED_AT:
        answer = page.goto(path)
        assert answer is not None
        said[path] = f"{answer.status} {page.locator('body').inner_text()}"
    return said


def fill(page: Page, label: str, said: str) -> None:
    page.get_by_label(label).fill(said)
    go_on(page)


@pytest.mark.proof(whole=True)
def test_appeals_from_a_look_to_a_corrected_value(window, desk):
    """Issue 12, done when."""
    manager, employee, hr, board = (
        window(each) for each in (desk.manager, desk.employee, desk.hr, desk.legal)
    )
    own, handling = Eye(employee), Eye(hr)
    ask(manager, RETROSPECTIVE)
    heading(manager, "Allowed")
    file_from_the_look(employee, own)
    by_name = Appeal.objects.get()
    ask(manager, CALIBRATION)
    heading(manager, "Not allowed")
    expect(manager.get_by_text("AR21").first).to_be_visible()
    before = read_all(manager)
    file_confidentially(employee, own)
    assert read_all(manager) == before
    decide_it(board, hr, handling, by_name)
    correct_it(window, employee, by_name)
    read_letter_and_follow_up(employee, own, by_name)
    go_back_to_anonymous_case(window)
    assert own.faults + handling.faults == []


def file_from_the_look(page: Page, eye: Eye) -> None:
    """From "who looked" to the letter about the look, to an appeal by name that holds the values."""
    page.goto("/about-me")
    page.get_by_role("row", name="Manager").get_by_role("link").first.click()
    page.get_by_role("link", name="Contest this").click()
    heading(page, "What do you contest?")
    go_on(page)
    heading(page, "Which receipt?")
    go_on(page)
    fill(page, "What is wrong?", "Two of our largest changes are missing.")
    page.get_by_role("button", name="Continue").click()  # nothing else was going on
    choose(page, "Everyone who handles it")
    choose(page, "Exactly these values")
    fill(page, "What would you like to happen?", "Count them.")
    page.get_by_role("button", name="File my appeal").click()
    expect(page.get_by_text("Your appeal is filed.")).to_be_visible()
    eye.judge("filed")
    page.set_viewport_size({"width": 1280, "height": 900})


def file_confidentially(page: Page, eye: Eye) -> None:
    """Of the team's value, held only when a decision about a person is about to use it."""
    page.goto("/appeals/new/about")
    choose(page, "A value")
    for label, chosen in (("Which metric?", DELIVERY), ("Whose value?", "team:payments")):
        page.get_by_label(label).select_option(chosen)
        eye.judge(label)
        page.set_viewport_size({"width": 1280, "height": 900})
        go_on(page)
    page.get_by_label("From").select_option("2026-03")
    page.get_by_label("To, it included").select_option("2026-03")
    eye.judge("months")
    page.set_viewport_size({"width": 1280, "height": 900})
    go_on(page)
    heading(page, "Do you contest how somebody used it?")  # the manager's look, which they were told of
    eye.judge("use")
    page.set_viewport_size({"width": 1280, "height": 900})
    choose(page, "No, the value itself is wrong")
    fill(page, "What is wrong?", "I was on call.")
    page.get_by_label("Was something else going on?").select_option("on_call")
    go_on(page)
    page.get_by_label("From").fill("2026-03-09")
    page.get_by_label("To and including").fill("2026-03-20")
    eye.judge("when")
    page.set_viewport_size({"width": 1280, "height": 900})
    go_on(page)
    fill(page, "What was going on?", "Nights.")
    choose(page, "Only the handler")
    choose(page, "Only when a decision about a person is about to use them")
    fill(page, "What would you like to happen?", "Leave that week out.")
    page.get_by_role("button", name="File my appeal").click()
    expect(page.get_by_text("Your appeal is filed.")).to_be_visible()
    assert Appeal.objects.get(kind=AppealKind.CONFIDENTIAL) and Hold.objects.filter(on_use=True).exists()


def decide_it(board: Page, hr: Page, eye: Eye, appeal: Appeal) -> None:
    """Found independent, asked with a picture, upheld, and to be corrected."""
    board.goto("/appeals/queue")
    board.locator(f"a[href='/appeals/{appeal.pk}']").click()
    board.get_by_role("button", name="We have it").click()
    board.get_by_label("Who handles it?").fill("hr")
    board.get_by_role("button", name="Give it to them").click()
    expect(board.get_by_text("It has a handler.")).to_be_visible()
    hr.goto(f"/appeals/{appeal.pk}")
    hr.get_by_label("Your message").fill("Which ones? See the list.")
    hr.get_by_label("Attach a picture or a text").set_input_files(
        {"name": "list.txt", "mimeType": "text/plain", "buffer": b"PR 12\nPR 14\n"}
    )
    hr.get_by_role("button", name="Send").click()
    expect(hr.get_by_role("link", name="Attached: Text")).to_be_visible()
    eye.judge("handling")
    hr.set_viewport_size({"width": 1280, "height": 900})
    hr.get_by_role("link", name="What they asked about whoever filed it").click()
    heading(hr, "What those whose use is contested asked")
    eye.judge("questions")
    hr.set_viewport_size({"width": 1280, "height": 900})
    hr.goto(f"/appeals/{appeal.pk}")
    hr.get_by_label("Upheld", exact=True).check()
    for name, said in (
        ("reasons", "They are missing."),
        ("evidence", "The log shows both."),
        ("remedy", "They are counted."),
    ):
        hr.locator(f"#id_{name}").fill(said)
    hr.get_by_label("The metric’s owner looks for what is missing").check()
    hr.get_by_role("button", name="Decide, for good").click()
    expect(hr.get_by_text("It is decided.")).to_be_visible()
    eye.judge("decided")


def correct_it(window, employee: Page, appeal: Appeal) -> None:
    """The rows came late: a revision of several values at once, proposed by the owner and confirmed by an auditor."""
    old = PublishedValue.objects.filter(metric__slug=DELIVERY, withheld="", superseded_at=None)
    revision = Revision.objects.get(pk=a_revision(old[0].metric))
    told = {"value": 30.0, "low": 28.0, "high": 33.0, "n": 42, "people": 9, "coverage": 1.0}
    for value in list(old):
        on_the_log.make(RevisedValue, revision=revision, old=value, **told)
    employee.goto(f"/appeals/{appeal.pk}")
    expect(employee.get_by_text("found, and before the metric’s owner")).to_be_visible()
    owner = window(revision.metric.owner)
    owner.goto(f"/revisions/{revision.pk}")
    owner.locator("#id_reason").fill("The loader was down.")
    owner.get_by_role("button", name="Propose this revision").click()
    auditor = window(factories.an_account("auditor"))
    auditor.goto(f"/revisions/{revision.pk}")
    auditor.get_by_role("button", name="Publish the new values").click()
    employee.goto(f"/appeals/{appeal.pk}")
    expect(employee.get_by_text("in place since 14 April 2026")).to_be_visible()
    assert set(old.all().values_list("value", flat=True)) == {30.0}


def read_letter_and_follow_up(page: Page, eye: Eye, appeal: Appeal) -> None:
    """The letter prints; content with it; asked afterwards whether anybody treated them worse."""
    page.get_by_role("link", name="The letter, to read and to print").click()
    heading(page, "Outcome of your appeal")
    eye.judge("letter")
    page.emulate_media(media="print")
    expect(page.get_by_text("They are missing.")).to_be_visible()
    page.emulate_media(media="screen")
    assert page.pdf()[:4] == b"%PDF"
    page.goto(f"/appeals/{appeal.pk}")
    press(page, "Yes, it is final")
    factories.change(FollowUp.objects.get(appeal=appeal, days=30), due_on=calendar.today())
    scans.APPEALS_CLOCK.once(by=factories.system())
    page.goto("/appeals")
    expect(page.get_by_text("30 days after your appeal")).to_be_visible()
    eye.judge("follow-up")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_text("Thank you.")).to_be_visible()


def go_back_to_anonymous_case(window) -> None:
    """Filed and opened again by its number, without signing in and without script."""
    page = window(None, java_script_enabled=False)
    page.goto("/appeals/anonymous/new")
    choose(page, "A rule")
    fill(page, "Which rule?", "AR07")
    fill(page, "What is wrong?", "It is applied to the wrong work.")
    fill(page, "What would you like to happen?", "Stop it.")
    page.get_by_role("button", name="Change Which rule").click()
    fill(page, "Which rule?", "AR04")
    page.get_by_role("button", name="File it").click()
    receipt = page.locator("#receipt").inner_text()
    page.goto("/appeals/anonymous")
    page.get_by_label("Your 16-digit number").fill(receipt)
    page.get_by_role("button", name="Open my case").click()
    heading(page, "Your anonymous appeal")
