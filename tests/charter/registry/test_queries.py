"""Lists read for screens: right, and in one statement."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from charter.authoring import services as authoring_services
from charter.programme.models import Programme
from charter.registry import queries, services
from charter.registry.models import CharterVersion, Metric
from charter.registry.states import StandingChoices
from charter.rules.request import Request, Window
from charter.rules.vocabulary import DecisionType, Grain, Period
from governance.decisions import services as decisions
from governance.decisions.models import Door
from ground import clock
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


def register(document, by):
    owner = factories.an_account("owner")
    return authoring_services.register_charter(
        programme=factories.a_programme(), document=document, owner=owner, by=by
    )


def renamed(slug: str, name: str):
    return msgspec.structs.replace(factories.a_document(slug), name=name)


def current() -> dict[str, tuple[int, str]]:
    return {m.slug: (m.current.number, m.current.standing) for m in queries.list_metrics_with_version()}


def test_the_current_version_is_the_active_one_else_the_suspended_else_the_newest(by):
    """DESIGN Charters: approval of the old is void only when the new one is active."""
    factories.an_active_charter("deployment-frequency")
    register(renamed("deployment-frequency", "Deployments a week"), by)
    suspended = factories.an_active_charter("slo-compliance")
    register(renamed("slo-compliance", "Objectives met"), by)
    services.suspend(version=suspended, by=by)
    register(factories.a_document("pr-age"), by)
    register(renamed("pr-age", "Age of requests"), by)
    assert current() == {
        "deployment-frequency": (1, StandingChoices.ACTIVE),
        "slo-compliance": (1, StandingChoices.SUSPENDED),
        "pr-age": (2, StandingChoices.DRAFT),
    }


def test_the_list_of_metrics_is_one_statement(by, django_assert_num_queries):
    """DESIGN Style: every list has a pinned query count."""
    owner = factories.an_account("owner")
    authoring_services.load_catalogue(programme=factories.a_programme(), owner=owner, by=by)
    with django_assert_num_queries(1):
        shown = [
            (metric.owner.username, metric.programme.name, metric.current.document["name"])
            for metric in queries.list_metrics_with_version()
        ]
    assert len(shown) >= 14


def test_the_list_of_metrics_can_be_filtered_and_cut(by):
    """DESIGN Interfaces: one list serves the screen and the API, with filters and cursors."""
    for slug in ("deployment-frequency", "pr-age", "commit-count"):
        register(factories.a_document(slug), by)
    found = queries.list_metrics_with_version().filter(current__category="flow").order_by("slug")
    assert [metric.slug for metric in found[:1]] == ["pr-age"]
    assert queries.list_metrics_with_version().filter(slug__gt="d").count() == 2


def test_the_history_of_a_metric_is_one_statement(by, django_assert_num_queries):
    """S143: every version stays, newest first, with who did what."""
    first = register(factories.a_document("pr-age"), by)
    register(renamed("pr-age", "Age of requests"), by)
    with django_assert_num_queries(1):
        history = [
            (version.number, version.created_by.name) for version in queries.list_versions(first.metric)
        ]
    assert history == [(2, by.name), (1, by.name)]


def test_the_current_version_agrees_with_the_one_that_governs(by):
    """DESIGN The line: what a page shows as the charter is the version that decides."""
    factories.an_active_charter("deployment-frequency")
    register(renamed("deployment-frequency", "Deployments a week"), by)
    register(factories.a_document("pr-age"), by)
    register(renamed("pr-age", "Age of requests"), by)
    request = Request(
        decision=DecisionType.RETROSPECTIVE,
        metrics=("deployment-frequency", "pr-age"),
        grain=Grain.SELF,
        window=Window(date(2026, 1, 1), date(2026, 4, 1)),
        period=Period.QUARTER,
    )
    user = factories.an_account(person=factories.a_person())
    with clock.stopped_at(datetime(2026, 4, 14, 9, tzinfo=UTC)):
        answer = decisions.answer(request=request, by=user, door=Door.API, rows=False)
    assert dict(answer.charters) == {slug: number for slug, (number, _) in current().items()}


APPROVED, FOUNDED = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
EARLY, LATE = date(2025, 1, 1), date(2026, 6, 1)


@pytest.mark.parametrize(
    ("data_from", "because", "agreed", "written_after", "first"),
    [
        (None, "", None, False, APPROVED.date()),
        (EARLY, "", None, False, APPROVED.date()),
        (EARLY, "To see a season.", None, False, EARLY),
        (LATE, "", None, False, LATE),
        (None, "", date(2025, 7, 1), False, date(2025, 7, 1)),
        (EARLY, "", date(2025, 7, 1), False, date(2025, 7, 1)),
        (date(2025, 9, 1), "", date(2025, 7, 1), False, date(2025, 9, 1)),
        (EARLY, "To see a season.", date(2025, 7, 1), False, EARLY),
        (EARLY, "", date(2025, 7, 1), True, APPROVED.date()),
    ],
)
def test_no_data_from_before_the_approval_without_an_agreed_backfill(
    data_from, because, agreed, written_after, first
):
    """Issue 9, DESIGN why: agreed by a charter that says why, or by the founding, for charters written before it."""
    document = factories.a_document("deployment-frequency")
    why = msgspec.structs.replace(document.why, data_from=data_from, backfill_because=because)
    programme = Programme(data_from=agreed, approved_at=FOUNDED)
    written = FOUNDED + timedelta(days=1 if written_after else -1)
    version = CharterVersion(metric=Metric(programme=programme), activated_at=APPROVED, created_at=written)
    assert queries.find_first_day(version, msgspec.structs.replace(document, why=why)) == first
