"""Until when somebody is trained, what is asked of them, and who of the managers is ready."""

from datetime import timedelta

import pytest

from governance.people.models import GrantedRole
from governance.training import permissions, queries, services
from governance.training.models import Attestation
from governance.training.queries import ReadinessCounts
from ground import calendar, data_versions
from ground.errors import NotPermitted
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


def until(user):
    """The last day on which an account is trained, as the line reads it."""
    return queries.read_training_status(
        data_versions.read(), user.pk, factories.the_rules().pk
    ).attested_until


def a_manager(name: str, team: str = ""):
    account = factories.an_account(name)
    factories.a_role(account, GrantedRole.MANAGER, team=factories.a_team(team or name))
    return account


def test_an_attestation_counts_to_its_last_day():
    """AR24, S59: that day included, and then no longer."""
    ana = factories.an_account("ana")
    assert until(ana) is None
    end = factories.an_attestation(ana).valid_until
    assert until(ana) == end
    trained = queries.TrainingStatus(acknowledged=True, attested_until=end)
    assert trained.attested(end) and not trained.attested(end + timedelta(days=1))
    assert not queries.TrainingStatus(acknowledged=True).attested(end)


def test_a_new_course_ends_nothing_unless_it_asks_again(by):
    """S54: what was attested lasts to its own day, whichever rules it was for; a course that asks again cuts it short."""
    ana = factories.an_account("ana")
    end = factories.an_attestation(ana).valid_until
    services.publish_course(title="Two", by=by)
    assert until(ana) == end
    three = services.publish_course(title="Three", asks_again=True, notice_days=14, by=by)
    assert until(ana) == three.older_until == calendar.today() + timedelta(days=14)
    services.publish_course(title="Four", asks_again=True, notice_days=60, by=by)
    assert until(ana) == three.older_until
    factories.an_attestation(ana)
    assert until(ana) == end


def test_pages_scans_and_the_line_agree_on_the_day(by):
    """AR24: one meaning of current, in SQL of the line, in the lists and on the own page."""
    ana = factories.an_account("ana")
    factories.an_attestation(ana)
    services.publish_course(title="Two", asks_again=True, notice_days=14, by=by)
    day = until(ana)
    assert queries.read_readiness(ana).attested.until == day == queries.find_attestation(ana).until
    for on, counts in ((day, True), (day + timedelta(days=1), False)):
        assert Attestation.objects.counting(on).exists() is counts
        assert queries.read_readiness(ana).attests(on) is counts


@pytest.mark.stands_on()
def test_readiness_says_what_is_asked_and_what_is_held(by):
    """S54, S133, AR24: rules, contract, course, in one statement; an attempt left open is found again."""
    ana = factories.an_account("ana")
    nothing = queries.read_readiness(ana)
    assert (nothing.rules, nothing.contract, nothing.course, nothing.attested) == (None,) * 4
    factories.the_contract()
    rulebook = factories.the_rules()
    course = factories.the_course()
    services.acknowledge(rulebook_version=rulebook, by=ana)
    attempt = services.begin(by=ana)
    found = queries.read_readiness(ana)
    assert found.rules.acknowledged_at and found.rules.before is None
    assert found.contract.acknowledged_at is None and found.contract.number == 1
    assert (found.course.number, found.course.attempt) == (course.number, attempt.pk)
    assert queries.read_readiness(by).course.attempt is None


def test_readiness_is_one_statement(django_assert_num_queries):
    """DESIGN, Style: pinned."""
    ana = factories.an_account("ana")
    factories.an_attestation(ana)
    with django_assert_num_queries(1):
        queries.read_readiness(ana)


def test_managers_who_are_not_ready_are_found_by_what_they_lack(django_assert_num_queries):
    """S54: every manager has acknowledged the version in force, or stands on this list; S59: and is trained."""
    factories.the_course()
    rulebook = factories.the_rules()
    ready, unread, untrained, neither = (a_manager(name) for name in ("cy", "di", "al", "bo"))
    for each in (ready, untrained):
        services.acknowledge(rulebook_version=rulebook, by=each)
    for each in (ready, unread):
        factories.an_attestation(each)
    factories.an_account("no-manager")
    today = calendar.today()
    with django_assert_num_queries(1):
        found = [(each.username, each.knows, each.attests) for each in queries.list_not_ready(today)]
    assert found == [("al", True, False), ("bo", False, False), ("di", False, True)]
    assert neither in queries.list_managers(today)
    lapsed = today + timedelta(days=400)
    assert ready in queries.list_not_ready(lapsed)


def test_counts_are_never_of_fewer_than_the_smallest_group():
    """S54, AR12: a count of four people is as good as names."""
    factories.the_course()
    managers = [a_manager(f"m{number}") for number in range(4)]
    assert queries.count_ready(calendar.today(), minimum=5) == ReadinessCounts(None, None)
    managers.append(a_manager("m4"))
    assert queries.count_ready(calendar.today(), minimum=5) == ReadinessCounts(5, 0)
    services.acknowledge(rulebook_version=factories.the_rules(), by=managers[0])
    factories.an_attestation(managers[0])
    assert queries.count_ready(calendar.today(), minimum=5) == ReadinessCounts(5, 1)


@pytest.mark.parametrize(
    ("role", "names", "counts"),
    [
        (GrantedRole.HR, True, True), (GrantedRole.BOARD_MEMBER, True, True), (GrantedRole.AUDITOR, True, True), (GrantedRole.ADMIN, False, True),
        (GrantedRole.METRIC_OWNER, False, False), (GrantedRole.LEADERSHIP, False, False), (None, False, False),
    ],
)  # fmt: skip
def test_who_sees_who_is_ready(role, names, counts):
    """S54, S85: names for HR, board and auditors; for administrators how many; a superuser sees neither by that."""
    account = factories.an_account("somebody", is_superuser=True)
    if role is not None:
        factories.a_role(account, role)
    for check, may in ((permissions.check_can_see_names, names), (permissions.check_can_see_counts, counts)):
        if may:
            check(account)
        else:
            with pytest.raises(NotPermitted):
                check(account)
