"""Whoever has left reads what is held about them by a link to a private address that they confirmed before (S149, issue 12)."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from audits.ledger.models import Entry
from governance.about_me import private_addresses
from governance.about_me.models import LeaverAddress, LeaverMail
from governance.about_me.private_addresses import LeaverLinkOver
from governance.about_me.scans import LEAVER_MAIL
from governance.people.address_links import AddressLinkOver
from governance.people.models import AccountKind
from ground.errors import BadInput, Conflict, NotPermitted, TooMuch, Unavailable
from ground.rates import Rate
from tests import factories, on_the_log

pytestmark = pytest.mark.django_db
PRIVATE = "ana.private@example.net"
LEFT = "/about-me/left"


def send() -> int:
    return sum(LEAVER_MAIL.once(by=factories.system()).values())


def link() -> str:
    """The address that the last mail leads to, without the site's name."""
    found = re.search(r"https?://[^/]+(/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def token() -> str:
    return link().rsplit("/", 1)[1]


@pytest.fixture
def confirmed(house) -> LeaverAddress:
    """The employee's, given and confirmed; their account is closed since."""
    private_addresses.give_address(email=PRIVATE, by=house.employee)
    send()
    row = private_addresses.confirm_address(token=token(), by=house.employee)
    factories.change(house.employee, is_active=False)
    mail.outbox.clear()
    return row


def ask(username: str = "employee", email: str = PRIVATE, client: Client | None = None):
    return (client or Client()).post(f"{LEFT}/link", {"username": username, "email": email})


def test_it_is_given_confirmed_by_a_mailed_link_and_shown_to_its_owner_alone(browse, house):
    """S149: it counts once the link was followed by whoever gave it; reading the mail changes nothing."""
    page = browse("/about-me/address", by=house.employee, data={"email": PRIVATE})
    assert page.status == 302 and send() == 1 and mail.outbox[0].to == [PRIVATE]
    assert browse("/about-me/address", by=house.employee).says(PRIVATE, "It counts once you follow the link")
    assert browse(link(), by=house.manager).status in (403, 404)
    assert browse(link(), by=house.employee).says("Confirm it", PRIVATE)
    assert LeaverAddress.objects.get().confirmed_at is None
    assert browse(link(), by=house.employee, data={}).status == 302
    assert browse("/about-me/address", by=house.employee).says("Confirmed on 14 April 2026")
    assert browse(link(), by=house.employee, data={}).status == 404
    kinds = Entry.objects.filter(kind__startswith="about_me.leaver_address").values_list("kind", flat=True)
    assert sorted(kinds) == ["about_me.leaver_address.confirmed", "about_me.leaver_address.given"]


def test_it_is_sealed_at_rest_and_stands_in_no_entry(house, confirmed):
    """Issue 12: whoever reads the tables reads no address, neither given nor typed."""
    ask()
    with connection.cursor() as cursor:
        for table in ("about_me_leaveraddress", "about_me_leavermail", "ledger_payload"):
            cursor.execute(
                f"SELECT coalesce(string_agg(encode(t::text::bytea, 'escape'), ' '), '') FROM {table} t"
            )
            said = cursor.fetchone()[0]
            assert PRIVATE not in said and PRIVATE.encode().hex() not in said


def test_after_leaving_a_link_opens_what_is_held_once(house, confirmed):
    """S149: read-only, half an hour, the same pages as by the code; what reads mails beforehand opens nothing."""
    browser = Client()
    assert "a link is mailed" in ask(client=browser).content.decode()
    assert send() == 1 and mail.outbox[0].to == [PRIVATE]
    url = link()
    assert browser.get(url).status_code == 200 and browser.get(f"{LEFT}/read").status_code == 302
    assert browser.post(url).status_code == 302
    assert browser.cookies["left"]["path"] == LEFT and browser.cookies["left"]["httponly"]
    assert "To read only" in browser.get(f"{LEFT}/read").content.decode()
    assert Client().post(url).status_code == 404 and Client().get(url).status_code == 404
    assert Entry.objects.filter(kind="about_me.leaver_address.used").count() == 1
    assert PRIVATE not in browser.get(f"{LEFT}/read").content.decode()
    factories.change(house.employee, is_active=True)
    assert browser.get(f"{LEFT}/read").status_code == 302


@pytest.mark.parametrize(
    "typed", [("employee", "other@example.net"), ("manager", PRIVATE), ("nobody", PRIVATE), ("employee", "x")]
)
def test_whatever_is_typed_reads_the_same_and_is_mailed_to_nobody_else(house, confirmed, typed):
    """S149: neither the page nor the number of statements tells whose address this is."""
    pages, counts = [], []
    for each in (typed, ("employee", PRIVATE)):
        with counted() as captured:
            pages.append(re.sub(r'nonce="[^"]*"|csrf\S+ value="\S+"', "", ask(*each).content.decode()))
        counts.append(len(captured))
    assert pages[0] == pages[1] and counts[0] == counts[1]
    assert send() == 1 and [each.to for each in mail.outbox] == [[PRIVATE]]


def counted():
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)


