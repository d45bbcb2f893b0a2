"""What a directory says over SCIM and what follows of it: accounts opened and closed, roles by groups, and what is refused."""

from datetime import timedelta

import pytest
from django.test import Client, override_settings

from governance.directory import services
from governance.directory.configuration import DirectorySettings
from governance.directory.models import Binding, DirectoryClosing, DirectoryEntry, DirectoryGroup
from governance.directory.scans import CLOSINGS_FORGOTTEN
from governance.directory.states import ProviderKind
from governance.people import services as people
from governance.people.models import GrantedRole, RoleGrant, Session, User
from governance.people.permissions import holds
from governance.people.scopes import Scope
from ground import calendar, clock
from tests import factories
from tests.governance.directory.scim_client import USER, Directory
from tests.governance.directory.test_oidc import told

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("board")]


@pytest.fixture(autouse=True)
def switched_on():
    with override_settings(DIRECTORY=DirectorySettings(scim=True)):
        yield


@pytest.fixture
def directory() -> Directory:
    return Directory()


def entered(directory: Directory, many: int, since: int = 0) -> list[dict]:
    """So many entries of people who work here, each with an account."""
    names = [f"staff-{number}" for number in range(since, since + many)]
    for name in names:
        factories.a_person(name)
    return [directory.write(name, externalId=name) for name in names]


def test_an_entry_of_somebody_who_works_here_is_an_account(directory):
    """Issue 19, 1: SCIM for accounts; one of anybody else is kept and gives nothing."""
    factories.a_person("kim")
    emails = [{"value": "home@example.org"}, {"value": "kim@example.org", "primary": True}]
    said = directory.write("Kim@Example.org", externalId="kim", emails=emails)
    account = User.objects.get(person__external_id="kim")
    assert (account.username, account.email, account.is_active) == ("kim", "kim@example.org", True)
    assert not account.has_usable_password()
    directory.write("stranger", externalId="nobody-here")
    assert DirectoryEntry.objects.get(key="stranger").account is None
    found = directory.get("Users", filter='userName eq "KIM@example.org"').json()
    assert [each["id"] for each in found["Resources"]] == [said["id"]]
    assert [each["user"] for each in told("directory.entry.written")] == [str(account.pk), None]


def test_what_we_do_not_need_of_somebody_is_not_kept(directory):
    """Telephone numbers, photographs and passwords of a directory are not ours to hold."""
    said = directory.write("ann", password="hunter2", phoneNumbers=[{"value": "+49"}], title="Boss")
    assert not {"password", "phoneNumbers", "title"} & set(said)
    assert not {"password", "phoneNumbers", "title"} & set(DirectoryEntry.objects.get(key="ann").said)


def test_who_leaves_is_signed_out_and_let_in_again_as_the_directory_says(directory):
    """Issue 19, 1: an account is closed and opened again; its sessions end."""
    kim = entered(directory, 1)[0]
    account = User.objects.get(username="staff-0")
    browser = Client()
    browser.force_login(account)
    assert directory.patch(kim, op="replace", path="active", value=False).status_code == 200
    account.refresh_from_db()
    assert not account.is_active and not Session.objects.filter(user=account).exists()
    assert browser.get("/sessions").status_code == 302
    directory.patch(kim, op="Replace", value={"active": True})  # as Entra writes it
    account.refresh_from_db()
    assert account.is_active
    assert directory.send("DELETE", f"Users/{kim['id']}").status_code == 204
    account.refresh_from_db()
    assert not account.is_active and directory.get(f"Users/{kim['id']}").status_code == 404
    kinds = ("people.account.closed", "people.account.reopened")
    assert [len(told(kind)) for kind in kinds] == [2, 1]


def test_groups_give_roles_by_mappings_alone(directory):
    """Issue 19, 1: SCIM for groups; roles by the mapping, ended with the membership and with the group."""
    first, second = factories.an_administrator("first"), factories.an_administrator("second")
    those = entered(directory, 2)
    group = directory.group("auditors", *those)
    directory.group("not mapped", *those)
    accounts = list(User.objects.filter(username__startswith="staff-").order_by("username"))
    assert not any(each.role_grants.exists() for each in accounts)
    mapping = services.propose_mapping(group="auditors", role=GrantedRole.AUDITOR, by=first)
    services.confirm_mapping(mapping=mapping, by=second)
    assert all(holds(each, GrantedRole.AUDITOR) for each in accounts)
    path = f'members[value eq "{those[0]["id"]}"]'
    assert directory.patch(group, op="remove", path=path).status_code == 200
    assert accounts[0].role_grants.get().valid_to is not None
    assert accounts[1].role_grants.get().valid_to is None
    assert directory.send("DELETE", f"Groups/{group['id']}").status_code == 204
    assert accounts[1].role_grants.get().valid_to is not None


