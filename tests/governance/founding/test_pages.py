"""Issue 15, items 2 and 3: the founding page, the groups, opening accounts, giving roles and importing by upload."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from charter.programme.models import Programme
from governance.founding import checklist
from governance.founding.checklist import FoundingState
from governance.people.models import Cohort, GrantedRole, Person, RoleGrant, User
from ground import calendar
from tests import factories
from tests.governance.founding.conftest import ORGANISATION
from tests.pages import Page


@pytest.fixture
def admin(by):
    return factories.an_administrator("ada")


def browse(path, by, data=None) -> Page:
    client = Client()
    client.force_login(by)
    return Page(client.get(path) if data is None else client.post(path, data, follow=True))


def files(**changed: str) -> list[SimpleUploadedFile]:
    texts = {**ORGANISATION, **{f"{name}.csv": text for name, text in changed.items()}}
    return [SimpleUploadedFile(name, text.encode(), "text/csv") for name, text in texts.items()]


def test_an_empty_database_is_told_what_comes_first(admin):
    """Issue 15, item 2: in order, each a link and a state; the next step is a button."""
    page = browse("/founding", admin)
    assert page.says(
        "From nothing to a first answer in 15 steps", "Begin the programme", "Import the organisation"
    )
    steps = checklist.list_steps()
    assert [step.key for step in steps][:3] == ["programme", "organisation", "sources"]
    assert all(f'href="{step.url}"' in page.html for step in steps)
    assert checklist.find_next(steps).key == "programme"
    assert {step.state for step in steps} <= {FoundingState.NOW, FoundingState.LATER}


def test_the_list_is_read_and_not_ticked_off(admin):
    """Issue 15, item 2: beginning the programme moves what comes with it, and opens what stands on it."""
    before = {step.key: step.state for step in checklist.list_steps()}
    factories.a_beginning(admin)
    after = {step.key: step.state for step in checklist.list_steps()}
    done = {key for key in after if after[key] is FoundingState.DONE}
    assert done == {"programme", "decisions", "rules", "contract", "course"}
    assert before["seats"] is FoundingState.LATER and after["seats"] is FoundingState.NOW


def test_others_find_nothing_there(by):
    """Issue 15: who founds is an administrator; nobody else's home."""
    for path in ("/founding", "/founding/groups", "/organisation/import", "/accounts/new"):
        assert browse(path, factories.an_account("somebody")).status == 403


def test_files_are_shown_first_and_imported_when_they_come_again(admin):
    """Issue 15, item 3: import by upload with its preview: nothing is written by a look."""
    page = browse("/organisation/import", admin, {"chosen": files()})
    assert page.says("What these files would change", "people.csv", "20 added", "Nothing was written")
    assert not Person.objects.exists()
    shown = page.html.partition('name="shown" value="')[2].partition('"')[0]
    others = files(value_streams="slug,name\nshop,Other\n")
    assert browse("/organisation/import", admin, {"chosen": others, "shown": shown}).says(
        "These are other files"
    )
    assert not Person.objects.exists()
    assert browse("/organisation/import", admin, {"chosen": files(), "shown": shown}).says(
        "The organisation is as the files say"
    )
    assert Person.objects.count() == 20


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (lambda: files(memberships="person,team,valid_from,valid_to\np99,payments,2024-01-01,\n"), "p99"),
        (lambda: files()[:2], "cannot be read"),
        (lambda: [SimpleUploadedFile("salaries.csv", b"a")], "is none of the files"),
        (lambda: [*files(), *files()[:1]], "was chosen twice"),
        (lambda: [SimpleUploadedFile("../people.csv", b"a")], "cannot be read"),
        (list, "Choose the files"),
    ],
)
def test_files_that_cannot_be_imported_are_told_why(admin, sent, sentence):
    """Issue 15, bad input: a row, a file that is missing, one that is none, one twice, a name with a way out, none at all."""
    page = browse("/organisation/import", admin, {"chosen": sent()})
    assert page.status == 400 and page.says(sentence)
    assert not Person.objects.exists()


def test_much_that_would_end_is_asked_for(admin):
    """Issue 15, item 3: what would end. Half a file looks like a mistake, and is let through where it is meant."""
    page = browse("/organisation/import", admin, {"chosen": files()})
    shown = page.html.partition('name="shown" value="')[2].partition('"')[0]
    browse("/organisation/import", admin, {"chosen": files(), "shown": shown})
    half = {"memberships": "person,team,valid_from,valid_to\np02,payments,2024-01-01,\n"}
    assert browse("/organisation/import", admin, {"chosen": files(**half)}).says("more than a tenth")
    page = browse("/organisation/import", admin, {"chosen": files(**half), "allow_removals": "on"})
    assert page.says("What these files would change", "removed")


def test_groups_are_registered_as_the_organisation_is(admin):
    """Issue 15, item 2: cohorts registered."""
    factories.a_beginning(admin)
    assert browse("/founding/groups", admin).says("No group is registered yet")
    for name in ("payments", "search"):
        factories.a_team(name, people=6)
    page = browse("/founding/groups", admin, {})
    assert page.says("groups are registered", "team:payments")
    assert Cohort.objects.filter(retired_at__isnull=True).count() >= 3


def test_an_account_is_opened_and_its_owner_sets_the_password(admin):
    """Issue 15, item 3: people and accounts. Nobody but its owner ever has a password of it."""
    given = {"username": "hana", "name": "Hana HR", "email": "hana@example.org", "person": ""}
    assert browse("/accounts/new", admin, given).says(
        "Hana HR has an account", "A link to set a password is mailed"
    )
    user = User.objects.get(username="hana")
    assert not user.has_usable_password()
    page = browse("/accounts/new", admin, {**given, "username": "HANA", "person": "p99"})
    assert page.status == 400 and page.says("There is no person of this id")
    page = browse("/accounts/new", admin, {**given, "username": "HANA"})
    assert page.status == 400 and page.says("already exists")


def test_a_role_is_given_from_a_day_and_ends_on_one(admin):
    """Issue 15, item 3: roles with dates; a manager's over a team, and nobody's by themself."""
    user, today = factories.an_account("hana"), calendar.today()
    given = {
        "role": "manager",
        "team": "",
        "value_stream": "",
        "valid_from": today.isoformat(),
        "valid_to": "",
    }
    assert browse(f"/accounts/{user.pk}/role", admin, given).status == 400
    assert browse(f"/accounts/{user.pk}/role", admin, {**given, "team": "nowhere"}).says(
        "There is none of this name"
    )
    browse(f"/accounts/{user.pk}/role", admin, {**given, "role": "hr"})
    grant = RoleGrant.objects.get(user=user)
    assert grant.role == GrantedRole.HR and browse(f"/accounts/{user.pk}", admin).says("HR", "End")
    own = browse(f"/accounts/{admin.pk}/role", admin, {**given, "role": "hr"})
    assert own.says("Nobody gives a role to themself")
    end = {"valid_to": today.isoformat()}
    assert browse(f"/roles/{grant.pk}/end", admin, end).status == 400
    assert browse("/roles/00000000-0000-0000-0000-000000000000/end", admin).status == 404
    assert not Programme.objects.exists()
