"""What is held about oneself and who looked: pages that open to each about themself alone (issue 12; S141, S149)."""

import html
import re
from datetime import date, timedelta

import pytest
from django.test import Client

from charter.registry.models import Metric
from governance.about_me.screens import pages
from governance.decisions.models import DecisionRecord
from governance.decisions.scans import DELAYED_NOTICES
from governance.people.models import GrantedRole, Membership, Person, Team
from governance.training import services as training
from ground import clock
from tests import factories
from tests.governance.decisions.looks import look
from tests.governance.decisions.test_answer import RANKING, ask

pytestmark = pytest.mark.django_db

PAGES = ("", "/metrics", "/metrics.csv", "/looks", "/looks.csv", "/stored", "/stored.csv", "/seen")


def test_home_of_an_employee_is_what_is_held_about_them(house, browse):
    """Issue 12, 1: about me is home of every employee; other roles keep theirs and are led to it."""
    page = browse("/", by=house.employee)
    assert page.says("What is held about you, and who looked", "Nothing is waiting for you.")
    assert browse("/?show=uses", by=house.employee).says("What you may use today")
    factories.change(house.manager, person=factories.a_person("the-manager"))
    home = browse("/")
    assert home.says("What you may use today") and 'href="/about-me"' in home.html


def test_a_manager_s_look_at_the_team_stands_in_who_looked(house, browse):
    """Issue 12, 1; S141: who, when, at which grain, for which decision, under which rule, with the receipt."""
    given = ask(house.manager)
    for path in ("/about-me", "/about-me/looks"):
        page = browse(path, by=house.employee)
        assert page.says("Manager", "Lead time for changes, January 2026 to March 2026", "A retrospective")
        assert page.says("Team payments, you and others", "USE, lead time for changes (version 1)")
        assert f"/about-me/looks/{given.receipt.id}" in page.html
    assert browse("/about-me", by=house.employee).says("Nobody saw a figure about you alone.")


def test_what_was_refused_or_checked_showed_nobody_anything(house, browse):
    """Issue 12, 1: a look is a question that gave rows."""
    ask(house.manager, RANKING)
    ask(house.manager, rows=False)
    assert browse("/about-me/looks", by=house.employee).says("Nobody has looked")


def test_a_look_at_somebody_by_name_is_told_to_them_as_such(people, browse):
    """Issue 12, 1: told with the name of whoever looked, as the notice tells it, and to nobody else of the team."""
    given = look(people.manager, "payments-2")
    seen = factories.an_account("two", person=Person.objects.get(external_id="payments-2"))
    page = browse("/about-me/looks", by=seen)
    assert page.says("Manager", "You alone, by name", "1 look")
    assert not browse("/about-me/looks", by=people.employee).says("1 look")
    assert browse(f"/about-me/looks/{given.receipt.id}", by=people.employee).status == 404


def test_a_look_for_a_legal_request_is_told_when_its_notice_is(people, browse):
    """As S141 meets a legal request: neither list nor letter tells of it before."""
    given = look(people.manager, "payments-2", decision="legal_request", accountable=people.manager.username)
    assert given.verdict.permits
    seen = factories.an_account("two", person=Person.objects.get(external_id="payments-2"))
    assert browse("/about-me/looks", by=seen).says("Nobody has looked")
    assert browse(f"/about-me/looks/{given.receipt.id}", by=seen).status == 404
    assert not browse("/about-me/stored", by=seen).says("Looks at you by name")
    with clock.stopped_at(clock.now() + timedelta(days=400)):
        DELAYED_NOTICES.once(by=factories.system())
        assert browse("/about-me/looks", by=seen).says("You alone, by name")


def test_a_colleague_who_looked_at_the_team_is_not_named(house, browse):
    """Issue 12, attack: an employee learns of no other employee."""
    colleague = factories.an_account(
        "curious", name="Curious Colleague", person=Person.objects.get(external_id="payments-3")
    )
    training.acknowledge(rulebook_version=factories.the_rules(), by=colleague)
    given = ask(colleague)
    assert given.verdict.permits
    for path in (
        "/about-me",
        "/about-me/looks",
        "/about-me/looks.csv",
        f"/about-me/looks/{given.receipt.id}",
    ):
        page = browse_text(browse, path, house.employee)
        assert "A colleague in the same group" in page and "Curious" not in page


