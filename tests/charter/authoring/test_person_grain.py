"""S39: single people's values come once their team's have been approved for a review period."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from charter.authoring import person_grain, submission
from charter.authoring import services as authoring_services
from charter.registry import services
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion
from charter.rules.vocabulary import Grain
from governance.board import services as board
from governance.board.states import ConditionKind, SeatKind
from governance.people import cohorts
from ground import calendar, clock
from ground.errors import BadInput
from tests import factories, on_the_log
from tests.governance.decisions.people import DELIVERY, performance

NOON = datetime(2026, 4, 14, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PERIOD = 92 * DAY

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


@pytest.fixture
def document() -> CharterDocument:
    """A charter that tells of teams, of oneself and of single people, with no pair it would need."""
    made = performance(DELIVERY)
    return replace(made, what=replace(made.what, counter_metric="change-failure-rate"))


def for_teams(document: CharterDocument, *, at: datetime = NOON) -> CharterVersion:
    with clock.stopped_at(at):
        return factories.an_active_charter(document=factories.for_teams(document))


def found(document: CharterDocument, *, at: datetime) -> list:
    with clock.stopped_at(at):
        return list(person_grain.find_person_grain_faults(document, factories.a_programme()))


def test_a_first_charter_that_tells_of_single_people_is_refused(document):
    with clock.stopped_at(NOON):
        factories.the_rules()
        version = authoring_services.register_charter(
            programme=factories.a_programme(),
            document=document,
            owner=factories.an_account("owner"),
            by=factories.system(),
        )
        with pytest.raises(BadInput, match="for a review period") as caught:
            authoring_services.submit(version=version, by=factories.system())
    first = caught.value.extra["findings"][0]
    assert (first.rule, first.field, caught.value.code) == ("CH44", "what.grains", "charter_has_errors")
    assert first.fix == "Leave out the grain “person” for now. Hand in a new version with it after that time."


def test_it_may_come_on_the_day_that_the_period_is_over_and_not_before(document):
    for_teams(document)
    [finding] = found(document, at=NOON + PERIOD - timedelta(seconds=1))
    assert "hand this in on 16 Jul 2026" in finding.fix
    assert not found(document, at=NOON + PERIOD)


def test_the_period_is_the_programmes(document):
    for_teams(document)
    programme = factories.a_programme()
    programme.review_days = 30
    with clock.stopped_at(NOON + 30 * DAY):
        assert not list(person_grain.find_person_grain_faults(document, programme))


def test_oneself_and_teams_need_no_such_time(document):
    assert Grain.SELF in factories.for_teams(document).what.grains
    assert not found(factories.for_teams(document), at=NOON)


def test_versions_that_followed_each_other_count_together(document):
    for_teams(document)
    renamed = replace(document, name="Time to deliver")
    for_teams(renamed, at=NOON + 50 * DAY)
    assert found(document, at=NOON + PERIOD - DAY)
    assert not found(document, at=NOON + PERIOD)


def test_time_after_it_was_retired_does_not_count(document):
    version = for_teams(document)
    with clock.stopped_at(NOON + 10 * DAY):
        services.retire(version=version, by=factories.system())
    assert found(document, at=NOON + 400 * DAY)


def test_time_after_it_expired_does_not_count_noted_or_not(document):
    version = for_teams(document)
    on_the_log.update(CharterVersion.objects.filter(pk=version.pk), expires_at=NOON + 10 * DAY)
    assert found(document, at=NOON + 400 * DAY)


def test_a_pilot_is_no_approval(document):
    with clock.stopped_at(NOON):
        factories.a_team("payments", people=9)
        cohorts.register_tree(on=calendar.today(), minimum=5, by=factories.system())
        case = factories.an_open_case(document=factories.for_teams(document))
        value = {"cohort": "team:payments", "days": 42}
        engineering = factories.a_board()[SeatKind.ENGINEERING]
        board.propose_condition(case=case, kind=ConditionKind.PILOT_TEAM, value=value, by=engineering)
        factories.a_decided_case(case)
        version = CharterVersion.objects.get(pk=case.charter_version_id)
        factories.a_consent(version)
        board.start_pilot(
            version=version, cohort="team:payments", starts_on=calendar.today(), days=42, by=version.metric.owner,
        )  # fmt: skip
    version.refresh_from_db()
    assert version.activated_at and found(document, at=NOON + 400 * DAY)


def test_writers_see_it_beside_the_grains_while_they_write(document):
    with clock.stopped_at(NOON):
        factories.the_rules()
        findings = submission.lint_document(document, factories.a_programme())
    assert ("CH44", "what.grains") in [(each.rule, each.field) for each in findings]
