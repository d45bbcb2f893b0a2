"""Training: what is asked, taking the course, what one holds, and who of the managers is not ready."""

from datetime import timedelta

import pytest

from governance.people.models import GrantedRole
from governance.training import queries, services
from governance.training.models import Attempt, AttemptAnswer, Attestation, Course
from ground import clock
from tests import factories, snapshots
from tests.pages import QUESTION


@snapshots.fixture
def course(governed):
    return factories.the_course()


@snapshots.fixture
def attempt(governed, course):
    """An attempt that the manager has begun."""
    return services.begin(by=governed.manager)


def account_of(role: GrantedRole):
    account = factories.an_account(f"an-{role.value}")
    factories.a_role(account, role)
    return account


def path(attempt, place=None) -> str:
    return f"/training/attempts/{attempt.pk}" + (f"/{place}" if place else "")


def test_it_says_what_is_asked_and_what_is_held(browse, house):
    """AR24, S54, S133: rules, contract and course, before there is one, before one has taken it, and after."""
    page = browse("/training")
    assert page.says("The rules, version 1 Acknowledged 14 April 2026", "The contract, version 1 Not yet")
    assert page.says("None is published yet.") and not page.says("Begin the course")
    factories.the_course()
    assert browse("/training").says("You pass with 80% right answers.", "Begin the course")
    assert not browse("/training").says("Only needed to look at other people’s performance.")
    assert browse("/training", by=house.employee).says("Only needed to look at other people’s performance.")
    services.begin(by=house.manager)
    assert browse("/training").says("Go on with the course")
    factories.an_attestation(house.manager)
    assert browse("/training").says("Current Until 14 April 2027", "Take the course again", "My attestation")
    with clock.stopped_at(clock.now() + timedelta(days=366)):
        assert browse("/training").says("Lapsed It counted until 14 April 2027.", "Begin the course")


def test_a_course_that_asks_again_says_until_when(browse, house, course):
    """S54: the notice stands beside what one holds."""
    factories.an_attestation(house.manager)
    services.publish_course(title="Anew", asks_again=True, notice_days=10, by=factories.system())
    assert browse("/training").says("Current Until 24 April 2026. A newer course asks everybody again.")


def test_one_question_a_page_each_kept_at_once(browse, house, attempt):
    """Issue 4, 5: stop in the middle and go on; a wrong answer comes back with the rule, why and what to do."""
    begun = browse("/training/begin", data={})
    assert begun.response["Location"] == path(attempt)
    assert browse(path(attempt)).response["Location"] == path(attempt, 1)
    item = next(each for each in queries.list_items(attempt) if each.solution.outcome == "deny")
    page = browse(path(attempt, item.place))
    assert page.says(f"Question {item.place} of 12", item.question.says, "It is allowed", item.solution.title)
    assert not page.says(item.solution.why) and not page.says("Not quite")
    sent = browse(path(attempt, item.place), data={"chosen": "0"})
    assert (sent.status, sent.response["Location"]) == (302, path(attempt, item.place))
    page = browse(path(attempt, item.place))
    right = item.solution
    assert page.says("Not quite", "You answered It is allowed", right.rule, right.title, right.why, right.fix)
    assert page.says("Next question")
    assert browse(path(attempt)).response["Location"] != path(attempt, item.place)


def test_a_use_taken_for_refused_is_told_with_the_rule_that_was_thought_of(browse, house, attempt):
    """Issue 4, 5: in kind words, also where the rules allow more than one thought."""
    item = next(each for each in queries.list_items(attempt) if each.solution.outcome == "permit")
    browse(path(attempt, item.place), data={"chosen": "1"})
    page = browse(path(attempt, item.place))
    assert page.says("Not quite", "It is a good rule to have in mind, but it does not reach this use.")
    assert page.says(item.options[1].title, item.options[1].why)


def test_an_answer_sent_twice_is_one_and_another_is_not_taken(browse, attempt):
    """Issue 4, 5: double submit; answers cannot be changed afterwards."""
    for _ in range(2):
        assert browse(path(attempt, 1), data={"chosen": "1"}).status == 302
    assert browse(path(attempt, 1), data={"chosen": "2"}).status == 302
    assert AttemptAnswer.objects.get().chosen == 1


@pytest.mark.parametrize("data", [{}, {"chosen": ""}, {"chosen": "9"}, {"chosen": "x"}, {"chosen": "-1"}, {"chosen": "①"}])  # fmt: skip
def test_what_is_no_answer_is_asked_again(browse, attempt, data):
    """Issue 4, Bad input: said beside the question, and nothing is kept."""
    page = browse(path(attempt, 1), data=data)
    assert page.status == 400 and page.says("There is a problem")
    assert not AttemptAnswer.objects.exists()


def test_the_result_says_how_it_went(browse, house, attempt):
    """S59: how many are right, what to read again, and until when it counts."""
    assert browse(f"{path(attempt)}/result").response["Location"] == path(attempt, 1)
    factories.answers(attempt, wrong=1)
    page = browse(f"{path(attempt)}/result")
    assert page.says("You have passed", "11 of 12 answers are right.", "counts until 14 April 2027")
    assert page.says(queries.list_items(attempt)[0].question.says, "Read why")
    assert browse(path(attempt)).response["Location"] == f"{path(attempt)}/result"


def test_who_did_not_pass_may_try_again(browse, house, attempt):
    """S59: nobody else learns of it, and the next attempt can begin at once."""
    factories.answers(attempt, wrong=4)
    page = browse(f"{path(attempt)}/result")
    assert page.says("Not passed this time", "8 of 12 answers are right, and 10 are needed.", "Try again")
    browse("/training/begin", data={})
    assert Attempt.objects.filter(user=house.manager).count() == 2
    assert not Attestation.objects.exists()