def browse_text(browse, path, by) -> str:
    """A page or a file as text."""
    client = Client()
    client.force_login(by)
    response = client.get(path)
    return (b"".join(response)).decode()


def test_whoever_holds_another_office_is_a_colleague_in_their_own_team(house, browse):
    """Issue 12, attack: what counts is the role that opened the values, as the decision recorded it."""
    colleague = factories.an_account("lead-elsewhere", person=Person.objects.get(external_id="payments-3"))
    factories.a_role(colleague, GrantedRole.MANAGER, team=Team.objects.get(slug="search"))
    training.acknowledge(rulebook_version=factories.the_rules(), by=colleague)
    assert ask(colleague).verdict.permits
    assert browse("/about-me/looks", by=house.employee).says("A colleague in the same group")
    assert not browse("/about-me/looks", by=house.employee).says("Lead-Elsewhere")


@pytest.mark.parametrize(
    "path", ["/about-me", "/about-me/looks", "/about-me/metrics", "/about-me/stored", "/about-me/told"]
)
def test_pages_cost_the_same_however_much_there_is(house, statements, path):
    """Every list has a pinned number of statements."""
    ask(house.manager)
    few = statements(path, by=house.employee)
    for number in range(4):
        ask(house.manager, reason=f"{number}")
    assert statements(path, by=house.employee) == few <= 40


def test_only_days_on_which_one_was_there_are_looks_at_one(house, browse):
    """S141: whoever joined after the months that were looked at is not in them."""
    late = Membership.objects.get(person__external_id="payments-4")
    factories.change(late, valid_from=date(2026, 4, 1))
    ask(house.manager)
    assert browse("/about-me/looks", by=factories.an_account("late", person=late.person)).says(
        "Nobody has looked"
    )


@pytest.mark.parametrize("path", PAGES)
def test_nobody_opens_anybody_else_s(house, path):
    """Issue 12, attack: neither manager nor HR nor superuser; no address can name anybody."""
    hr = factories.an_account("hr")
    factories.a_role(hr, GrantedRole.HR)
    root = factories.an_account("root", is_superuser=True, is_staff=True)
    for account in (house.manager, house.auditor, hr, root):
        client = Client()
        client.force_login(account)
        assert client.get(f"/about-me{path}").status_code == 403
        for guess in (f"?person={house.employee.person.external_id}", f"?user={house.employee.pk}"):
            assert client.get(f"/about-me{path}{guess}").status_code == 403


def test_the_list_is_turned_by_place_while_looks_come(house, browse, monkeypatch):
    """Issue 12: a look that comes between two pages moves none from one to the other."""
    monkeypatch.setattr(pages, "A_PAGE", 2)
    first, second, third = (ask(house.manager, reason=f"{each}").receipt.id for each in range(3))
    page = browse("/about-me/looks", by=house.employee)
    assert f"{third}" in page.html and f"{second}" in page.html and f"{first}" not in page.html
    onward = html.unescape(re.search(r'href="([^"]*)" rel="next"', page.html)[1])
    ask(house.manager, reason="meanwhile")
    behind = browse(f"/about-me/looks{onward}", by=house.employee)
    assert f"{first}" in behind.html and f"{second}" not in behind.html


def test_whoever_left_keeps_it_while_their_account_is_open(house, browse):
    """S149, as far as an account goes: looks at the months in which they were there are told on."""
    ask(house.manager)
    factories.change(house.employee.person, employed_to=date(2026, 4, 1))
    factories.change(house.employee.person.memberships.get(), valid_to=date(2026, 4, 1))
    assert browse("/about-me/looks", by=house.employee).says("1 look")
    assert browse("/about-me", by=house.employee).says("You are counted in no metric.")


