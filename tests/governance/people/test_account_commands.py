"""The commands that open accounts and set passwords: by the services, with the password from standard input alone."""

import json
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.core.management import CommandError, call_command, execute_from_command_line
from django.test import Client

from audits.ledger.models import Entry, Payload
from governance.people import permissions
from governance.people.models import AccountKind, GrantedRole, RoleGrant, User
from ground import calendar
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

NEW = "wholly other battery staple"


@pytest.fixture
def said(monkeypatch):
    """Say something on standard input, once."""
    return lambda text: monkeypatch.setattr("sys.stdin", StringIO(text))


@pytest.fixture
def boss():
    return factories.an_administrator("boss")


def run(*arguments: str) -> str:
    told = StringIO()
    call_command(*arguments, stdout=told)
    return told.getvalue()


def last(kind: str) -> dict:
    payload = Payload.objects.filter(entry__kind=kind).latest("entry__at")
    return {"actor": payload.actor, **json.loads(bytes(payload.body))}


def signs_in(username: str, password: str) -> bool:
    return Client().post("/sign-in", {"username": username, "password": password}).status_code == 302


def test_a_persons_account_is_opened_with_a_password_that_is_said(said, boss):
    """The page of the lock-out sends people to administrators, who had no door to accounts."""
    person = factories.a_person("p0042")
    said(f"{NEW}\nnot this\n")
    told = run(
        "open_account",
        "ana",
        "--name",
        "Ana Lima",
        "--person",
        "p0042",
        "--email",
        "ana@example.org",
        "--as",
        "boss",
    )
    ana = User.objects.get(username="ana")
    assert (ana.name, ana.kind, ana.email, ana.person) == (
        "Ana Lima",
        AccountKind.HUMAN,
        "ana@example.org",
        person,
    )
    assert not ana.is_staff and not ana.is_superuser
    assert signs_in("ana", NEW) and NEW not in told
    opened = last("people.account.opened")
    assert opened["actor"] == boss.actor and NEW not in str(opened)


def test_a_machines_account_is_asked_for_no_password(said, boss):
    """A machine has an owner, and tokens."""
    said("")
    run("open_account", "bot", "--name", "Bot", "--kind", "machine", "--owner", "boss")
    bot = User.objects.get(username="bot")
    assert (bot.kind, bot.owner) == (AccountKind.MACHINE, boss) and not bot.has_usable_password()
    assert last("people.account.opened")["actor"] == factories.system().actor


def test_a_forgotten_password_is_set_anew_and_sessions_end(said, boss):
    """What the page of the lock-out promises."""
    factories.an_account("ana", password=factories.PASSWORD)
    client = Client()
    client.post("/sign-in", {"username": "ana", "password": factories.PASSWORD})
    assert client.get("/tokens").status_code == 200
    said(NEW + "\n")
    told = run("set_password", "ana", "--as", "boss")
    assert NEW not in told and last("people.password.changed")["actor"] == boss.actor
    assert client.get("/tokens").status_code == 302
    assert signs_in("ana", NEW) and not signs_in("ana", factories.PASSWORD)


OPEN = ("open_account", "new", "--name", "New")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((*OPEN, "--as", "plain"), "Only an administrator may do this"),
        ((*OPEN, "--as", "nobody"), "There is no account “nobody”"),
        ((*OPEN, "--person", "nobody"), "There is no person “nobody”"),
        ((*OPEN, "--owner", "plain"), "Only a machine has an owner"),
        ((*OPEN, "--kind", "machine"), "Name the person who answers"),
        (("open_account", "plain", "--name", "Plain"), "already exists"),
        (("set_password", "nobody"), "There is no account “nobody”"),
        (("set_password", "bot"), "A machine has no password"),
        (("set_password", "boss", "--as", "plain"), "Only an administrator may do this"),
    ],
)
def test_what_the_services_refuse_the_commands_say(said, boss, arguments, why):
    """Nothing is written past the services."""
    factories.an_account("plain")
    factories.an_account("bot", kind=AccountKind.MACHINE)
    before = list(User.objects.order_by("pk").values_list("username", "password"))
    said(NEW + "\n")
    with pytest.raises(CommandError, match=why):
        run(*arguments)
    assert list(User.objects.order_by("pk").values_list("username", "password")) == before


