"""A forgotten password, sessions and accounts in a browser: with and without script; accessible at both widths in both schemes."""

import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from governance.people import account_mail
from tests import factories
from tests.browser.test_accessibility import ACCOUNTS, Eye

NEW = "wholly other battery staple"


@pytest.fixture
def kim(house):
    return factories.an_account("kim", password=factories.PASSWORD, email="kim@example.org")


def mailed() -> str:
    account_mail.send_waiting()
    return re.search(r"/password/link/\S+", mail.outbox[-1].body)[0]


def sign_in(page: Page, password: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("User name").fill("kim")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.proof(alone=True)
def test_pages_of_accounts_are_accessible(window, house, kim):
    """DESIGN, Accessibility: zero axe violations, as they stand and with what is wrong."""
    stranger, owner, admin = Eye(window()), Eye(window(kim)), Eye(window(factories.an_administrator()))
    stranger.look("/password/forgotten", "password-forgotten", "Mail me a link")
    stranger.look("/password/forgotten/asked", "password-asked")
    stranger.look("/password/new", "password-new")
    account_mail.ask_for_link(typed="kim", origin="here")
    stranger.look(mailed(), "password-new", "Set it")
    window(kim)
    owner.look("/sessions", "sessions")
    admin.look("/accounts", "accounts")
    admin.look("/accounts?text=zzzz", "accounts")
    admin.look(f"/accounts/{kim.pk}", "account")
    admin.look(f"/accounts/{house.employee.pk}", "account")
    assert stranger.faults + owner.faults + admin.faults == []
    assert stranger.seen | owner.seen | admin.seen == ACCOUNTS


@pytest.mark.parametrize("script", [True, False])
def test_a_forgotten_password_is_set_anew_and_other_sessions_are_ended(window, kim, script):
    """Issue 9: from the sign-in page by the mail to a new password, and on to one's sessions."""
    page = window(java_script_enabled=script)
    page.goto("/sign-in")
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("User name or e-mail address").fill("kim@example.org")
    page.get_by_role("button", name="Mail me a link").click()
    expect(page.get_by_role("heading", name="Look among your mails")).to_be_visible()
    page.goto(mailed())
    assert page.url.endswith("/password/new")
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password, once more").fill(NEW)
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_text("Your new password is set.")).to_be_visible()
    sign_in(page, NEW)
    other = window(java_script_enabled=script)
    sign_in(other, NEW)
    page.get_by_role("link", name="Your sessions").click()
    expect(page.get_by_text("The one you are looking at")).to_have_count(1)
    page.get_by_role("button", name="End all others").click()
    expect(page.get_by_text("1 other session has ended.")).to_be_visible()
    other.goto("/tokens")
    assert "/sign-in" in other.url
