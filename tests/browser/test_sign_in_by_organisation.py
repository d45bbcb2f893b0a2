"""Signing in by the organisation in a browser, with a provider that runs for real; its pages by axe."""

import re

import pytest
from django.test import override_settings
from playwright.sync_api import expect

from governance.directory import services
from governance.directory.configuration import DirectorySettings, OidcProvider
from governance.people.models import GrantedRole
from tests import factories
from tests.browser.test_accessibility import DIRECTORY, Eye
from tests.governance.directory.conftest import oidc_provider
from tests.governance.directory.test_oidc import claims

__all__ = ["oidc_provider"]


@pytest.mark.proof(alone=True)
def test_an_employee_comes_by_the_provider_and_an_administrator_sees_it(
    window, house, address, oidc_provider
):
    """Issue 19: the provider's journey, through its own page, without script here; zero axe violations on what it leads to."""
    person = house.employee.person.external_id
    claims(oidc_provider, "s-1", employee=person, name="Em")
    provider = OidcProvider(oidc_provider, "charter", "secret", person_claim="employee")
    told = DirectorySettings("Example Ltd", oidc=provider, scim=True)
    with override_settings(DIRECTORY=told, BASE_URL=address):
        page = window(java_script_enabled=False)
        page.goto("/tokens")
        page.get_by_role("link", name="Sign in by Example Ltd").click()
        expect(page).to_have_url(re.compile(re.escape(oidc_provider)))
        page.locator("input[name=sub]").first.fill("s-1")
        page.locator("button[type=submit]").first.click()
        expect(page.get_by_role("heading", name="Your tokens")).to_be_visible()
        stranger = Eye(window())
        stranger.look("/sign-in", "sign-in")
        admin, second = factories.an_administrator(), factories.an_administrator("third")
        waiting = services.propose_mapping(group="people-ops", role=GrantedRole.HR, by=second)
        bound = house.employee.bindings.get()
        eye = Eye(window(admin))
        eye.look("/directory/groups", "directory-groups")
        eye.look("/directory/groups/new", "directory-group-new")
        eye.look("/directory/groups/new", "directory-group-new", "Propose it")
        eye.look(f"/directory/groups/{waiting.pk}/confirm", "directory-group-confirm")
        eye.look(f"/directory/groups/{waiting.pk}/end", "directory-group-end")
        eye.look("/directory/accounts", "directory-accounts")
        eye.look(f"/directory/accounts/{bound.pk}/end", "directory-account-end")
        eye.look("/directory/closings", "directory-closings")
        eye.look("/directory/break-glass", "break-glass")
        eye.look("/second-step", "second-step")
        eye.look("/second-step", "second-step", "Ask for it from now on")
    assert stranger.faults + eye.faults == []
    assert stranger.seen | eye.seen == DIRECTORY | {"sign-in"}