def test_the_first_administrator_is_made_by_a_command(said):
    """Issue 9: whose role it is and who gave it stand on the log; from then on administrators do it by their name."""
    factories.an_account("first")
    ana = factories.an_account("ana")
    run("grant_role", "first", "admin")
    first = User.objects.get(username="first")
    assert permissions.can_administer(first)
    granted = last("people.role.granted")
    assert (granted["actor"], granted["role"]) == (factories.system().actor, "admin")
    told = run("grant_role", "ana", "hr", "--until", "2999-01-01", "--as", "first")
    assert permissions.holds(ana, GrantedRole.HR) and "“ana” has the role hr" in told
    assert last("people.role.granted")["actor"] == first.actor


def test_a_role_is_revoked_by_a_command(boss):
    """Issue 9: beside grant_role; over what it was held is told as it was given."""
    ana, team = factories.an_account("ana"), factories.a_team("payments")
    factories.a_role(ana, GrantedRole.MANAGER, team=team)
    run("revoke_role", "ana", "manager", "--team", "payments", "--as", "boss")
    assert not permissions.holds(ana, GrantedRole.MANAGER)
    ended = last("people.role.ended")
    assert (ended["actor"], ended["valid_to"]) == (boss.actor, calendar.today().isoformat())


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("grant_role", "boss", "hr", "--as", "boss"), "Nobody gives a role to themself"),
        (("grant_role", "boss", "hr", "--as", "plain"), "Only an administrator may do this"),
        (("grant_role", "nobody", "hr"), "There is no account “nobody”"),
        (("grant_role", "plain", "manager"), "A manager's role needs a team"),
        (("grant_role", "plain", "manager", "--team", "nothing"), "There is no “nothing”"),
        (("grant_role", "plain", "king"), "invalid choice"),
        (("grant_role", "plain", "hr", "--from", "01/02/2026"), "--from"),
        (("grant_role", "boss", "admin"), "already holds that role"),
        (("revoke_role", "plain", "hr"), "“plain” has no such role"),
        (("revoke_role", "boss", "admin", "--as", "plain"), "Only an administrator may do this"),
        (("createsuperuser",), "open_account.*grant_role"),
        (("changepassword", "boss"), "set_password"),
    ],
)
def test_what_is_refused_changes_no_role(boss, arguments, why):
    """Permissions and bad input, and Django's own commands, which would write past the services."""
    factories.an_account("plain")
    before = kept()
    with pytest.raises(CommandError, match=why):
        run(*arguments)
    assert kept() == before


def kept() -> tuple[list, list, int]:
    roles = RoleGrant.objects.order_by("pk").values_list("user__username", "role", "valid_from", "valid_to")
    return (
        list(roles),
        list(User.objects.order_by("pk").values_list("username", "password")),
        Entry.objects.count(),
    )


@pytest.mark.parametrize(
    "arguments",
    [["createsuperuser", "--noinput", "--username", "root", "--name", "Root"], ["changepassword", "boss"]],
)
def test_djangos_own_commands_name_ours_whatever_they_are_given(boss, arguments, capsys, monkeypatch):
    """Issue 9: as from the shell."""
    monkeypatch.setattr("django.core.management.base.connections.close_all", lambda: None)
    before = kept()
    with pytest.raises(SystemExit):
        execute_from_command_line(["manage.py", *arguments])
    assert "manage.py" in capsys.readouterr().err and kept() == before


@pytest.mark.parametrize("line", [b"", b"\n", b"short\n", b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\n"])
@pytest.mark.parametrize("command", [OPEN, ("set_password", "boss")])
def test_a_password_that_is_none_is_refused(monkeypatch, boss, command, line):
    """Nothing, an empty line, what is too short, and what is no text."""
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(line), encoding="utf-8"))
    before = boss.password
    with pytest.raises(CommandError):
        run(*command)
    boss.refresh_from_db()
    assert boss.password == before and not User.objects.filter(username="new").exists()
