"""A new password by a link that is mailed: asked for, followed, used; who learns what by it, and who does not."""

import json
import re
from datetime import timedelta
from time import perf_counter

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audits.ledger.models import Entry, Payload
from governance.people import account_mail, scans, services, tokens
from governance.people.models import AccountKind, AccountMail, Session, User
from tests import factories
from tests.pages import Page
from tests.proof import whole_or_short

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

NEW = "wholly other battery staple"
FORM = {"password": NEW, "again": NEW}


@pytest.fixture
def kim():
    return factories.an_account("kim", password=factories.PASSWORD, email="kim@example.org")


def ask(typed: str = "kim", **extra):
    return Client(**extra).post("/password/forgotten", {"typed": typed})


def send() -> int:
    return scans.ACCOUNT_MAIL.once(by=factories.system())["mails about passwords"]


def mailed(typed: str = "kim") -> str:
    """The path of the link that is mailed to whoever asks."""
    ask(typed)
    send()
    return path_in(mail.outbox[-1].body)


def path_in(text: str) -> str:
    return re.search(r"http://localhost:8000(/password/link/\S+)", text)[1]


def follow(path: str) -> Client:
    client = Client()
    assert client.get(path)["Location"] == "/password/new"
    return client


def signs_in(password: str) -> bool:
    return Client().post("/sign-in", {"username": "kim", "password": password}).status_code == 302


def events(kind: str) -> list[dict]:
    return [json.loads(bytes(each.body)) for each in Payload.objects.filter(entry__kind=kind)]


def test_a_forgotten_password_is_set_by_a_link(kim):
    """Issue 9: reset by e-mail link, from the sign-in page on; on the log as the account's own doing, without the link."""
    assert 'href="/password/forgotten"' in Client().get("/sign-in").content.decode()
    path = mailed()
    client = follow(path)
    assert Page(client.get("/password/new")).says("For the account “kim”", "Tokens of the API go on")
    done = Page(client.post("/password/new", FORM, follow=True))
    assert done.says("Sign in", "Your new password is set", "Tokens of the API go on")
    assert "_auth_user_id" not in client.session, "nobody is signed in by a link alone"
    assert signs_in(NEW) and not signs_in(factories.PASSWORD)
    assert events("people.password.link_mailed") == events("people.password.reset") == [
        {"by": kim.actor, "user": str(kim.pk)}
    ]  # fmt: skip
    token = path.rpartition("/")[2]
    assert not [each for each in Payload.objects.all() if token.encode() in bytes(each.body)]


def test_its_owner_is_told_by_mail_that_it_was_changed(kim):
    """Issue 9: however it was changed: by link, by oneself, by an administrator."""
    follow(mailed()).post("/password/new", FORM)
    services.change_password(user=kim, password=factories.PASSWORD, by=kim)
    services.change_password(user=kim, password=NEW, by=factories.system())
    send()
    told = [each for each in mail.outbox if each.subject == "Your password was changed"]
    assert [each.to for each in told] == [["kim@example.org"]] * 3
    assert "tell an administrator at once" in told[0].body and NEW not in str([each.body for each in told])


def test_sessions_end_and_tokens_stay(kim):
    """Issue 9: whoever else had a session has it no longer; a token goes on until it is revoked, which the pages say."""
    token = factories.a_token(kim)
    thief = Client()
    thief.force_login(kim)
    follow(mailed()).post("/password/new", FORM)
    assert thief.get("/tokens").status_code == 302 and not Session.objects.filter(user=kim)
    assert tokens.is_valid(token, of=kim)


def over(client: Client) -> bool:
    page = Page(client.get("/password/new"))
    return page.status == 404 and page.says("This link is over", "Ask for another link")


def test_a_link_is_used_once(kim):
    """Issue 9, attack: used again, or kept open in another window, it sets nothing."""
    path = mailed()
    first, second = follow(path), follow(path)
    assert first.post("/password/new", FORM).status_code == 302
    again = {"password": "a third staple of batteries", "again": "a third staple of batteries"}
    assert second.post("/password/new", again).status_code == 404
    assert over(second) and over(follow(path)) and signs_in(NEW)
    assert "password_link" not in {name for name, each in first.cookies.items() if each.value}


