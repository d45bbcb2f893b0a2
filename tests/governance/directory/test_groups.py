"""Roles by groups: nothing without a mapping that two agreed to and the board knows; ended with the group."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, override_settings

from governance.directory import services
from governance.directory.configuration import DirectorySettings
from governance.directory.models import GroupMapping
from governance.directory.states import GroupSource
from governance.notices.models import Notice
from governance.people.models import GrantedRole
from governance.people.permissions import holds
from ground import calendar, clock
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories
from tests.governance.directory.test_oidc import claims, signed_in, told
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("board")]


@pytest.fixture
def kim():
    return factories.an_account("kim", person=factories.a_person("kim"))


@pytest.fixture
def admins():
    return factories.an_administrator("first"), factories.an_administrator("second")


def mapped(
    admins, group: str = "people-ops", role: GrantedRole = GrantedRole.HR, **over: object
) -> GroupMapping:
    """A mapping that gives a role."""
    mapping = services.propose_mapping(group=group, role=role, by=admins[0], **over)
    return services.confirm_mapping(mapping=mapping, by=admins[1])


def follow(user, *groups: str, source: GroupSource = GroupSource.SIGN_IN) -> int:
    return services.follow_groups(user=user, groups=groups, source=source, by=factories.system())


def test_a_group_gives_its_role_at_sign_in_and_takes_it_again(by_oidc, admins, kim):
    """Issue 19, 1: roles from groups, by a mapping; with the group the role goes."""
    mapped(admins)
    claims(by_oidc, "g-1", employee="kim", groups=["people-ops", "everybody"])
    signed_in("g-1")
    assert holds(kim, GrantedRole.HR) and kim.role_grants.count() == 1
    signed_in("g-1")
    assert kim.role_grants.count() == 1
    claims(by_oidc, "g-1", employee="kim", groups=["everybody"])
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        signed_in("g-1")
        assert not holds(kim, GrantedRole.HR)


def test_a_role_that_began_today_ends_tomorrow(admins, kim):
    """A role lasts a day at least, as roles that somebody gives do."""
    mapped(admins)
    assert (follow(kim, "people-ops"), follow(kim), follow(kim)) == (1, 1, 0)
    assert kim.role_grants.get().valid_to == calendar.today() + timedelta(days=1)


def test_nothing_is_given_before_a_second_one_confirmed_it(admins, kim):
    """Issue 19, 1: a mapping that the board knows."""
    mapping = services.propose_mapping(group="people-ops", role=GrantedRole.HR, by=admins[0])
    assert follow(kim, "people-ops") == 0
    with pytest.raises(NotPermitted, match="Another one"):
        services.confirm_mapping(mapping=mapping, by=admins[0])
    with pytest.raises(NotPermitted):
        services.confirm_mapping(mapping=mapping, by=kim)
    services.confirm_mapping(mapping=mapping, by=admins[1])
    assert follow(kim, "people-ops") == 1
    with pytest.raises(Conflict):
        services.confirm_mapping(mapping=mapping, by=admins[1])
    kinds = ("proposed", "confirmed")
    assert [len(told(f"directory.mapping.{kind}")) for kind in kinds] == [1, 1]


def test_every_seat_of_the_board_is_told_of_each_step(admins):
    """Issue 19, 1: the board knows of the mapping, from when it is proposed."""
    mapping = mapped(admins)
    services.end_mapping(mapping=mapping, by=admins[0])
    notices = Notice.objects.filter(kind="directory.mapping")
    assert {each.to.username for each in notices} >= {
        member.username for member in factories.a_board().values()
    }
    assert notices.filter(to=factories.a_board()["legal"]).count() == 3


def test_a_mapping_gives_nothing_to_whoever_wrote_it(admins):
    """Nobody gives a role to themself, by a group neither."""
    mapped(admins)
    assert [follow(admin, "people-ops") for admin in admins] == [0, 0]


def test_no_group_gives_a_seat(admins):
    """Who sits on the board is the board's to say: the service and the database both refuse it."""
    with pytest.raises(BadInput, match="board"):
        services.propose_mapping(group="x", role=GrantedRole.BOARD_MEMBER, by=admins[0])
    row = GroupMapping(group="x", role=GrantedRole.BOARD_MEMBER, proposed_by=admins[0])
    with pytest.raises(IntegrityError, match="no_seat"), transaction.atomic():
        row.save(force_insert=True)