def test_the_list_of_looks_is_searched_by_what_it_tells_alone(house, browse):
    """Issue 12: words find metrics, decisions, groups and receipts, and never the reason, which is not told."""
    given = ask(house.manager, reason="because of zebras")
    find = lambda word: browse(f"/about-me/looks?text={word}", by=house.employee)  # noqa: E731
    assert find("lead").says("1 look") and find("retrospective").says("1 look")
    assert find(str(given.receipt.id)[:8]).says("1 look")
    assert find("zebras").says("No look is like that") and find("manager").says("No look is like that")
    assert browse("/about-me/looks?of=me", by=house.employee).says("No look is like that")
    assert browse("/about-me/looks?since=2026-05-01&until=2026-04-01", by=house.employee).status == 400


def test_the_letter_explains_a_look_with_its_sources(house, browse):
    """S148: what was asked, by whom, for which decision, what it hung on, rules, context, what would have changed it."""
    given = ask(house.manager, reason="because of zebras")
    page = browse(f"/about-me/looks/{given.receipt.id}", by=house.employee)
    assert page.says(
        "Manager asked.", "For a retrospective.", "It was allowed.", "team payments: you together with others"
    )
    assert page.says("Each group asked about had at least 5 people.", "It would have been refused")
    assert page.says(given.receipt.signature, "[request.metrics]", "[facts.charter.listed]")
    assert "zebras" not in page.text
    assert page.says("Contest this") and f"what=receipt&amp;receipt={given.receipt.id}" in page.html


def test_the_letter_of_a_refused_question_of_one_s_own_says_what_would_have_been_allowed(house, browse):
    """S148: the engine's repair, from the facts on record."""
    given = ask(house.employee, RANKING)
    page = browse(f"/about-me/looks/{given.receipt.id}", by=house.employee)
    assert page.says("Your question, explained", "It was refused.", "AR04", "You asked.")


def test_what_is_stored_says_where_and_until_when(house, browse):
    """S141: source, table and column, and the retention of the charter."""
    page = browse("/about-me/stored", by=house.employee)
    assert page.says("people_person", "people_membership", "measures_publishedvalue", "external_id")
    assert page.says("as the charter of lead time for changes says")


def test_metrics_that_include_me_are_those_of_my_groups(house, browse):
    """S141: charters whose events carry a person and whose groups hold my team."""
    page = browse("/about-me/metrics", by=house.employee)
    assert page.says("Lead time for changes", "Commit count", "2 of 2 metrics", "carry your name")
    assert browse("/about-me/metrics?name=zebra", by=house.employee).says("No metric has this name")
    nowhere = factories.an_account("nowhere", person=factories.a_person("nowhere"))
    assert browse("/about-me/metrics", by=nowhere).says("No metric includes you")
    assert browse("/about-me", by=nowhere).says("You are counted in no metric.")


def test_what_my_manager_could_see_is_said_of_the_role_and_never_of_mine(house, people, browse):
    """Issue 12, 1: by the engine that decides; a manager's own refusals, training and looks change nothing of it."""
    before = browse("/about-me/seen", by=house.employee).text
    assert "Team coaching" in before or "team coaching" in before
    ask(house.manager, RANKING)
    look(people.manager, "payments-2")
    assert browse("/about-me/seen", by=house.employee).text == before
    assert "AR01" in before


def test_one_s_own_figure_is_asked_of_the_line(house, browse):
    """Issue 12, 1: one button; the answer is the line's, with a receipt, and nothing is stored."""
    page = browse("/about-me/values/lead-time-for-changes", by=house.employee)
    assert page.says("Show my figure") and 'value="self"' in page.html
    assert browse("/about-me/values/commit-count", by=house.employee).status == 404
    assert not DecisionRecord.objects.exists()


def test_every_own_page_opens(house, browse):
    """Issue 12: with looks and without."""
    assert Metric.objects.exists() and Team.objects.exists()
    for path in PAGES:
        if not path.endswith(".csv"):
            assert browse(f"/about-me{path}", by=house.employee).status == 200