@pytest.mark.parametrize("what", ["password", "e-mail", "sign-in", "account", "time"])
def test_a_link_dies_of_what_changes(kim, what, monkeypatch):
    """Issue 9: of a change of password and of e-mail, of signing in, of closing the account, and of age."""
    client = follow(mailed())
    assert client.get("/password/new").status_code == 200
    if what == "password":
        services.change_password(user=kim, password="another fine long staple", by=kim)
    elif what == "e-mail":
        factories.change(kim, email="other@example.org")
    elif what == "sign-in":
        assert signs_in(factories.PASSWORD)
    elif what == "account":
        factories.change(kim, is_active=False)
    else:
        late = timezone.make_naive(timezone.now()) + timedelta(minutes=61)
        monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: late)
    assert client.post("/password/new", FORM).status_code == 404 and over(client)
    kim.refresh_from_db()
    assert not kim.check_password(NEW)


def test_how_long_it_lives_is_a_setting(kim, settings, monkeypatch):
    """Issue 9: an hour unless it is said otherwise."""
    assert settings.PASSWORD_RESET_TIMEOUT == 3600
    client, late = follow(mailed()), timezone.make_naive(timezone.now()) + timedelta(minutes=59)
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: late)
    assert client.get("/password/new").status_code == 200
    settings.PASSWORD_RESET_TIMEOUT = 600
    assert over(client)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "password1234", "again": "password1234"}, "password"),
        ({"password": "kim@example.org", "again": "kim@example.org"}, "password"),
        ({"password": NEW, "again": "other"}, "again"),
        ({"password": "", "again": ""}, "password"),
        ({"password": "x" * 1001, "again": "x" * 1001}, "password"),
    ],
)
def test_a_bad_password_is_refused_and_the_link_lives_on(kim, form, field):
    """Issue 9: Django's validators; what is wrong stands beside its field."""
    client = follow(mailed())
    refused = client.post("/password/new", form)
    assert refused.status_code == 400 and field in refused.context["form"].errors
    assert client.post("/password/new", FORM).status_code == 302


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "x",
        "00000000-0000-0000-0000-000000000000 abc-def",
        "{key} ",
        "{key} c0ffee-" + "0" * 32,
        "{key} \0",
        "{key} ä b",
    ],
)
def test_what_is_no_link_is_one_that_is_over(kim, cookie):
    """Bad input: of somebody known and of nobody, the same."""
    client = Client()
    client.cookies["password_link"] = cookie.format(key=kim.pk)
    assert over(client)
    assert client.post("/password/new", FORM).status_code == 404


# Who learns what.

NOBODY = ["nobody", "nobody@example.org"]
SOMEBODY = ["kim", "kim@example.org", "KIM@Example.Org"]


@pytest.fixture
def others(kim):
    """Accounts that no link reaches."""
    factories.an_account("bot", kind=AccountKind.MACHINE, email="bot@example.org")
    factories.an_account("mailless", password=factories.PASSWORD)
    factories.an_account("passwordless", email="passwordless@example.org")
    gone = factories.an_account("gone", password=factories.PASSWORD, email="gone@example.org")
    factories.change(gone, is_active=False)
    return ["bot", "mailless", "passwordless", "gone", "system"]


@pytest.mark.parametrize("language", ["en-gb", "tr", "xx", "*", ";;;q=x"])
def test_the_answer_is_the_same_whoever_is_asked_for(others, language):
    """Issue 9, attack: in body, status and headers, in whatever language one asks."""
    answers = set()
    for typed in [*NOBODY, *SOMEBODY, *others]:
        client = Client(HTTP_ACCEPT_LANGUAGE=language)
        asked = client.post("/password/forgotten", {"typed": typed})
        page = client.get(asked["Location"])
        answers.add(
            (asked.status_code, asked["Location"], seen(asked), page.status_code, page.content, seen(page))
        )
        assert not client.cookies.keys() - {"csrftoken"}
    assert len(answers) == 1


def seen(response) -> str:
    """Its headers, but for those that differ each time."""
    return str(sorted((name, value) for name, value in response.items() if name != "X-Request-ID"))


def test_nothing_is_done_for_an_account_that_is_not_done_for_none(others):
    """Issue 9, attack: the same statements, and none that looks for an account; so no time is left to measure."""
    done = set()
    for typed in [*NOBODY, *SOMEBODY, *others]:
        with CaptureQueriesContext(connection) as captured:
            ask(typed)
        done.add(tuple(shape(each["sql"]) for each in captured))
    (statements,) = done
    assert not [each for each in statements if "people_user" in each]


def shape(statement: str) -> str:
    """A statement without what it is given, and without the names of savepoints."""
    return re.sub(r"'[^']*'|\bs\d+_x\d+\b", "?", statement)


