"""A code beside the password: asked for on every door, worth something once, and nothing to who reads the tables."""

import time

import pytest
from django.db import connection
from django.test import Client

from governance.people import second_step, totp
from governance.people.models import AccountKind, SecondStep
from ground.errors import BadInput, Conflict, NotFound, NotPermitted
from tests import factories
from tests.governance.directory.test_oidc import told
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238, appendix B


@pytest.fixture
def kim():
    return factories.an_account("kim", password=factories.PASSWORD, is_staff=True)


def code(secret: str, steps: int = 0) -> str:
    return totp.make_code(secret, int(time.time()) // totp.STEP + steps)


@pytest.fixture
def has(kim) -> tuple[str, list[str]]:
    """kim has set it up: the secret, and the recovery codes."""
    secret = totp.make_secret()
    return secret, second_step.set_second_step(secret=secret, code=code(secret, -1), by=kim)


def enter(typed: str | None = None, *, door: str = "/sign-in", password: str = factories.PASSWORD) -> bool:
    client = Client()
    said = {"username": "kim", "password": password} | ({"code": typed} if typed is not None else {})
    client.post(door, said)
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(at, expected):
    """RFC 6238, appendix B: the test values, of which apps show the last six digits."""
    assert totp.make_code(RFC_SECRET, at // totp.STEP) == expected


def test_the_password_alone_opens_no_door(kim, has):
    """Issue 19, 1: with a second step, neither the page nor the admin's door lets a password in by itself."""
    assert not enter() and not enter("") and not enter("000000")
    assert not enter(door="/admin/login/")
    assert enter(code(has[0]))


def test_a_code_counts_once(kim, has):
    """Whoever looked over a shoulder cannot use it again, in the same half minute neither."""
    now = code(has[0])
    assert enter(now) and not enter(now)
    assert not enter(code(has[0], -3)) and not enter(code(has[0], 5))


def test_the_password_is_needed_as_before(kim, has):
    """A right code makes no wrong password right, and is not used up by one."""
    now = code(has[0])
    assert not enter(now, password="not the password of kim")
    assert enter(now)


def test_a_recovery_code_counts_once_however_it_is_typed(kim, has):
    """For who lost their phone."""
    one = has[1][0]
    assert enter(one.upper().replace("-", " ")) and not enter(one)
    assert enter(has[1][1])
    assert [each["left"] for each in told("people.second_step.recovery_code_used")] == [9, 8]


def test_codes_that_are_guessed_lock_like_passwords(kim, has):
    """No door is looser than before: five wrong codes, and the right one is not looked at."""
    for _number in range(5):
        enter("000000")
    client = Client()
    said = {"username": "kim", "password": factories.PASSWORD, "code": code(has[0])}
    assert client.post("/sign-in", said).status_code == 429


def test_it_is_nothing_to_who_reads_the_tables(kim, has):
    """ADR 23: neither the secret nor a recovery code stands in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed, recovery::text FROM people_secondstep")
        sealed, recovery = cursor.fetchone()
    assert has[0].encode() not in bytes(sealed) and has[1][0] not in recovery
    assert has[1][0].replace("-", "") not in recovery


def test_it_is_set_up_and_removed_on_a_page(kim):
    """The secret that the page showed, and no other: nobody is made to use a secret that somebody else knows."""
    client = Client()
    client.force_login(kim)
    page = Page(client.get("/second-step"))
    secret = page.html.partition('<code class="mc-mono">')[2].partition("<")[0]
    shown = page.html.partition('name="shown" value="')[2].partition('"')[0]
    assert "<svg" in page.html and "<script" not in page.html
    assert client.post("/second-step", {"code": "000000", "shown": shown}).status_code == 400
    assert client.post("/second-step", {"code": code(RFC_SECRET), "shown": "x"}).status_code == 400
    codes = Page(client.post("/second-step", {"code": code(secret, -1), "shown": shown}))
    assert codes.status == 200 and codes.html.count("<li><code") == 10
    assert Page(Client().get("/sign-in")).says("Code from your app")
    assert Page(client.get("/second-step")).says("You enter a code when you sign in")
    assert client.post("/second-step", {"code": "000000"}).status_code == 400
    assert client.post("/second-step", {"code": code(secret)}).status_code == 302
    assert not SecondStep.objects.exists() and "Code from your app" not in Page(Client().get("/sign-in")).text
    kinds = ("set", "removed")
    assert [len(told(f"people.second_step.{kind}")) for kind in kinds] == [1, 1]


def test_changing_the_password_asks_for_it_too(kim, has):
    """An open browser and a known password are not enough."""
    client = Client()
    client.force_login(kim)
    new = "five words that are new"
    said = {"current": factories.PASSWORD, "password": new, "again": new}
    assert client.post("/password", said).status_code == 400
    assert client.post("/password", said | {"code": code(has[0])}).status_code == 302


def test_an_administrator_removes_it_for_who_lost_everything_and_never_their_own(kim, has):
    """Another's; one's own by a code."""
    admin = factories.an_administrator()
    with pytest.raises(NotPermitted):
        second_step.remove_second_step(user=kim, by=factories.an_account("ann"))
    with pytest.raises(BadInput):
        second_step.remove_second_step(user=kim, by=kim)
    browser = Client()
    browser.force_login(admin)
    assert Page(browser.get(f"/accounts/{kim.pk}")).says("Lost their phone")
    assert browser.post(f"/accounts/{kim.pk}/second-step/remove").status_code == 302
    assert enter()
    with pytest.raises(NotFound):
        second_step.remove_second_step(user=kim, by=admin)


def test_who_has_it_or_has_no_password_sets_up_none(kim, has):
    """One at a time, and a person's."""
    secret = totp.make_secret()
    with pytest.raises(Conflict):
        second_step.set_second_step(secret=secret, code=code(secret), by=kim)
    machine = factories.an_account("machine", kind=AccountKind.MACHINE)
    with pytest.raises(Conflict):
        second_step.set_second_step(secret=secret, code=code(secret), by=machine)


def test_an_account_is_closed_and_opened_again_on_its_page(kim):
    """Who works here no more: signed out, not let in, and another administrator's to open again."""
    admin, browser, own = factories.an_administrator(), Client(), Client()
    browser.force_login(admin)
    own.force_login(kim)
    assert Page(browser.get(f"/accounts/{kim.pk}")).says("Close this account")
    assert browser.post(f"/accounts/{kim.pk}/close").status_code == 302
    assert own.get("/tokens").status_code == 302 and not enter()
    assert browser.post(f"/accounts/{kim.pk}/close").status_code == 409
    assert Page(browser.get(f"/accounts/{kim.pk}")).says("This account is closed")
    assert browser.post(f"/accounts/{kim.pk}/reopen").status_code == 302 and enter()
    assert browser.post(f"/accounts/{admin.pk}/close").status_code == 403
