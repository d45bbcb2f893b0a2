"""The writers of charter versions: registering, handing in, and the starter catalogue."""

from collections.abc import Callable

from django.db import transaction

from audits.ledger import services as ledger
from charter.authoring import submission
from charter.programme import queries as programme_queries
from charter.programme.models import Programme
from charter.registry import catalogue, locks, versions
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion, Metric
from charter.registry.standings import lock_version, move_version
from charter.registry.states import CHARTER_TRANSITIONS, StandingChoices
from governance.people.models import User
from ground import clock, records

Amend = Callable[[CharterDocument], CharterDocument]


@transaction.atomic
def register_charter(
    *, programme: Programme, document: CharterDocument, owner: User, by: User
) -> CharterVersion:
    """Store a charter as a draft: the next version of its metric, which is made where it is new.

    The same content as the newest version gives that version and writes nothing. Conflict where the programme has
    declared no decision (S5).
    """
    return _register(programme, document, owner, by)


@transaction.atomic(durable=True)
def load_catalogue(
    *, programme: Programme, owner: User, by: User, amend: Amend | None = None
) -> list[CharterVersion]:
    """Register every starter charter as a draft, all or none; `amend` may change each document first."""
    documents = catalogue.read_starter_charters().values()
    return [_register(programme, amend(each) if amend else each, owner, by) for each in documents]


@transaction.atomic
def submit(*, version: CharterVersion, by: User) -> CharterVersion:
    """Hand a draft in to the board (S1, S2, S3, S134).

    Raises BadInput with `findings` where lint has errors or an example does not get its verdict.
    """
    version = lock_version(version)
    CHARTER_TRANSITIONS.check(version.standing, StandingChoices.SUBMITTED)
    locks.share_sources()
    submission.check_submittable(version)
    version.submitted_at, version.submitted_by = clock.now(), by
    return move_version(version, StandingChoices.SUBMITTED, "submitted_at", "submitted_by", by=by)


def _register(programme: Programme, document: CharterDocument, owner: User, by: User) -> CharterVersion:
    programme_queries.check_has_decision(programme)
    locks.take_metric(document.metric)
    metric = Metric.objects.filter(slug=document.metric).first() or _make_metric(
        programme, document, owner, by
    )
    newest = metric.versions.order_by("-number").first()
    number = newest.number + 1 if newest else 1
    version = versions.build_version(metric=metric, number=number, document=document, by=by)
    if newest is not None and newest.content_hash == version.content_hash:
        return newest
    records.insert(version)
    ledger.append(versions.describe_registration(version), by=by.actor)
    return version


def _make_metric(programme: Programme, document: CharterDocument, owner: User, by: User) -> Metric:
    metric = Metric(programme=programme, slug=document.metric, name=document.name, owner=owner, created_by=by)
    return records.insert(metric)