@pytest.mark.parametrize(
    "role", [GrantedRole.HR, GrantedRole.AUDITOR, GrantedRole.ADMIN, GrantedRole.BOARD_MEMBER]
)
def test_nobody_opens_anothers_attempt(browse, attempt, role):
    """Issue 4, 5: to everybody else it is not there."""
    other = account_of(role)
    for address in (path(attempt), path(attempt, 1), f"{path(attempt)}/result"):
        assert browse(address, by=other).status == 404
    assert browse(path(attempt, 1), by=other, data={"chosen": "0"}).status == 404
    assert not AttemptAnswer.objects.exists()


@pytest.mark.parametrize("place", [0, 13, 10**9])
def test_an_attempt_has_only_its_questions(browse, attempt, place):
    """Issue 4, Bad input."""
    assert browse(f"{path(attempt)}/{place}").status == 404


def test_what_one_attests_is_there_to_print(browse, house, course):
    """Issue 4, 5: name, course, rules and until when; nothing of attempts and scores."""
    assert browse("/training/attestation").response["Location"] == "/training"
    factories.answers(services.begin(by=house.manager), wrong=2)
    page = browse("/training/attestation")
    assert page.says(
        "Manager has passed the course", "Current", "Version 1", "14 April 2026", "14 April 2027"
    )
    assert not page.says("10 of 12")
    with clock.stopped_at(clock.now() + timedelta(days=366)):
        assert browse("/training/attestation").says("Lapsed")


def test_before_there_is_a_course_beginning_says_so(browse):
    """S59: no fault page."""
    assert browse("/training/begin", data={}).response["Location"] == "/training"
    assert browse("/training/begin").status == 405


def test_managers_who_are_not_ready_are_named_for_those_who_look_after_it(browse, house, course):
    """S54, S59: HR, the board and auditors; for all others the page is shut."""
    for role in (GrantedRole.HR, GrantedRole.BOARD_MEMBER):
        page = browse("/training/managers", by=account_of(role))
        assert page.says("0 of 1 managers are ready", "Manager Acknowledged Not current")
        assert not page.says("Employee")
    for account in (house.manager, account_of(GrantedRole.ADMIN), house.stranger):
        assert browse("/training/managers", by=account).status == 403
    factories.an_attestation(house.manager)
    assert browse("/training/managers", by=house.auditor).says("Every manager is ready")


def test_a_course_is_published_from_the_pages(browse, house):
    """S142: by HR, the board or an administrator, with words and numbers, and never an answer."""
    hr = account_of(GrantedRole.HR)
    assert browse("/training/publish").status == 403
    page = browse("/training/publish", by=hr)
    assert page.says("Nobody writes an answer.") and "What values may be used for" in page.html
    given = {
        "title": "Ours",
        "introduction": "Read.",
        "pass_percent": "90",
        "months": "6",
        "notice_days": "30",
    }
    wrong = browse("/training/publish", by=hr, data=given | {"pass_percent": "0"})
    assert wrong.status == 400 and wrong.says("Enter a number from 1 to 100")
    assert not Course.objects.exists()
    assert browse("/training/publish", by=hr, data=given).response["Location"] == "/training"
    course = Course.objects.get()
    assert (course.title, course.pass_percent, course.months, course.older_until) == ("Ours", 90, 6, None)
    assert browse("/training", by=hr).says("Ours", "Publish a course", "Managers who are not ready")


def test_a_refusal_by_ar24_leads_to_training(browse, house):
    """Issue 4, 5: its fix is where one can do it."""
    page = browse("/ask", data=QUESTION | {"view": "performance"})
    assert page.says("AR24", "See what is asked of you")
    assert page.html.count('href="/training"') == 2  # beside the fix, and in the footer


def test_home_asks_those_who_look_at_others(browse, house):
    """S59: a manager is asked to take the course and reminded of a lapse; an employee is not."""
    assert browse("/").says("Nothing is waiting for you.")
    factories.the_course()
    assert browse("/").says("Take the course about the rules", "performance views of others are shut to you")
    assert browse("/", by=house.employee).says("Nothing is waiting for you.")
    services.begin(by=house.manager)
    assert browse("/").says("Go on with the course")
    factories.an_attestation(house.manager)
    assert browse("/").says("Nothing is waiting for you.")
    with clock.stopped_at(clock.now() + timedelta(days=366)):
        assert browse("/").says("Take the course about the rules", "Lapsed")


@pytest.mark.parametrize(("address", "most"), [("/training", 10), ("/training/attestation", 8)])
def test_pages_cost_few_statements(statements, house, course, address, most):
    """DESIGN, Style: pinned query counts."""
    factories.an_attestation(house.manager)
    assert statements(address) <= most


def test_the_pages_of_an_attempt_cost_few_statements(statements, house, attempt):
    """DESIGN, Style: pinned query counts, asked, answered and ended."""
    assert statements(path(attempt, 1)) == 8
    services.answer(attempt=attempt, number=1, chosen=0, by=house.manager)
    assert statements(path(attempt, 1)) == 9
    factories.answers(attempt)
    assert statements(f"{path(attempt)}/result") == 11


def test_the_list_of_managers_costs_few_statements(statements, house, course):
    """DESIGN, Style: pinned, however many they are."""
    hr = account_of(GrantedRole.HR)
    for number in range(3):
        factories.a_role(
            factories.an_account(f"m{number}"), GrantedRole.MANAGER, team=factories.a_team(f"t{number}")
        )
    assert statements("/training/managers", hr) == 10
