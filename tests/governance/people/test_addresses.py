"""An account's e-mail address: changed by its owner, or for who has lost their mailbox by two administrators (issue 9).

Whoever reads an account's mails can set its password; so nobody alone moves them elsewhere, and the old address is told.
"""

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from audits.ledger.models import Payload
from governance.people import account_mail, addresses, scans, services
from governance.people.address_links import AddressLinkOver, make_link
from governance.people.models import AccountKind, AccountMail, AddressChange, User
from ground.errors import BadInput, Conflict, NotFound, NotPermitted, TooMuch
from tests import factories, on_the_log
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

OLD, NEW = "kim@example.org", "kim.lima@example.net"
FORM = {"current": factories.PASSWORD, "email": NEW}


@pytest.fixture
def kim():
    return factories.an_account("kim", password=factories.PASSWORD, email=OLD)


@pytest.fixture
def first():
    return factories.an_administrator("first")


@pytest.fixture
def second():
    return factories.an_administrator("second")


def entered(account: User) -> Client:
    client = Client()
    client.force_login(account)
    return client


def send() -> None:
    scans.ACCOUNT_MAIL.once(by=factories.system())


def address(account: User) -> str:
    return User.objects.get(pk=account.pk).email


def told() -> dict[str, str]:
    """The subject of the mails that have left, by whom they went to."""
    return {message.to[0]: str(message.subject) for message in mail.outbox}


def link() -> str:
    return re.search(r"http://localhost:8000(/email/confirm/\S+)", mail.outbox[-1].body)[1]


def events(kind: str) -> list[dict]:
    return [json.loads(bytes(each.body)) for each in Payload.objects.filter(entry__kind=kind)]


