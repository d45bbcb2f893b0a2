"""The lock between asking for a metric and changing where its charter stands."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import msgspec
import pytest
from django.db import OperationalError, connection, transaction

from charter.registry import locks, services
from charter.registry.models import CharterVersion, Metric
from charter.rules.request import Request, Window
from charter.rules.vocabulary import DecisionType, Grain, Period
from governance.decisions import services as decisions
from governance.decisions.models import Door
from governance.decisions.services.answers import Answer
from ground import clock
from tests import factories, on_the_log

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

SLUG = "deployment-frequency"
SHARE = "SELECT pg_advisory_xact_lock_shared(hashtextextended('metric:' || %s, 0))"


def elsewhere(take) -> bool:
    """Whether another connection gets the lock at once."""

    def attempt() -> bool:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
                take()
            return True
        except OperationalError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(attempt).result()


def share(slug: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SHARE, [slug])


def check(slug: str) -> Answer:
    """Ask, as somebody, about their own value."""
    request = Request(
        decision=DecisionType.RETROSPECTIVE,
        metrics=(slug,),
        grain=Grain.SELF,
        window=Window(date(2026, 1, 1), date(2026, 4, 1)),
        period=Period.QUARTER,
    )
    user = factories.an_account(person=factories.a_person())
    with clock.stopped_at(datetime(2026, 4, 14, 9, tzinfo=UTC)):
        return decisions.answer(request=request, by=user, door=Door.API, rows=False)


def unlocked_draft(by) -> None:
    """A draft made past the services, which would take the metric for the rest of this test's transaction."""
    factories.the_rules()
    metric = Metric.objects.create(
        programme=factories.a_programme(), slug=SLUG, name="Deployments", owner=by, created_by=by
    )
    document = msgspec.to_builtins(factories.a_document(SLUG))
    version = CharterVersion.objects.create(metric=metric, number=1, document=document, created_by=by)
    on_the_log.tell_of(version)


def test_asking_keeps_changes_out_and_other_askers_in(by):
    """DESIGN The line, 2: askers share a metric; a suspension or revision waits for them."""
    unlocked_draft(by)
    assert elsewhere(lambda: locks.take_metric(SLUG))
    assert check(SLUG).charters == ((SLUG, 1),)
    assert elsewhere(lambda: share(SLUG))
    assert not elsewhere(lambda: locks.take_metric(SLUG))
    assert elsewhere(lambda: locks.take_metric("pr-age"))


def test_a_change_keeps_askers_out(by):
    """DESIGN The line, 2: nothing slips between facts and rows."""
    services.suspend(version=factories.an_active_charter(SLUG), by=by)
    assert not elsewhere(lambda: share(SLUG))
    assert elsewhere(lambda: share("pr-age"))