@pytest.mark.proof(alone=True)
def test_no_time_tells_whether_there_is_an_account(kim, settings):
    """Issue 9, attack: asked in turn, an account that there is takes longer half of the times."""
    pairs = whole_or_short(1000, 100)
    longer = measure(settings, pairs)
    assert abs(longer - 0.5) < 2 / pairs**0.5, longer  # four standard deviations


@pytest.mark.proof(whole=True)
def test_the_measurement_sees_what_a_mail_in_the_request_costs(kim, settings, monkeypatch):
    """The proof can fail: where the link is made and mailed as it is asked for, time tells."""
    later = account_mail.ask_for_link
    settings.RESET_ACCOUNT_RATE = settings.RESET_ACCOUNT_RATE._replace(most=10_000)
    monkeypatch.setattr(
        account_mail, "ask_for_link", lambda **given: (later(**given), account_mail.send_waiting())
    )
    pairs = 400
    assert measure(settings, pairs) - 0.5 > 2 / pairs**0.5


def measure(settings, pairs: int) -> float:
    """How often an answer about an account that there is takes longer than one about none, as a share."""
    settings.RESET_ADDRESS_RATE = settings.RESET_RATE = settings.RESET_RATE._replace(most=10_000)
    longer = 0
    for number in range(pairs):
        taken = {}
        for typed in ("kim", "nob") if number % 2 else ("nob", "kim"):
            client = Client()
            begun = perf_counter()
            client.post("/password/forgotten", {"typed": typed})
            taken[typed] = perf_counter() - begun
        longer += taken["kim"] > taken["nob"]
    return longer / pairs


def test_no_link_leaves_for_who_cannot_use_one(others):
    """Issue 9: machines, accounts without an address or a password, closed ones: the same answer, and nothing sent."""
    for typed in [*others, *NOBODY, "bot@example.org", "gone@example.org"]:
        assert ask(typed).status_code == 302
    assert send() == len(others) + 4
    assert mail.outbox == [] and not AccountMail.objects.exists()
    assert not Entry.objects.filter(kind="people.password.link_mailed").exists()


def test_the_pages_say_what_one_can_do_without_a_link():
    """Issue 9: truthfully, to everybody alike."""
    for path in ("/password/forgotten", "/password/forgotten/asked"):
        assert Page(Client().get(path)).says("An account without an e-mail address", "ask an administrator")


def test_one_address_of_several_accounts_is_mailed_for_each(kim):
    """Least surprise: each mail names its account, and each link is of that one."""
    factories.an_account("kim-two", password=factories.PASSWORD, email="Kim@example.org")
    ask("kim@example.org")
    send()
    assert sorted(re.findall(r"account “(\S+)”", " ".join(str(each.body) for each in mail.outbox))) == [
        "kim",
        "kim-two",
    ]
    assert {each.to[0] for each in mail.outbox} == {"kim@example.org", "Kim@example.org"}


# How often.


def test_an_account_is_mailed_so_often_by_whatever_name(kim):
    """Issue 9: limited per account; the answer stays the same, and asking in its name keeps no mail from it."""
    for typed in ["kim", "KIM", "kim@example.org", "Kim@example.org", "kim"]:
        assert ask(typed)["Location"] == "/password/forgotten/asked"
        send()
    assert len(mail.outbox) == 3
    assert follow(path_in(mail.outbox[0].body)).post("/password/new", FORM).status_code == 302


def test_an_address_and_all_together_ask_so_often(kim, settings):
    """Issue 9: limited overall; beyond it 429 for everybody alike, and nothing is written."""
    rate = settings.RESET_RATE
    settings.RESET_ADDRESS_RATE, settings.RESET_RATE = rate._replace(most=2), rate._replace(most=3)
    answers = [
        ask(typed, REMOTE_ADDR="192.0.2.1").status_code for typed in ("kim", "nobody", "kim", "nobody")
    ]
    assert answers == [302, 302, 429, 429]
    assert [ask(REMOTE_ADDR=f"192.0.2.{n}").status_code for n in (2, 3)] == [302, 429]
    assert AccountMail.objects.count() == 3


# Mails.


def test_a_mail_server_that_is_away_loses_nothing(kim, settings):
    """Issue 3, 6: what could not be sent is sent by the next pass."""
    ask()
    settings.EMAIL_BACKEND = "tests.governance.notices.backends.Away"
    assert scans.ACCOUNT_MAIL.report(factories.system()).failed == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert (send(), send(), len(mail.outbox)) == (1, 0, 1)


