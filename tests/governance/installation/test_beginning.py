"""Issue 15, item 1: what setting up writes to the database: once, again, and not over what is there."""

import pytest

from audits.ledger.models import Entry
from charter.programme.models import Programme
from governance.installation.answers import FirstAdministrator, SetupAnswers
from governance.installation.beginning import begin, make_first_link
from governance.people.models import GrantedRole, User
from governance.people.permissions import holds
from ground.errors import Conflict
from tests import factories

ADA = FirstAdministrator("ada", "Ada Admin", "ada@example.org")
ANSWERS = SetupAnswers(name="Forge", purpose="To help.", administrator=ADA, time_zone="Europe/Berlin")


def test_the_first_administrator_begins_the_programme(by):
    """Issue 15, item 1: account, role, programme with what comes with the product, in their name."""
    admin = begin(ANSWERS)
    programme = Programme.objects.get()
    assert programme.established_by == admin and programme.time_zone == "Europe/Berlin"
    assert holds(admin, GrantedRole.ADMIN) and programme.decision_kinds.exists()


def test_again_it_writes_nothing(by):
    """Issue 15, item 1: safe to run again."""
    begin(ANSWERS)
    before = Entry.objects.count()
    begin(ANSWERS)
    assert Entry.objects.count() == before


@pytest.mark.parametrize("cut", ["grant_role", "open_account"])
def test_cut_short_it_goes_on(by, monkeypatch, cut):
    """Issue 15, bad input: setup interrupted at any step goes on."""
    from governance.people import services

    real = getattr(services, cut)

    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(services, cut, interrupted)
    with pytest.raises(KeyboardInterrupt):
        begin(ANSWERS)
    monkeypatch.setattr(services, cut, real)
    assert holds(begin(ANSWERS), GrantedRole.ADMIN)
    assert User.objects.filter(username="ada").count() == 1


def test_setting_up_makes_no_second_administrator(by):
    """Whoever has the shell is told to ask, rather than handed a role that nobody gave them."""
    factories.an_administrator("first")
    with pytest.raises(Conflict) as refused:
        begin(ANSWERS)
    assert refused.value.code == "administrator_exists"
    assert not User.objects.filter(username="ada").exists()


def test_another_programme_is_left_alone(by):
    """Issue 15, bad input: a database that holds a programme of another name or zone keeps it."""
    begin(ANSWERS)
    other = SetupAnswers(name="Other", purpose="To help.", administrator=ADA, time_zone="Europe/Berlin")
    with pytest.raises(Conflict, match="“Forge”"):
        begin(other)


def test_the_link_opens_once_and_is_not_made_for_who_has_a_password(by, client):
    """Issue 15, item 1: it ends with a way in, which is worth nothing once it was used."""
    admin = begin(ANSWERS)
    link = make_first_link(admin)
    path = link.partition("/password")[1] + link.partition("/password")[2]
    client.get(path)
    reply = client.post("/password/new", {"password": factories.PASSWORD, "again": factories.PASSWORD})
    admin.refresh_from_db()
    assert admin.check_password(factories.PASSWORD), reply.content.decode()[:2000]
    assert make_first_link(admin) == ""
