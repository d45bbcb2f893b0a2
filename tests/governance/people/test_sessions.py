"""One's sessions: seen, ended, and over by themselves; and that nothing in the database is worth a session."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from audits.ledger.models import Payload
from governance.people import browsers, scans, services, sessions
from governance.people.models import Session
from governance.people.session_store import digest_key
from ground.errors import NotPermitted
from tests import factories
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"
)


@pytest.fixture
def kim():
    return factories.an_account("kim", password=factories.PASSWORD)


def entered(agent: str = FIREFOX, address: str = "192.0.2.1", username: str = "kim") -> Client:
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    client.post("/sign-in", {"username": username, "password": factories.PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/tokens").status_code == 200


def key_of(client: Client) -> str:
    return client.cookies["sessionid"].value


def row_of(client: Client) -> Session:
    return next(each for each in Session.objects.all() if sessions.is_under(each, key_of(client)))


def ended(kind: str = "people.sessions.ended") -> list[dict]:
    return [json.loads(bytes(each.body)) for each in Payload.objects.filter(entry__kind=kind)]


def test_one_sees_where_one_is_signed_in(kim):
    """Issue 9: sessions listed: the browser in plain words, when, from where, and which is this one."""
    entered(SAFARI, "198.51.100.7")
    here = entered()
    factories.an_account("ben", password=factories.PASSWORD)
    entered("curl/8", "203.0.113.9", "ben")
    page = Page(here.get("/sessions"))
    assert page.says("Firefox on Windows", "192.0.2.1", "Safari on iPhone", "198.51.100.7")
    assert page.text.count("The one you are looking at") == 1
    assert page.text.index("The one you are looking at") < page.text.index("Safari on iPhone")
    assert "203.0.113.9" not in page.html
    assert 'href="/sessions"' in here.get("/").content.decode()


def test_one_session_is_ended_and_the_others_go_on(kim):
    """Issue 9: sessions ended: gone at the next request, and on the log as its owner's doing."""
    here, lost, phone = entered(), entered(), entered(SAFARI)
    assert here.post(f"/sessions/{row_of(lost).public_id}/end").status_code == 302
    assert (is_in(here), is_in(lost), is_in(phone)) == (True, False, True)
    assert ended() == [{"by": kim.actor, "user": str(kim.pk), "sessions": 1}]


def test_all_others_are_ended(kim):
    """Issue 9: all but the one that asks."""
    here, others = entered(), [entered(), entered(SAFARI)]
    page = Page(here.post("/sessions/end-others", follow=True))
    assert page.says("2 other sessions have ended")
    assert is_in(here) and not any(map(is_in, others))


def test_nobody_ends_anothers_or_learns_of_it(kim):
    """Permissions: another's session and none at all are answered alike."""
    factories.an_account("ben", password=factories.PASSWORD)
    theirs, ben = entered(), entered(username="ben")
    nothing = ben.post("/sessions/00000000-0000-0000-0000-000000000000/end")
    others = ben.post(f"/sessions/{row_of(theirs).public_id}/end")
    assert (nothing.status_code, others.status_code) == (404, 404)
    assert is_in(theirs) and ended() == []
    ben.post("/sessions/end-others")
    assert is_in(theirs) and is_in(ben)


def test_a_new_password_ends_them_in_the_list_as_well(kim):
    """Issue 9: a change of password ends all others; an administrator's ends all."""
    here, elsewhere = entered(), entered()
    new = "wholly other battery staple"
    here.post("/password", {"current": factories.PASSWORD, "password": new, "again": new})
    assert is_in(here) and not is_in(elsewhere)
    assert [sessions.is_under(each, key_of(here)) for each in sessions.list_sessions(kim)] == [True]
    services.change_password(user=kim, password=factories.PASSWORD, by=factories.system())
    assert not is_in(here) and not Session.objects.filter(user=kim)


def test_an_administrator_ends_all_of_an_account(kim):
    """Issue 9: on a page of theirs, by their name on the log; and nobody else does."""
    boss = factories.an_administrator("boss")
    clients = [entered(), entered(SAFARI)]
    page = Client()
    page.force_login(boss)
    assert Page(page.post(f"/accounts/{kim.pk}/end-sessions", follow=True)).says("2 sessions have ended")
    assert not any(map(is_in, clients))
    assert ended() == [{"by": boss.actor, "user": str(kim.pk), "sessions": 2}]
    with pytest.raises(NotPermitted):
        sessions.end_all_sessions(of=boss, by=kim)