def test_a_mail_that_is_refused_holds_up_no_other_and_is_given_up(kim, settings):
    """Bad input: an address that no server takes; its event is not on the log, as no link left."""
    factories.an_account("lost", password=factories.PASSWORD, email="refused@example.org")
    settings.EMAIL_BACKEND = "tests.governance.notices.backends.Refusing"
    ask("lost")
    ask("kim")
    assert [send() for _ in range(6)] == [1, 0, 0, 0, 0, 0]
    assert [each.to for each in mail.outbox] == [["kim@example.org"]] and not AccountMail.objects.exists()
    assert [each["user"] for each in events("people.password.link_mailed")] == [str(kim.pk)]


def test_who_asked_long_ago_is_mailed_no_more(kim):
    """Least surprise: a link out of the blue, after the mail server was away for a day."""
    ask()
    AccountMail.objects.all().delete()
    AccountMail.objects.create(kind="asked", typed="kim", queued_at=timezone.now() - timedelta(minutes=61))
    assert send() == 0 and mail.outbox == [] and not AccountMail.objects.exists()


# Attacks.


def test_the_link_leads_here_whatever_host_was_named(kim, settings):
    """Attack, host-header poisoning: the link begins with BASE_URL."""
    settings.ALLOWED_HOSTS, settings.BASE_URL = ["*"], "https://charter.example"
    evil = {
        "HTTP_HOST": "evil.example",
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_X_FORWARDED_PROTO": "http",
    }
    assert ask(**evil)["Location"] == "/password/forgotten/asked"
    send()
    assert "https://charter.example/password/link/" in mail.outbox[0].body
    assert "evil" not in str(mail.outbox[0].message())


def test_a_host_that_is_not_ours_is_refused(kim):
    """The same, one door earlier."""
    assert ask(HTTP_HOST="evil.example").status_code == 400
    assert not AccountMail.objects.exists()


@pytest.mark.parametrize(
    "typed",
    ["kim\r\nBcc: thief@example.org", "kim@example.org\nBcc: thief@example.org", "kim@example.org,thief@example.org",
     "kim@example.org\u2028Bcc:thief@example.org", "kim@example.org%0aBcc:thief@example.org"],
)  # fmt: skip
def test_nothing_that_was_typed_gets_into_a_mail(kim, typed):
    """Attack, header injection: it goes to the address of the account, and what was typed stands nowhere in it."""
    ask(typed)
    send()
    assert "thief" not in str([each.message() for each in mail.outbox])


def test_an_address_with_a_line_break_is_not_mailed(kim):
    """Attack, header injection by the account's own address, should one ever get in."""
    factories.change(kim, email="kim@example.org\nBcc: thief@example.org")
    ask()
    assert send() == 0 and mail.outbox == []


def test_it_goes_to_the_address_that_the_account_has_and_not_to_one_that_looks_like_it(kim):
    """Attack: letters that are the same to a database's eye."""
    factories.change(kim, email="mike@example.org")
    for typed in ("mıke@example.org", "miKe@example.org"):
        ask(typed)
    send()
    assert {each.to[0] for each in mail.outbox} <= {"mike@example.org"}


def test_an_address_that_changes_meanwhile_has_no_link_that_works(kim):
    """Attack, race: asked for before the change and mailed after it, to the new one; the old address's link is dead."""
    old = mailed()
    ask()
    factories.change(kim, email="new@example.org")
    send()
    assert [each.to for each in mail.outbox] == [["kim@example.org"], ["new@example.org"]]
    assert over(follow(old))
    assert follow(path_in(mail.outbox[1].body)).get("/password/new").status_code == 200


@pytest.mark.parametrize("where", ["/password/forgotten", "/password/new"])
def test_nobody_is_led_to_another_site(kim, where):
    """Attack, open redirect: `next` is followed nowhere here."""
    client = follow(mailed())
    for name in ("next", "return_to", "url"):
        form = {"typed": "kim", **FORM, name: "https://evil.example/"}
        asked = client.post(f"{where}?{name}=//evil.example", form)
        assert (
            asked["Location"].startswith(("/password/forgotten/asked", "/sign-in"))
            if asked.status_code == 302
            else True
        )
        assert "evil.example" not in str(asked.headers)


def test_a_link_of_one_account_sets_no_others(kim):
    """Attack: with a link of their own, somebody names another account."""
    mallory = factories.an_account("mallory", password=factories.PASSWORD, email="mallory@example.org")
    own = mailed("mallory")
    client = follow(own.replace(str(mallory.pk), str(kim.pk)))
    assert over(client) and client.post("/password/new", FORM).status_code == 404
    assert signs_in(factories.PASSWORD)


