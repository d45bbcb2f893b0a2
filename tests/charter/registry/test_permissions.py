"""Who may see and write charters, as a truth table."""

import pytest
from django.contrib.auth.models import AnonymousUser

from charter.authoring import permissions as authoring_permissions
from charter.registry import permissions
from charter.registry.models import CharterVersion, Metric
from charter.registry.states import StandingChoices
from governance.people.models import GrantedRole
from ground.errors import NotPermitted
from tests import factories, snapshots

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

OPEN = {
    StandingChoices.PILOT,
    StandingChoices.ACTIVE,
    StandingChoices.SUSPENDED,
    StandingChoices.RETIRED,
    StandingChoices.EXPIRED,
}


@snapshots.fixture
def accounts(founded) -> dict:
    by = factories.system()
    made = {"owner": factories.an_account("owner"), "employee": factories.an_account("employee")}
    made["superuser"] = factories.an_account("root", is_superuser=True, is_staff=True)
    for role in (
        GrantedRole.BOARD_MEMBER,
        GrantedRole.ADMIN,
        GrantedRole.AUDITOR,
        GrantedRole.HR,
        GrantedRole.METRIC_OWNER,
    ):
        made[role.value] = factories.an_account(role.value.replace("_", "-"))
        factories.a_role(made[role.value], role)
    return {**made, "system": by}


def version_standing(standing: StandingChoices, accounts: dict) -> CharterVersion:
    metric = Metric(slug="m", name="M", owner=accounts["owner"])
    return CharterVersion(metric=metric, number=1, standing=standing, created_by=accounts["metric_owner"])


@pytest.mark.parametrize("standing", list(StandingChoices))
def test_who_sees_a_charter(accounts, standing):
    """S85: what is or was in force is for everyone signed in; what is being worked on, for those who work on it."""
    version = version_standing(standing, accounts)
    insiders = {"owner", "system", "board_member", "admin", "auditor"}
    everyone = set(accounts)
    seen = {name for name, user in accounts.items() if permissions.can_see_version(user, version)}
    assert seen == (everyone if standing in OPEN else insiders)


def test_a_stranger_sees_nothing(accounts):
    """DESIGN Interfaces: every screen asks for a sign-in."""
    with pytest.raises(NotPermitted, match="Sign in"):
        permissions.check_can_see_version(AnonymousUser(), version_standing(StandingChoices.ACTIVE, accounts))


def test_a_closed_account_sees_nothing(accounts):
    """DESIGN ground rules: an account that is closed has no rights left."""
    accounts["employee"].is_active = False
    assert not permissions.can_see_version(
        accounts["employee"], version_standing(StandingChoices.ACTIVE, accounts)
    )


def test_who_may_propose_and_hand_in(accounts):
    """DESIGN ground rules: metric owners propose; the owner or the writer hands in; superusers count for nothing."""
    version = version_standing(StandingChoices.DRAFT, accounts)
    may_register = {name for name, user in accounts.items() if authoring_permissions.can_register(user)}
    may_submit = {name for name, user in accounts.items() if authoring_permissions.can_submit(user, version)}
    assert may_register == {"metric_owner", "system"}
    assert may_submit == {"owner", "metric_owner", "system"}


def test_a_refusal_says_who_may(accounts):
    """DESIGN Style: check_can_x raises a reason that the reader can act on."""
    with pytest.raises(NotPermitted, match="owner and the review board"):
        permissions.check_can_see_version(
            accounts["employee"], version_standing(StandingChoices.DRAFT, accounts)
        )