def test_a_person_changes_their_own(kim):
    """Issue 9: by the password of now and a link to the new address; the old one is told, and the log, which has neither."""
    client = entered(kim)
    assert 'href="/email"' in client.get("/").content.decode()
    assert client.post("/email", FORM).status_code == 302
    send()
    assert told() == {NEW: "Confirm your e-mail address"} and address(kim) == OLD
    asked = Page(client.get(link()))
    assert asked.says(NEW, "The old address is told") and address(kim) == OLD, (
        "what reads mails confirms nothing"
    )
    assert Page(client.post(link(), follow=True)).says(f"Your mails go to {NEW}")
    assert address(kim) == NEW
    send()
    assert told()[OLD] == "Your e-mail address was changed"
    assert events("people.address.link_asked") == events("people.address.changed") == [
        {"by": kim.actor, "user": str(kim.pk)}
    ]  # fmt: skip
    assert not [each for each in Payload.objects.all() if NEW.encode() in bytes(each.body)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"current": "a guess of somebody"}, "current"),
        ({"email": "kim"}, "email"),
        ({"email": OLD.upper()}, "email"),
        ({"email": "kim@example.org\nBcc: all@example.org"}, "email"),
        ({"email": "x" * 250 + "@example.org"}, "email"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_mailed(kim, wrong, field):
    """Bad input: also what would be another header."""
    page = Page(entered(kim).post("/email", FORM | wrong))
    assert page.status == 400 and page.response.context["form"].errors.keys() == {field}
    assert not AccountMail.objects.exists()


def test_wrong_passwords_are_counted_as_at_the_door(kim):
    """Issue 9: an open browser is no place to guess at."""
    client = entered(kim)
    for _ in range(5):
        client.post("/email", FORM | {"current": "a guess"})
    assert client.post("/email", FORM).status_code == 429


def test_an_account_mails_others_so_often(kim):
    """Issue 9: each is a mail to somebody who may not have asked."""
    for number in range(3):
        addresses.ask_for_link(email=f"a{number}@example.net", by=kim)
    with pytest.raises(TooMuch):
        addresses.ask_for_link(email=NEW, by=kim)


class TestALink:
    """Worth something once, in time, to its account, as that is."""

    @pytest.fixture
    def path(self, kim) -> str:
        return make_link(kim, NEW).removeprefix("http://localhost:8000")

    def test_is_worth_nothing_to_whoever_the_mail_reaches(self, kim, path):
        """A mistyped address would else give its owner the account."""
        assert Client().get(path)["Location"].startswith("/sign-in?next=")
        stranger = entered(factories.an_account("stranger", email="s@example.org"))
        assert stranger.get(path).status_code == stranger.post(path).status_code == 404
        assert address(kim) == OLD

    def test_is_used_once(self, kim, path):
        client = entered(kim)
        assert [client.post(path).status_code for _ in range(2)] == [302, 404]

    def test_is_over_after_an_hour(self, kim, path, monkeypatch):
        later = timezone.now() + timedelta(minutes=61)
        monkeypatch.setattr("django.core.signing.time.time", later.timestamp)
        assert entered(kim).post(path).status_code == 404

    def test_is_over_once_the_password_is_another(self, kim, path):
        """Whoever took an account back is not robbed of it by a link of before."""
        services.change_password(user=kim, password="wholly other battery staple", by=kim)
        assert entered(kim).post(path).status_code == 404
        assert address(kim) == OLD

    def test_that_was_made_up_is_none(self, kim):
        for made_up in ("x", "a.b.c", "1:2:3"):
            with pytest.raises(AddressLinkOver):
                addresses.confirm(token=made_up, by=kim)


def test_two_administrators_change_it_for_who_lost_their_mailbox(kim, first, second):
    """Issue 9: on the log, and its owner is told at the old address before it counts."""
    page = entered(first).post(f"/accounts/{kim.pk}/email", {"email": NEW}, follow=True)
    assert Page(page).says("It waits for a second administrator", NEW)
    send()
    assert told() == {OLD: "Another e-mail address was proposed"} and address(kim) == OLD
    waits = AddressChange.objects.get()
    look = entered(second)
    assert f"/addresses/{waits.pk}/confirm" in look.get("/accounts").content.decode()
    assert Page(look.get(f"/addresses/{waits.pk}/confirm")).says(NEW, OLD)
    assert look.post(f"/addresses/{waits.pk}/confirm").status_code == 302
    assert address(kim) == NEW and not AddressChange.objects.exists()
    send()
    assert told()[OLD] == "Your e-mail address was changed"
    assert events("people.address.proposed") == [
        {"by": first.actor, "user": str(kim.pk), "change": str(waits.pk)}
    ]
    assert events("people.address.changed") == [{"by": second.actor, "user": str(kim.pk)}]


def test_one_administrator_takes_no_account_over(kim, first, second):
    """Issue 9: an address of one's own, then a link for a new password, and one votes as another."""
    change = addresses.propose(of=kim, email="first@example.org", by=first)
    page = entered(first)
    assert page.get(f"/addresses/{change.pk}/confirm").status_code == 403
    assert page.post(f"/addresses/{change.pk}/confirm").status_code == 403
    for nobody in (first, kim, factories.an_account("else")):
        with pytest.raises(NotPermitted):
            addresses.confirm_proposed(change=change, by=nobody)
    with pytest.raises(NotPermitted):
        addresses.propose(of=first, email=NEW, by=first)
    assert address(kim) == OLD


def test_its_owner_refuses_it(kim, first, second):
    """Issue 9: who reads of it signs in and refuses; what was refused is no more to be confirmed."""
    change = addresses.propose(of=kim, email=NEW, by=first)
    client = entered(kim)
    assert Page(client.get("/email")).says("Another address was proposed", NEW, "First")
    assert client.post(f"/addresses/{change.pk}/drop")["Location"] == "/email"
    with pytest.raises(NotFound):
        addresses.confirm_proposed(change=change, by=second)
    assert events("people.address.dropped") == [
        {"by": kim.actor, "user": str(kim.pk), "change": str(change.pk)}
    ]
    stranger = factories.an_account("else")
    again = addresses.propose(of=kim, email=NEW, by=first)
    with pytest.raises(NotPermitted):
        addresses.drop(change=again, by=stranger)


def test_one_waits_at_a_time_and_is_over_with_a_change_of_ones_own(kim, first, second):
    """Issue 9: an old proposal does not undo what its owner did since."""
    change = addresses.propose(of=kim, email="other@example.org", by=first)
    with pytest.raises(Conflict):
        addresses.propose(of=kim, email=NEW, by=second)
    assert entered(kim).post(make_link(kim, NEW).removeprefix("http://localhost:8000")).status_code == 302
    with pytest.raises(NotFound):
        addresses.confirm_proposed(change=change, by=second)
    assert address(kim) == NEW


def test_a_machine_has_none(first):
    machine = factories.an_account("bot", kind=AccountKind.MACHINE)
    with pytest.raises(BadInput):
        addresses.propose(of=machine, email=NEW, by=first)


def test_a_link_for_a_password_is_over_with_the_address(kim, first, second):
    """Issue 9: whoever still reads the old mailbox has nothing by it."""
    Client().post("/password/forgotten", {"typed": "kim"})
    send()
    path = re.search(r"http://localhost:8000(/password/link/\S+)", mail.outbox[-1].body)[1]
    addresses.confirm_proposed(change=addresses.propose(of=kim, email=NEW, by=first), by=second)
    client = Client()
    client.get(path)
    assert client.get("/password/new").status_code == 404


def test_what_was_done_is_told_however_late_and_links_are_not(kim, first):
    """A mail server that was away for a day: links out of the blue are worse than none, that a mailbox moved is not."""
    addresses.ask_for_link(email=NEW, by=kim)
    addresses.propose(of=kim, email=NEW, by=first)
    waiting, long_ago = list(AccountMail.objects.all()), timezone.now() - timedelta(days=1)
    AccountMail.objects.all().delete()
    for each in waiting:
        AccountMail.objects.create(kind=each.kind, typed=each.typed, user_id=each.user_id, queued_at=long_ago)
    account_mail.send_waiting()
    assert told() == {OLD: "Another e-mail address was proposed"}


def test_the_log_does_not_tell_of_one_and_mean_the_other(kim):
    """Issue 9: as the runtime role, an address was changed with an entry that a password was."""
    for kind, column in (("people.password.changed", "email"), ("people.address.changed", "password")):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            User.objects.filter(pk=kim.pk).update(**{column: "else@example.net"})
            on_the_log.append(kind, str(kim.pk), {"user": str(kim.pk)})
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert "no entry of the log tells of this row" in str(refused.value)