def test_nothing_in_the_database_is_a_link(kim):
    """Attack: with the runtime role's SQL, somebody looks for a link while it waits and once it was followed."""
    path = mailed()
    client = follow(path)
    client.get("/password/new")
    token = path.rpartition("/")[2]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{token}%"])
            assert cursor.fetchone() == (0,), table
    assert not Session.objects.exists()


def test_the_links_cookie_is_of_one_page_and_no_script_reads_it(kim):
    """Attack: what a link says stays out of histories, referrers and scripts."""
    client = Client()
    followed = client.get(mailed())
    morsel = client.cookies["password_link"]
    assert (morsel["path"], morsel["httponly"], morsel["samesite"], morsel["max-age"]) == (
        "/password/new",
        True,
        "Lax",
        3600,
    )
    assert followed["Referrer-Policy"] == "same-origin" and "no-store" in followed["Cache-Control"]


def test_whoever_sets_it_by_link_signs_in_at_once_though_others_have_tried(kim):
    """Issue 9: the lock that others brought about keeps nobody waiting who has the mailbox."""
    for number in range(60):
        Client(REMOTE_ADDR=f"198.51.100.{number // 5}").post(
            "/sign-in", {"username": "kim", "password": "wrong"}
        )
    assert not signs_in(factories.PASSWORD)
    client = follow(mailed())
    client.post("/password/new", FORM)
    assert client.post("/sign-in", {"username": "kim", "password": NEW}).status_code == 302


def test_forms_need_their_own_page(kim):
    """Attack, forged posts: neither is taken without the token of its page."""
    client = Client(enforce_csrf_checks=True)
    assert client.post("/password/forgotten", {"typed": "kim"}).status_code == 403
    client.get(mailed())
    assert client.post("/password/new", FORM).status_code == 403
    assert signs_in(factories.PASSWORD)


@pytest.mark.parametrize("typed", ["", "  ", "x" * 255, "a\0b"])
def test_bad_input_is_named(typed):
    """Bad input: nothing, too much, and what PostgreSQL cannot hold."""
    assert ask(typed).status_code == 400
    assert not AccountMail.objects.exists()


# By an administrator.


def test_an_administrator_lets_a_link_be_mailed_and_never_sees_it(kim):
    """Issue 9: who cannot sign in asks an administrator, who now has a page for it; on the log by their name."""
    boss = factories.an_administrator("boss")
    client = Client()
    client.force_login(boss)
    page = Page(client.get("/accounts?text=ki"))
    assert page.says("kim") and f"/accounts/{kim.pk}" in page.html
    told = client.post(f"/accounts/{kim.pk}/link", follow=True)
    send()
    (message,) = mail.outbox
    assert message.to == ["kim@example.org"] and "An administrator sends you a link" in message.body
    assert "/password/link/" not in told.content.decode()
    assert events("people.password.link_sent") == [{"by": boss.actor, "user": str(kim.pk)}]
    assert follow(path_in(message.body)).post("/password/new", FORM).status_code == 302


def test_an_administrator_gives_a_first_password_so(others):
    """Least surprise: an account that was opened without a password gets its first by a link that somebody answers for."""
    boss, account = factories.an_administrator("boss"), User.objects.get(username="passwordless")
    account_mail.send_link(to=account, by=boss)
    send()
    follow(path_in(mail.outbox[0].body)).post("/password/new", FORM)
    account.refresh_from_db()
    assert account.check_password(NEW)


@pytest.mark.parametrize("username", ["bot", "mailless", "gone"])
def test_the_page_says_where_nothing_can_be_mailed(others, username):
    """Issue 9: truthfully; and the service refuses."""
    client, account = Client(), User.objects.get(username=username)
    client.force_login(factories.an_administrator("boss"))
    page = Page(client.get(f"/accounts/{account.pk}"))
    assert "Mail a link" not in page.text
    assert page.says("set_password mailless" if username == "mailless" else account.name)
    assert client.post(f"/accounts/{account.pk}/link").status_code == 409
    assert not AccountMail.objects.exists()


def test_nobody_else_does(kim):
    """Permissions: asked before whether there is such an account."""
    client = Client()
    client.force_login(kim)
    for key in (kim.pk, "00000000-0000-0000-0000-000000000000"):
        assert client.post(f"/accounts/{key}/link").status_code == 403
        assert client.post(f"/accounts/{key}/end-sessions").status_code == 403
    assert not AccountMail.objects.exists()
