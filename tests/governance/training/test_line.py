"""Training at the line: what lapses shuts performance views at the very next question, with no job between."""

from datetime import UTC, datetime, time, timedelta

from governance.training import services
from ground import clock
from tests import factories
from tests.governance.decisions.conftest import governed, house, stopped
from tests.governance.decisions.test_answer import ask

__all__ = ["governed", "house", "stopped"]


def matches(user, **changes) -> set[str]:
    """The rules that match an account's question in a performance view."""
    return {match.id for match in ask(user, view="performance", **changes).verdict.rules}


def test_a_performance_view_needs_an_attestation(house):
    """AR24, S59: acknowledged alone is not enough; passed, it is enough at the next question."""
    assert "AR24" in matches(house.manager)
    assert "AR24" not in {match.id for match in ask(house.manager).verdict.rules}
    factories.an_attestation(house.manager)
    assert "AR24" not in matches(house.manager)


def test_a_lapse_counts_at_the_very_next_question(house):
    """AR24, S59: the last day ends at the programme's midnight; no scan, no write, the same remembered facts."""
    end = factories.an_attestation(house.manager).valid_until
    midnight = datetime.combine(end + timedelta(days=1), time(), UTC)
    with clock.stopped_at(midnight - timedelta(seconds=1)):
        assert "AR24" not in matches(house.manager)
    with clock.stopped_at(midnight):
        assert "AR24" in matches(house.manager)


def test_a_course_that_asks_again_counts_when_its_notice_is_over(house):
    """S54, AR24: remembered facts are forgotten with the course that cuts them short."""
    factories.an_attestation(house.manager)
    assert "AR24" not in matches(house.manager)
    course = services.publish_course(title="Anew", asks_again=True, notice_days=3, by=factories.system())
    assert "AR24" not in matches(house.manager)
    after = datetime.combine(course.older_until + timedelta(days=1), time(1), UTC)
    with clock.stopped_at(after):
        assert "AR24" in matches(house.manager)


def test_trained_without_the_rules_as_they_are_is_refused_too(house):
    """AR24: both are needed, and a new rulebook asks again however long what was attested lasts."""
    newcomer = factories.an_account("newcomer")
    factories.an_attestation(newcomer)
    assert "AR24" in matches(newcomer)