def test_a_manager_by_a_group_has_a_team(admins, kim):
    """A manager's role is over a team, as elsewhere."""
    with pytest.raises(BadInput, match="needs a team"):
        services.propose_mapping(group="leads", role=GrantedRole.MANAGER, by=admins[0])
    team = factories.a_team("payments")
    mapped(admins, "leads", GrantedRole.MANAGER, team=team)
    follow(kim, "leads")
    assert kim.role_grants.get().team == team
    with pytest.raises(BadInput, match="already"):
        services.propose_mapping(group="leads", role=GrantedRole.MANAGER, team=team, by=admins[0])


def test_what_somebody_gave_by_hand_stays(admins, kim):
    """A group ends what a group gave, and each source what itself gave."""
    mapped(admins)
    factories.a_role(kim, GrantedRole.HR)
    assert follow(kim, "people-ops") == 0
    assert follow(kim) == 0 and holds(kim, GrantedRole.HR)
    mapped(admins, "auditors", GrantedRole.AUDITOR)
    follow(kim, "auditors", source=GroupSource.SCIM)
    assert follow(kim) == 0 and holds(kim, GrantedRole.AUDITOR)


def test_with_its_mapping_all_that_came_of_it_ends(admins, kim):
    """The board, as an administrator, ends a mapping; nobody keeps what it gave."""
    mapping = mapped(admins)
    follow(kim, "people-ops")
    member = factories.a_board()["worker_rep"]
    factories.a_role(member, GrantedRole.BOARD_MEMBER)
    assert services.end_mapping(mapping=mapping, by=member) == 1
    assert kim.role_grants.get().valid_to is not None
    assert follow(kim, "people-ops") == 0
    with pytest.raises(Conflict):
        services.end_mapping(mapping=mapping, by=member)


def test_a_mapping_is_proposed_confirmed_and_ended_on_pages(admins, kim):
    """Issue 19, 1: told on a page."""
    first, second = Client(), Client()
    first.force_login(admins[0])
    second.force_login(admins[1])
    with override_settings(DIRECTORY=DirectorySettings(scim=True)):
        wrong = Page(first.post("/directory/groups/new", {"group": "", "role": "manager"}))
        assert wrong.status == 400 and wrong.says("Enter the group as")
        assert first.post("/directory/groups/new", {"group": "people-ops", "role": "hr"}).status_code == 302
        mapping = GroupMapping.objects.get()
        listed = Page(first.get("/directory/groups"))
        assert listed.says("people-ops", "HR", "Waits for a second one, and gives nothing")
        assert f"/directory/groups/{mapping.pk}/confirm" not in listed.html
        assert first.get(f"/directory/groups/{mapping.pk}/confirm").status_code == 403
        assert Page(second.get(f"/directory/groups/{mapping.pk}/confirm")).says(
            "Whoever looks after the group"
        )
        second.post(f"/directory/groups/{mapping.pk}/confirm")
        follow(kim, "people-ops")
        assert Page(first.get(f"/directory/groups/{mapping.pk}/end")).says(
            "Accounts that hold it by this group: 1"
        )
        assert Page(first.post(f"/directory/groups/{mapping.pk}/end", follow=True)).says("roles ended: 1")
        plain = Client()
        plain.force_login(kim)
        assert plain.get("/directory/groups").status_code == 403
    assert first.get("/directory/groups").status_code == 404


def test_a_binding_is_ended_by_another_and_made_anew(by_oidc, admins, kim):
    """Where somebody's sign-in was made anew at the provider, an administrator ends what bound the old one."""
    claims(by_oidc, "g-2", employee="kim")
    client, _back = signed_in("g-2")
    browser = Client()
    browser.force_login(admins[0])
    page = Page(browser.get("/directory/accounts"))
    assert page.says("Kim", "OpenID Connect") and "g-2" not in page.html
    address = page.html.partition('href="/directory/accounts/')[2].partition('"')[0]
    assert Page(browser.get(f"/directory/accounts/{address}")).says("The account is signed out")
    assert b"kim,OpenID Connect," in b"".join(browser.get("/directory/accounts.csv"))
    assert Page(browser.get("/directory/accounts?text=nobody")).says("No account fits all of these")
    assert client.post(f"/directory/accounts/{address}").status_code == 403
    assert browser.post(f"/directory/accounts/{address}").status_code == 302
    assert client.get("/sessions").status_code == 302
    claims(by_oidc, "g-3", employee="kim")
    assert signed_in("g-3")[1].status_code == 302
    assert len(told("directory.account.unbound")) == 1
