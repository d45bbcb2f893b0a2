"""A browser that has signed in before is counted on its own: what others try elsewhere keeps nobody out of it."""

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.core import signing
from django.test import Client

from governance.people import devices
from tests import factories
from tests.proof import whole_or_short

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

LIMIT = 5


@pytest.fixture(autouse=True)
def kim():
    return factories.an_account("kim", password=factories.PASSWORD)


def attempt(
    client: Client, password: str = factories.PASSWORD, username: str = "kim", address: str = "192.0.2.1"
) -> int:
    return client.post(
        "/sign-in", {"username": username, "password": password}, REMOTE_ADDR=address
    ).status_code  # fmt: skip


def known(username: str = "kim", address: str = "192.0.2.1") -> Client:
    """A browser in which somebody has signed in and out again."""
    client = Client()
    assert attempt(client, username=username, address=address) == 302
    client.post("/sign-out")
    return client


def with_cookie(value: str) -> Client:
    client = Client()
    client.cookies[devices.COOKIE] = value
    return client


@pytest.mark.proof(alone=True)
def test_a_thousand_wrong_guesses_elsewhere_keep_nobody_out_of_a_known_browser():
    """Issue 9: lock-out that cannot be turned against others; from a new address and from the attackers' own as well."""
    laptop = known()
    for number in range(whole_or_short(1000, 60)):
        attempt(Client(), f"guess {number}", address=f"198.51.100.{number // 5}")
    assert attempt(Client(), address="203.0.113.1") == 429, "whoever is not known waits"
    assert attempt(laptop, address="203.0.113.1") == 302
    laptop.post("/sign-out")
    assert attempt(laptop, address="198.51.100.7") == 302


def test_a_colleague_behind_the_same_address_locks_nobody_out():
    """Issue 9: what ADR 18 left open."""
    laptop = known()
    assert [attempt(Client(), "wrong") for _ in range(LIMIT)][-1] == 429
    assert attempt(Client()) == 429
    assert attempt(laptop) == 302


def test_a_stolen_cookie_gives_no_free_guesses():
    """Attack: a few wrong passwords, wherever they come from, and with the cookie one waits as everybody does."""
    cookie = known().cookies[devices.COOKIE].value
    for number in range(60):
        attempt(Client(), "wrong", address=f"198.51.100.{number // 5}")
    answers = [attempt(with_cookie(cookie), f"guess {n}", address=f"203.0.113.{n}") for n in range(LIMIT)]
    assert answers == [400] * (LIMIT - 1) + [429]
    for number in range(LIMIT):
        assert attempt(with_cookie(cookie), address=f"203.0.113.{number + 50}") == 429
    tried = AccessAttempt.objects.filter(username="kim").values_list("failures_since_start", flat=True)
    assert sum(tried) >= 50 + LIMIT, "its guesses are counted to the account as well"


def test_a_known_browser_mistypes_a_few_times_only():
    """Issue 2, item 9: passwords are not tried at will from there either."""
    laptop = known()
    assert [attempt(laptop, "wrong") for _ in range(LIMIT)][-1] == 429
    assert attempt(laptop) == 429


def test_the_right_password_forgets_what_was_mistyped_there():
    """Least surprise: at whatever address."""
    laptop = known()
    for number in range(3):
        assert [attempt(laptop, "wrong", address=f"192.0.2.{number}") for _ in range(LIMIT - 1)][-1] == 400
        assert attempt(laptop, address=f"192.0.2.{number + 50}") == 302
        laptop.post("/sign-out")


def test_a_browser_is_known_to_those_who_signed_in_there():
    """Attack: with an account of their own, somebody has a cookie; it makes them known to no other account."""
    factories.an_account("mallory", password=factories.PASSWORD)
    laptop = known("mallory")
    assert [attempt(laptop, "wrong") for _ in range(LIMIT)][-1] == 429
    assert attempt(laptop, username="mallory") == 302, "and what they try on others is not counted as theirs"


def test_two_who_share_a_browser_are_both_known_there():
    """Least surprise: the second to sign in does not make the first a stranger."""
    factories.an_account("ben", password=factories.PASSWORD)
    shared = known()
    attempt(shared, username="ben")
    shared.post("/sign-out")
    for _number in range(LIMIT):
        attempt(Client(), "wrong", username="kim")
        attempt(Client(), "wrong", username="ben")
    assert attempt(shared, username="ben") == 302
    shared.post("/sign-out")
    assert attempt(shared, username="kim") == 302


@pytest.mark.parametrize("forge", ["", "nonsense", "unsigned", "other salt", "altered"])
def test_a_cookie_that_we_did_not_give_is_none(forge):
    """Bad input, attack: only what is signed for this counts."""
    real = known().cookies[devices.COOKIE].value
    said = signing.loads(real, salt=devices._SALT)
    cookie = {
        "unsigned": real.rpartition(":")[0],
        "other salt": signing.dumps(said, salt="other"),
        "altered": "x" + real,
    }.get(forge, forge)
    for _ in range(LIMIT):
        attempt(Client(), "wrong")
    assert attempt(with_cookie(cookie)) == 429


def test_a_cookie_opens_nothing_and_tells_nobody_who_signed_in():
    """Issue 9: signed, HttpOnly, SameSite, and nothing to read in it or to make it from."""
    laptop = known()
    morsel = laptop.cookies[devices.COOKIE]
    assert (morsel["httponly"], morsel["samesite"]) == (True, "Strict")
    assert "kim" not in str(signing.loads(morsel.value, salt=devices._SALT))
    assert with_cookie(morsel.value).get("/tokens").status_code == 302
    attempt(laptop, "wrong")
    kept = str(list(AccessAttempt.objects.values()))
    assert signing.loads(morsel.value, salt=devices._SALT)["name"] not in kept


def test_it_is_sent_over_https_alone_where_the_session_is(monkeypatch):
    """Issue 9: as the session's own cookie."""
    monkeypatch.setattr(settings, "SESSION_COOKIE_SECURE", True)
    assert known().cookies[devices.COOKIE]["secure"] is True


def test_the_admins_door_makes_a_browser_known_and_knows_it():
    """Every door counts alike."""
    factories.an_account("chief", password=factories.PASSWORD, is_staff=True)
    client, form = Client(), {"username": "chief", "password": factories.PASSWORD}
    client.post("/admin/login/", form)
    client.post("/sign-out")
    for _ in range(LIMIT):
        attempt(Client(), "wrong", username="chief", address="127.0.0.1")
    assert Client().post("/admin/login/", form).status_code == 429
    assert client.post("/admin/login/", form).status_code == 302