def test_one_that_was_not_confirmed_or_is_of_an_account_in_use_opens_nothing(house):
    """S149: who mistyped an address gave its owner nothing; who is still here signs in."""
    private_addresses.give_address(email=PRIVATE, by=house.employee)
    send()
    confirming = token()
    factories.change(house.employee, is_active=False)
    ask()
    assert send() == 0
    factories.change(house.employee, is_active=True)
    private_addresses.confirm_address(token=confirming, by=house.employee)
    ask()
    assert send() == 0 and not LeaverMail.objects.exists()


def test_taken_back_it_is_forgotten_and_another_takes_its_place(house, browse):
    """Issue 12: one at a time; what was taken back stands nowhere, and its links are over."""
    private_addresses.give_address(email="first@example.net", by=house.employee)
    send()
    first = token()
    private_addresses.give_address(email=PRIVATE, by=house.employee)
    assert LeaverAddress.objects.filter(dropped_at__isnull=False).values_list("address", flat=True)[0] == b""
    with pytest.raises(AddressLinkOver):
        private_addresses.confirm_address(token=first, by=house.employee)
    send()
    private_addresses.confirm_address(token=token(), by=house.employee)
    factories.change(house.employee, is_active=False)
    ask()
    send()
    opening = token()
    factories.change(house.employee, is_active=True)
    assert browse("/about-me/address", by=house.employee, data={"drop": "1"}).status == 302
    with pytest.raises(Conflict):
        private_addresses.drop_address(by=house.employee)
    factories.change(house.employee, is_active=False)
    with pytest.raises(LeaverLinkOver):
        private_addresses.open_by_link(token=opening)


def test_links_are_over_after_a_while(house, confirmed, settings):
    """S149: a mail that lies about opens nothing a day later, and one that could not be sent in time is not."""
    ask()
    send()
    settings.RESET_LINK_MINUTES = -1
    with pytest.raises(LeaverLinkOver):
        private_addresses.check_link(token())
    settings.RESET_LINK_MINUTES = 60
    ask()
    LeaverMail.objects.all().delete()
    LeaverMail.objects.create(address=confirmed, queued_at=timezone.now() - timedelta(minutes=61))
    assert send() == 0 and not LeaverMail.objects.exists()


@pytest.mark.parametrize(
    "email", ["", "no address", "x" * 250 + "@example.net", "‮a@example.net", "employee@example.org"]
)
def test_what_is_no_address_of_ones_own_is_refused_beside_its_field(house, email):
    """Issue 12, bad input: the account's own closes with it."""
    factories.change(house.employee, email="employee@example.org")
    with pytest.raises(BadInput) as refused:
        private_addresses.give_address(email=email, by=house.employee)
    assert refused.value.field == "email" and not LeaverAddress.objects.exists()


def test_nobody_gives_one_for_another_or_too_often(house, settings):
    """Issue 12: each is a mail to somebody who may not want one; requests are counted for all together, without addresses."""
    with pytest.raises(NotPermitted):
        private_addresses.give_address(
            email=PRIVATE, by=factories.an_account("robot", kind=AccountKind.MACHINE)
        )
    settings.RESET_ACCOUNT_RATE = settings.LEAVER_CODE_RATE = Rate(1, 3600)
    private_addresses.give_address(email=PRIVATE, by=house.employee)
    with pytest.raises(TooMuch):
        private_addresses.give_address(email=PRIVATE, by=house.employee)
    assert [ask().status_code for _each in range(2)] == [200, 429]


def test_the_database_keeps_what_was_forgotten_forgotten(house, confirmed):
    """Issue 12: a row that was taken back holds no address, and none opened that was not confirmed."""
    for fault in ({"dropped_at": timezone.now()}, {"confirmed_at": None, "opened_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            on_the_log.update(LeaverAddress.objects.filter(pk=confirmed.pk), **fault)


def test_a_mail_server_that_is_away_loses_nothing(house, monkeypatch):
    """Issue 12: the next pass sends it; after five it is given up."""
    private_addresses.give_address(email=PRIVATE, by=house.employee)

    def away(*_given, **_named):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", away)
        with pytest.raises(Unavailable):
            private_addresses.send_waiting(mail=private_addresses.list_waiting()[0])
    assert send() == 1
    private_addresses.give_address(email=PRIVATE, by=house.employee)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", away)
    for _each in range(private_addresses.ATTEMPTS):
        with pytest.raises(Unavailable):
            private_addresses.send_waiting(mail=private_addresses.list_waiting()[0])
    assert not LeaverMail.objects.exists()