def test_a_directory_that_removes_everybody_is_stopped_and_asks(directory):
    """Issue 19, bad input: above a tenth in a day an administrator has to say so, as with the import."""
    those = entered(directory, 22)
    answers = [directory.send("DELETE", f"Users/{each['id']}") for each in those]
    assert [each.status_code for each in answers[:4]] == [204] * 3 + [409]
    assert all(each.status_code == 409 for each in answers[3:])
    refused = answers[-1].json()
    assert "More than a tenth" in refused["detail"] and "/directory/closings" in refused["detail"]
    assert User.objects.filter(username__startswith="staff-", is_active=True).count() == 19
    off = directory.patch(those[-1], op="replace", path="active", value=False)
    assert off.status_code == 409 and DirectoryEntry.objects.get(pk=those[-1]["id"]).active
    admin = Client()
    admin.force_login(factories.an_administrator())
    assert b"Allow it for an hour" in admin.get("/directory/closings").content
    assert admin.post("/directory/closings").status_code == 302
    assert directory.send("DELETE", f"Users/{those[-1]['id']}").status_code == 204
    assert len(told("directory.closings.allowed")) == 1


def test_pages_come_in_any_order_and_are_the_same(directory):
    """Issue 19, bad input: pages out of order."""
    for number in range(7):
        directory.write(f"u-{number}")
    pages = {start: directory.get("Users", startIndex=start, count=3).json() for start in (7, 1, 4)}
    names = [each["userName"] for start in (1, 4, 7) for each in pages[start]["Resources"]]
    assert names == [f"u-{number}" for number in range(7)]
    assert {page["totalResults"] for page in pages.values()} == {7}
    beyond = directory.get("Users", startIndex=99, count=3).json()
    assert beyond["totalResults"] == 7 and not beyond.get("Resources")
    assert directory.get("Users", count=0).json()["totalResults"] == 7
    assert len(directory.get("Users", startIndex=-5, count=10_000).json()["Resources"]) == 7
    assert directory.get("Users", startIndex="first").status_code == 400


def test_a_group_before_its_members_is_refused_whole(directory):
    """Issue 19, bad input: groups before the users that are in them."""
    kim = directory.write("kim")
    missing = "01960000-0000-7000-8000-000000000001"
    members = [{"value": kim["id"]}, {"value": missing}]
    said = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "g",
        "members": members,
    }
    answer = directory.send("POST", "Groups", said)
    assert answer.status_code == 400 and missing in answer.json()["detail"]
    assert "Send users before the groups" in answer.json()["detail"] and not DirectoryGroup.objects.exists()
    assert directory.send("POST", "Groups", said | {"members": [{"value": "kim"}]}).status_code == 400


BAD_FILTERS = {
    "10 kB": 'userName eq "' + "a" * 10_000 + '"',
    "unfinished": 'userName eq "a',
    "an attribute that there is not": 'shoeSize eq "44"',
    "no filter": "'; DROP TABLE people_user; --",
    "an order of truths": "active gt true",
}


@pytest.mark.parametrize("what", BAD_FILTERS)
def test_a_filter_that_is_none_is_refused_in_a_sentence(directory, what):
    """Issue 19, bad input: a filter of 10 kB, and others."""
    answer = directory.get("Users", filter=BAD_FILTERS[what])
    assert answer.status_code == 400, answer.content
    assert answer.json()["scimType"] == "invalidFilter" and answer.json()["detail"]
    assert directory.send("POST", ".search", {"filter": BAD_FILTERS[what]}).status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"userName": "a", "userName": "b"}', 400),
        ({"schemas": [USER]}, 400),
        ({"schemas": [USER], "userName": ""}, 400),
        ({"schemas": [USER], "userName": "a" * 300}, 400),
        ({"schemas": [USER], "userName": ["a"]}, 400),
        ({"schemas": [USER], "userName": "a", "emails": [{"value": "no address"}]}, 400),
        ({"schemas": [USER], "userName": "a\0b"}, 400),
        ({"schemas": [USER], "userName": "a", "externalId": "x" * 70_000}, 413),
    ],
)
def test_what_is_no_user_is_refused(directory, body, status):
    """Nothing that a directory sends ends in a fault of ours, or half written."""
    answer = directory.send("POST", "Users", body)
    assert answer.status_code == status and answer.json()["detail"]
    assert answer["Content-Type"] == "application/scim+json" and not DirectoryEntry.objects.exists()


