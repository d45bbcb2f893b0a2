"""What could anyone learn about me: of the reader alone, for every question (issue 16, “Nobody can”)."""

import pytest
from django.test import Client

from charter.rules.proof.certificate import Learner
from charter.rules.vocabulary import DecisionType
from governance.about_me.certified import certify_own
from tests import factories
from tests.governance.decisions.looks import look

pytestmark = pytest.mark.django_db


def test_an_employee_is_told_that_nobody_can(house, browse):
    page = browse("/about-me/learn?decision=performance_rating&who=anyone", by=house.employee)
    assert page.says("Nobody can", "proved impossible for each of", "Lead time for changes")
    assert browse("/about-me/learn", by=house.employee).says("For which decision", "Who would learn it")


def test_an_employee_is_told_the_question_that_can(people, browse):
    """A charter that opens a person's figure to whoever leads them: the request, and what it cannot do without."""
    found = certify_own(DecisionType.TEAM_COACHING, Learner.MANAGER)
    assert not found.nobody and found.open_metrics == 1
    page = browse(f"/about-me/learn?decision={DecisionType.TEAM_COACHING}&who=manager", by=people.employee)
    assert page.says("It can be, on conditions", "Only if:", found.metrics[0].request)
    assert look(people.manager, "payments-2").verdict.permits  # the line agrees


def test_the_same_as_a_table(house, browse):
    client = Client()
    client.force_login(house.employee)
    given = client.get("/about-me/learn.csv?decision=performance_rating&who=hr")
    assert given.status_code == 200 and b"proved impossible" in given.getvalue()
    assert browse("/about-me/learn.csv?decision=nothing&who=hr", by=house.employee).status == 400


@pytest.mark.parametrize("query", ["decision=nothing&who=hr", "decision=compensation&who=cat", "who=hr"])
def test_what_is_none_of_the_choices_is_refused(house, browse, query):
    assert browse(f"/about-me/learn?{query}", by=house.employee).status == 400


def test_it_opens_to_whoever_is_employed_alone(house, browse):
    assert browse("/about-me/learn", by=factories.system()).status == 403
