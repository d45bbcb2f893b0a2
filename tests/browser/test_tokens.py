"""Tokens in a browser: made, shown once, revoked, with and without script; accessible at both widths in both schemes."""

import pytest
from playwright.sync_api import expect

from governance.people import tokens
from governance.people.models import AccountKind
from governance.people.scopes import Scope
from tests import factories
from tests.browser.test_accessibility import TOKENS, Eye
from tests.browser.test_journeys import press


@pytest.mark.proof
def test_tokens_are_accessible(window, house):
    """DESIGN, Accessibility: zero axe violations, with tokens and without, of persons and of machines."""
    admin = factories.an_administrator()
    bot = factories.an_account("nightly-bot", kind=AccountKind.MACHINE, owner=house.manager)
    eye, second = Eye(window(house.manager)), Eye(window(admin))
    eye.look("/tokens", "tokens")
    eye.look("/tokens/new", "token-new", "Make this token")
    eye.look("/password", "password", "Change it")
    given = {"name": "nightly report of the payments team", "scope": Scope.ASK, "days": 90}
    own, _secret = tokens.make_token(user=house.manager, by=house.manager, **given)
    machines, _secret = tokens.make_token(user=bot, by=house.manager, **given)
    eye.look("/tokens", "tokens")
    eye.look(f"/tokens/{own.pk}/revoke", "token-revoke")
    second.look(f"/tokens/{machines.pk}/confirm", "token-confirm")
    second.look("/tokens", "tokens")
    assert eye.faults + second.faults == []
    assert eye.seen | second.seen == TOKENS


@pytest.mark.parametrize("script", [True, False])
def test_a_token_is_made_shown_once_and_revoked(window, house, script):
    """Issue 9: a page for them; what is shown once is on no other page."""
    page = window(house.employee, java_script_enabled=script)
    page.goto("/")
    page.get_by_role("link", name="Your tokens").click()
    page.get_by_role("link", name="Make a token").click()
    page.get_by_label("Name").fill("laptop")
    page.get_by_label("Read", exact=True).check()
    page.get_by_label("30 days").check()
    page.get_by_role("button", name="Make this token").click()
    if script:  # axe is one
        eye = Eye(page)
        eye.judge("token-made")
        assert eye.faults == []
    secret = page.get_by_label("The token").input_value()
    assert tokens.is_valid(secret, of=house.employee)
    press(page, "I have copied it: back to your tokens", "link")
    assert secret not in page.content()
    page.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_text("The token “laptop” is revoked.")).to_be_visible()
    assert not tokens.is_valid(secret, of=house.employee)