def test_it_ends_when_it_was_not_used_and_after_its_time_whatever_is_done(kim, settings):
    """Issue 9: idle and absolute lifetimes, as settings."""
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS = 30, 2
    client = entered()
    moved(client, last_used=29)
    assert is_in(client)
    assert row_of(client).expire_date > timezone.now() + timedelta(minutes=29), "use makes it go on"
    moved(client, last_used=31)
    assert not is_in(client)
    client = entered()
    began = timezone.now() - timedelta(minutes=115)
    Session.objects.update(signed_in_at=began, last_used_at=timezone.now() - timedelta(minutes=5))
    assert is_in(client)
    assert row_of(client).expire_date == began + timedelta(hours=2), "and no longer than that"
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_in(client)
    assert scans.SIGN_IN_TRACES.once(by="me")["traces forgotten"] >= 2
    assert not Session.objects.exists()


def moved(client: Client, *, last_used: int) -> None:
    """Let a session have been used last so many minutes ago."""
    at = timezone.now() - timedelta(minutes=last_used)
    Session.objects.update(last_used_at=at, expire_date=at + timedelta(minutes=30))


def test_use_is_noted_once_a_minute(kim):
    """Least surprise: reading pages writes nothing most of the time."""
    client = entered()
    client.get("/sessions")
    before = row_of(client).last_used_at
    client.get("/sessions")
    assert row_of(client).last_used_at == before
    Session.objects.update(last_used_at=before - timedelta(minutes=2))
    client.get("/sessions")
    assert row_of(client).last_used_at >= before


def test_the_database_holds_no_key(kim):
    """Issue 9: whoever reads every table as the runtime role finds nothing to put into a cookie; nor do pages and log tell."""
    client = entered()
    page = client.get("/sessions").content.decode()
    key, row = key_of(client), row_of(client)
    assert key not in page and row.session_key not in page
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{key}%"])
            assert cursor.fetchone() == (0,), table
    thief = Client()
    thief.cookies["sessionid"] = row.session_key
    assert not is_in(thief)


def test_what_one_session_holds_opens_no_other(kim):
    """Attack: with the runtime role's SQL, somebody copies what a session holds under the digest of a key of their own."""
    client, thief = entered(), Client()
    thief.cookies["sessionid"] = key = "abcdefghijklmnopqrstuvwxyz012345"
    row = row_of(client)
    row.session_key, row.public_id = digest_key(key), "00000000-0000-4000-8000-000000000001"
    row.save(force_insert=True)
    assert is_in(client) and not is_in(thief)


def test_a_key_that_somebody_laid_there_is_not_the_one_after_signing_in(kim):
    """Attack, fixation: signing in gives another key, whether or not there was a session under the one before."""
    victim = Client()
    victim.cookies["sessionid"] = laid = "attackerattackerattackerattacker"
    for path in ("/sign-in", "/admin/login/"):
        victim.post(path, {"username": "kim", "password": factories.PASSWORD})
    assert key_of(victim) != laid and is_in(victim)
    before = key_of(victim)
    victim.post("/password", {"current": factories.PASSWORD, "password": "a" * 20, "again": "a" * 20})
    attacker = Client()
    for key in (laid, before):
        attacker.cookies["sessionid"] = key
        assert not is_in(attacker)


def test_one_that_was_ended_is_not_brought_back_by_a_request_under_way(kim, monkeypatch):
    """Attack: a request that began before the end and saves its session after it."""
    client = entered()

    def answer(request, *_, **_more):
        request.session["mark"] = 1
        sessions.end_all_sessions(of=kim, by=kim)
        return HttpResponse("late")

    monkeypatch.setattr("governance.ui.narrowing.render", answer)
    assert client.get("/sessions").status_code == 400
    assert not is_in(client) and not Session.objects.filter(user=kim)


@pytest.mark.parametrize(
    "cookie", ["", "x", "\0" * 32, "ä" * 32, "x" * 5000, "' OR 1=1 --                    "]
)
def test_whatever_a_cookie_says_is_no_session(kim, cookie):
    """Bad input."""
    client = Client()
    client.cookies["sessionid"] = cookie
    assert client.get("/tokens").status_code == 302


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (SAFARI, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/139.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/139.0 Safari/537.36 Edg/139.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/139.0 Mobile Safari/537.36", "Chrome on Android"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_browsers_in_plain_words(agent, words):
    """What a browser calls itself is read for words that we know, and none of its own are kept."""
    assert browsers.describe(agent) == words
