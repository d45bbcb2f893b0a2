"""People are told in writing what is measured about them, by their first day and before a change takes effect (S144)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.about_me.models import Inclusion
from governance.about_me.queries.telling import list_due
from governance.about_me.scans import INCLUSIONS
from governance.notices.models import Notice
from governance.people.models import Membership, Person, Team
from ground import calendar
from tests import factories, on_the_log

pytestmark = pytest.mark.django_db


def scan() -> int:
    return sum(INCLUSIONS.once(by=factories.system()).values())


def test_everybody_who_is_counted_is_told_once(house, browse):
    """S144: with what counts them, by notice and on a page; nobody is told what they know."""
    assert scan() == 1 and scan() == 0
    told = Inclusion.objects.get()
    assert told.user == house.employee and told.first
    assert told.versions == ["commit-count@1", "lead-time-for-changes@1"]
    assert Notice.objects.get(kind="about_me.inclusion").to == house.employee
    assert "lead time for changes (charter version 1)" in told.text


def test_the_acknowledgement_is_kept_and_is_one_s_own(house, browse):
    """S144: kept on the row and in the log; nobody acknowledges for anybody else."""
    scan()
    told = Inclusion.objects.get()
    assert browse("/about-me", by=house.employee).says("Read and acknowledge what is measured about you")
    other = factories.an_account("two", person=Person.objects.get(external_id="payments-2"))
    assert browse(f"/about-me/told/{told.pk}/acknowledge", by=other, data={}).status == 404
    assert browse(f"/about-me/told/{told.pk}/acknowledge", by=house.employee, data={}).status == 302
    told.refresh_from_db()
    assert told.acknowledged_at is not None
    assert browse("/about-me/told", by=house.employee).says("Acknowledged on 14 April 2026")
    assert not browse("/about-me", by=house.employee).says("Read and acknowledge what is measured")


def test_whoever_joins_is_told_before_their_first_day(house):
    """S144: where they have an account by then."""
    scan()
    joins = calendar.today() + timedelta(days=5)
    person = factories.a_person("newcomer")
    factories.change(person, employed_from=joins)
    with factories.imported():
        Membership.objects.create(person=person, team=Team.objects.get(slug="payments"), valid_from=joins)
    newcomer = factories.an_account("newcomer", person=person)
    assert scan() == 1 and Inclusion.objects.get(user=newcomer).first


def test_a_change_is_told_while_it_is_before_the_board(house):
    """S144: before it takes effect, and not a second time when it does."""
    scan()
    case = factories.an_open_case("cycle-time")
    assert scan() == 1
    told = Inclusion.objects.exclude(first=True).get()
    assert told.versions == ["cycle-time@1"] and "Before the review board" in told.text
    factories.a_decided_case(case)
    assert scan() == 0


def test_who_left_and_who_is_on_no_team_are_told_nothing(house):
    """S144: only whom something counts."""
    gone = factories.an_account("gone", person=Person.objects.get(external_id="payments-7"))
    factories.change(gone.person, employed_to=date(2026, 4, 1))
    factories.an_account("nowhere", person=factories.a_person("nowhere"))
    assert scan() == 1
    assert not Inclusion.objects.filter(user=gone).exists()


def test_as_many_statements_whatever_the_number_of_accounts(house):
    """Issue 12: everybody of a team is worked out at once."""
    scan()
    few = count_statements()
    for number in (2, 3, 4, 5):
        person = Person.objects.get(external_id=f"payments-{number}")
        on_the_log.make(
            Inclusion,
            user=factories.an_account(f"a{number}", person=person),
            versions=["commit-count@1", "lead-time-for-changes@1"],
            first=True,
            text="Told.",
            told_by=factories.system(),
        )
    assert count_statements() == few


def count_statements() -> int:
    """What looking for what is due costs where nothing is."""
    with CaptureQueriesContext(connection) as captured:
        assert not list(list_due(calendar.today()))
    return len(captured)