def test_a_user_name_is_one_entrys_and_an_entry_one_persons(directory):
    """However it is written; an account is given to no second entry, and an entry becomes nobody else."""
    factories.a_person("kim"), factories.a_person("ann")
    said = directory.write("kim@example.org", externalId="kim")
    twice = directory.send("POST", "Users", {"schemas": [USER], "userName": "KIM@example.org"})
    assert twice.status_code == 409 and twice.json()["scimType"] == "uniqueness"
    moved = directory.patch(said, op="replace", path="externalId", value="ann")
    assert moved.status_code == 400 and "another person" in moved.json()["detail"]
    second = directory.write("kim-again", externalId="kim")
    assert DirectoryEntry.objects.get(pk=second["id"]).account is None


@pytest.mark.parametrize("scope", [Scope.READ, Scope.ASK, Scope.WRITE])
def test_the_directorys_token_does_nothing_else_and_no_other_does_its_work(directory, scope):
    """Issue 19, 1: machine accounts with scopes: this one reads no values and asks nothing."""
    other = Client(HTTP_AUTHORIZATION=f"Bearer {factories.a_token(directory.machine, scope)}")
    assert other.get("/scim/v2/Users").status_code == 403
    own = Client(HTTP_AUTHORIZATION=f"Token {directory.token}")
    assert own.get("/api/v1/cohorts").status_code == 403
    assert own.post("/api/v1/requests/check", "{}", content_type="application/json").status_code in {403, 404}
    assert own.post("/mcp", "{}", content_type="application/json").status_code == 403
    assert Client().get("/scim/v2/Users").status_code == 401


def test_it_needs_an_administrator_behind_it_and_to_be_switched_on(directory):
    """A machine whose owner is no administrator any more writes no accounts; nor does one where SCIM is off."""
    with override_settings(DIRECTORY=DirectorySettings()):
        assert directory.get("Users").status_code == 404
    factories.change(
        directory.machine.owner.role_grants.get(), valid_to=factories.LONG_AGO.replace(year=2021)
    )
    assert directory.get("Users").status_code == 403


def test_the_last_administrator_is_not_closed():
    """Else nobody could let anybody in again."""
    last = factories.an_account("keeper-of-it", person=factories.a_person("keeper"))
    directory = Directory()
    said = directory.write("keeper", externalId="keeper")
    for grant in RoleGrant.objects.filter(role=GrantedRole.ADMIN, valid_to=None).exclude(user=last):
        people.end_role(grant=grant, valid_to=calendar.today(), by=factories.system())
    answer = directory.send("DELETE", f"Users/{said['id']}")
    assert answer.status_code == 409 and "last administrator" in answer.json()["detail"]
    last.refresh_from_db()
    assert last.is_active and DirectoryEntry.objects.filter(pk=said["id"]).exists()


def test_a_filter_that_is_deep_is_answered(directory):
    """Issue 19, bad input: what is allowed in length is answered however it is nested."""
    directory.write("a")
    deep = "(" * 400 + 'userName eq "a"' + ")" * 400
    assert directory.get("Users", filter=deep).json()["totalResults"] == 1


def test_who_was_closed_is_kept_for_as_long_as_it_counts(directory):
    """Issue 19, 1: a closing counts for a day; after two its row goes, and the entry of the log stays."""
    those = entered(directory, 3)
    with clock.stopped_at(clock.now() - timedelta(days=3)):
        directory.send("DELETE", f"Users/{those[0]['id']}")
    directory.send("DELETE", f"Users/{those[1]['id']}")
    assert DirectoryClosing.objects.count() == 2
    assert CLOSINGS_FORGOTTEN.once(by=factories.system()) == {"closings forgotten": 1}
    assert DirectoryClosing.objects.get().account.username == "staff-1"


def test_about_me_tells_what_the_directory_says(directory, browse):
    """Issue 19, 1; issue 12: its entry, its groups and what it calls me, to me alone."""
    [kim, _other] = entered(directory, 2)
    directory.group("engineers", kim)
    me = User.objects.get(username="staff-0")
    Binding.objects.create(user=me, provider=ProviderKind.OIDC, subject="sub-of-kim")
    page = browse("/about-me/stored", by=me)
    assert page.says("What your organisation’s directory says of you", "engineers", "sub-of-kim", "staff-0")
    assert page.says("directory_directoryentry", "Until your organisation’s directory takes it away")
    other = browse("/about-me/stored", by=User.objects.get(username="staff-1"))
    assert not other.says("engineers") and not other.says("sub-of-kim")
