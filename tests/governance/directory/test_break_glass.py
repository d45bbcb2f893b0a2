"""Break-glass accounts: in by password when nothing else lets anybody in, and told to everybody who must know."""

import pytest
from django.test import Client, override_settings

from governance.directory import services
from governance.directory.configuration import DirectorySettings
from governance.directory.models import BreakGlass
from governance.notices.models import Notice
from governance.people.models import AccountKind, GrantedRole
from ground.errors import BadInput, NotPermitted
from tests import factories
from tests.governance.directory.scim_client import Directory
from tests.governance.directory.test_oidc import told
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("board")]
KEPT = DirectorySettings("Example Ltd", scim=True, passwords_are_kept=True)


@pytest.fixture
def admin():
    return factories.an_administrator("first")


@pytest.fixture
def glass(admin):
    user = factories.an_account("glass", password=factories.PASSWORD, person=factories.a_person("glass"))
    services.keep_break_glass(user=user, by=admin)
    return user


def entered(username: str):
    client = Client()
    answer = client.post("/sign-in", {"username": username, "password": factories.PASSWORD})
    return client, answer


def notices(word: str):
    return Notice.objects.filter(kind="directory.break_glass", subject__contains=word)


def test_its_use_tells_the_board_at_once(glass, admin):
    """Issue 19, 1: a break-glass account whose use tells the board at once."""
    _client, answer = entered("glass")
    assert answer.status_code == 302
    told_to = set(notices("was used").values_list("to__username", flat=True))
    assert told_to >= {member.username for member in factories.a_board().values()} | {admin.username}
    assert told("directory.break_glass.used") == [{"by": glass.actor, "user": str(glass.pk)}]
    entered("glass")
    assert notices("was used").filter(to=admin).count() == 2
    factories.an_account("plain", password=factories.PASSWORD)
    entered("plain")
    assert len(told("directory.break_glass.used")) == 2


def test_where_passwords_are_kept_for_it_no_other_gets_in(glass):
    """Issue 19, 1: everybody else comes by the organisation; a wrong password of anybody is counted as ever."""
    factories.an_account("plain", password=factories.PASSWORD)
    with override_settings(DIRECTORY=KEPT):
        client, answer = entered("plain")
        assert answer.status_code == 400 and "_auth_user_id" not in client.session
        assert Page(answer).says("Passwords are for accounts that are kept for emergencies")
        assert entered("glass")[1].status_code == 302


def test_the_directory_does_not_close_it(glass):
    """Else whoever writes the directory could shut the last door."""
    with override_settings(DIRECTORY=KEPT):
        directory = Directory()
        said = directory.write("glass", externalId="glass", active=False)
        directory.send("DELETE", f"Users/{said['id']}")
    glass.refresh_from_db()
    assert glass.is_active


def test_it_is_a_persons_with_a_password_and_an_administrator_keeps_it(admin):
    """A machine has none to type, and nobody keeps their own without being an administrator."""
    machine = factories.an_account("machine", kind=AccountKind.MACHINE)
    without = factories.an_account("without")
    for wrong in (machine, without):
        with pytest.raises(BadInput, match="has a password"):
            services.keep_break_glass(user=wrong, by=admin)
    with pytest.raises(NotPermitted):
        services.keep_break_glass(user=without, by=without)


def test_it_is_kept_and_ended_on_a_page(admin):
    """Issue 19, 1: told on a page, to administrators and the board."""
    factories.an_account("glass", password=factories.PASSWORD)
    member = factories.a_board()["legal"]
    factories.a_role(member, GrantedRole.BOARD_MEMBER)
    first, board = Client(), Client()
    first.force_login(admin)
    board.force_login(member)
    with override_settings(DIRECTORY=KEPT):
        assert Page(first.get("/directory/break-glass")).says("There is none", "Keep an account")
        assert first.post("/directory/break-glass", {"user": "nobody"}).status_code == 400
        assert first.post("/directory/break-glass", {"user": "glass"}).status_code == 302
        seen = Page(board.get("/directory/break-glass"))
        assert seen.says("Glass") and "Keep it as break-glass" not in seen.html
        assert board.post("/directory/break-glass", {"user": "glass"}).status_code == 403
        key = BreakGlass.objects.get().pk
        assert board.post(f"/directory/break-glass/{key}/end").status_code == 403
        assert first.post(f"/directory/break-glass/{key}/end").status_code == 302
    assert not BreakGlass.objects.exists() and len(told("directory.break_glass.ended")) == 1
