"""Training in a browser: accessible at both widths in both schemes, taken by keyboard without script, printable."""

import pytest
from playwright.sync_api import expect

from governance.board.proposals import propose_rules
from governance.people.models import GrantedRole
from governance.training import queries, services
from governance.training.models import Attempt
from governance.training.screens import urls
from tests import factories
from tests.browser.test_accessibility import Eye
from tests.charter.rules.rulebooks import files_with, policy

ACTS = {"training-begin", "training-attempt", "training-managers-csv"}  # these only redirect, or give a file


@pytest.fixture
def hr(house):
    account = factories.an_account("an-hr")
    factories.a_role(account, GrantedRole.HR)
    return account


@pytest.mark.proof(alone=True)
def test_every_page_of_training_is_accessible(window, house, hr):
    """DESIGN, Accessibility: zero axe violations; asked, answered well and badly, passed and failed, current and not."""
    keeper = Eye(window(hr))
    keeper.look("/training", "training")
    keeper.look("/training/publish", "training-publish", "Publish it")
    page = window(house.manager)
    manager = Eye(page)
    factories.the_course()
    keeper.look("/training/managers", "training-managers")
    manager.look("/", "home")
    manager.look("/training", "training", "Begin the course")
    attempt = Attempt.objects.select_related("course", "user").get()
    for item in queries.list_items(attempt)[:3]:
        address = f"/training/attempts/{attempt.pk}/{item.place}"
        manager.look(address, "training-question", "Answer")
        chosen = (item.question.answer + (item.place > 1)) % len(item.options)
        services.answer(attempt=attempt, number=item.place, chosen=chosen, by=house.manager)
        manager.look(address, "training-question")
    factories.answers(attempt, wrong=12)
    manager.look(f"/training/attempts/{attempt.pk}/result", "training-result")
    factories.an_attestation(house.manager)
    passed = Attempt.objects.filter(attestation__isnull=False).get()
    manager.look(f"/training/attempts/{passed.pk}/result", "training-result")
    manager.look("/training", "training")
    manager.look("/training/attestation", "training-attestation")
    keeper.look("/training/managers", "training-managers")
    assert keeper.faults + manager.faults == []
    assert {pattern.name for pattern in urls.urlpatterns} - ACTS <= keeper.seen | manager.seen


@pytest.mark.proof(alone=True)
def test_what_new_rules_change_is_accessible(window, house):
    """AR24, DESIGN, Accessibility: the page that asks again."""
    files = files_with(policy("when { context.export && context.persons > 40 }"))
    factories.a_decided_case(propose_rules(files=files, by=factories.system()))
    eye = Eye(window(house.manager))
    eye.look("/rules", "rules")
    assert eye.faults == []


def test_the_course_is_taken_by_keyboard_and_opens_nothing_before_it_is_passed(window, house):
    """S59: from the refusal to the course, stopped and gone on with, to the attestation; no JavaScript is needed."""
    factories.the_course()
    page = window(house.manager, java_script_enabled=False)
    page.goto("/training")
    page.get_by_role("button", name="Begin the course").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 1 of 12")
    attempt = Attempt.objects.select_related("course").get(user=house.manager)
    page.get_by_role("button", name="Answer").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Choose what the rules say of it")
    for item in queries.list_items(attempt):
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Question {item.place} of 12")
        page.get_by_role("radio").nth(item.question.answer).press("Space")
        page.get_by_role("button", name="Answer").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("That is right")
        if item.place == 5:
            page.get_by_role("link", name="Stop here, and go on later").press("Enter")
            page.get_by_role("button", name="Go on with the course").press("Enter")
        elif item.place < 12:
            page.get_by_role("link", name="Next question").press("Enter")
    page.get_by_role("link", name="See how it went").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You have passed")
    page.get_by_role("link", name="My attestation, to print").press("Enter")
    page.emulate_media(media="print")
    expect(page.get_by_text("has passed the course about the rules")).to_be_visible()
    expect(page.get_by_role("link", name="Training", exact=True).first).to_be_hidden()
