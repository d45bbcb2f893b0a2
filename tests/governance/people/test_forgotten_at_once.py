"""Links used and mails sent by several at the same moment, with commits that are real."""

import re
from concurrent.futures import ThreadPoolExecutor

from django.core import mail
from django.db import connection

from audits.ledger.models import Entry
from governance.people import account_mail, services
from governance.people.links import LinkOver
from governance.people.models import AccountMail, User
from tests import factories


def all_at_once(do) -> list:
    """What eight get who do the same."""

    def attempt(number: int):
        try:
            return do(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(attempt, range(8)))


def test_of_eight_who_hold_a_link_one_sets_the_password(committed_db):
    """Issue 9, attack: the same link, used at the same moment; the log has one reset, and the password is that one's."""
    kim = factories.an_account("kim", password=factories.PASSWORD, email="kim@example.org")
    account_mail.ask_for_link(typed="kim", origin="here")
    account_mail.send_waiting()
    token = re.search(r"/password/link/\S+/(\S+)", str(mail.outbox[0].body))[1]
    passwords = [f"staple number {number} of a battery" for number in range(8)]

    def use(number: int) -> bool:
        try:
            services.reset_password(token=token, password=passwords[number], by=kim)
        except LinkOver:
            return False
        return True

    used = all_at_once(use)
    assert sorted(used) == [False] * 7 + [True]
    assert User.objects.get(pk=kim.pk).check_password(passwords[used.index(True)])
    assert Entry.objects.filter(kind="people.password.reset").count() == 1


def test_eight_who_send_at_once_send_each_mail_once(committed_db):
    """Least surprise: should a pass ever overlap another."""
    for number in range(10):
        factories.an_account(f"kim-{number}", password=factories.PASSWORD, email=f"{number}@example.org")
        account_mail.ask_for_link(typed=f"kim-{number}", origin="here")
    assert sum(all_at_once(lambda _number: account_mail.send_waiting())) == 10
    assert sorted(each.to[0] for each in mail.outbox) == [f"{number}@example.org" for number in range(10)]
    assert not AccountMail.objects.exists()
