"""A programme in which single people may be looked at: a charter that allows it, audited, for coaching and for the law."""

from datetime import date

import pytest
from msgspec.structs import replace

from charter.measures import own
from charter.programme.models import DecisionKind
from charter.registry.document import Access, Allowed, CharterDocument
from charter.registry.models import CharterVersion, Clearance, ClearanceKind
from charter.rules.vocabulary import Category, DecisionType, Grain, Role
from tests import factories, on_the_log
from tests.governance.decisions.test_answer import ask

BY_PERSON = "lead-time-by-person"
LOOK = {
    "decision": "team_coaching",
    "metrics": [BY_PERSON],
    "grain": "person",
    "persons": ["payments-2"],
    "window": {"from": "2026-03-01", "to": "2026-04-01"},
    "period": "month",
}
USES = (DecisionType.TEAM_COACHING, DecisionType.LEGAL_REQUEST)


def a_document_of_people(slug: str = BY_PERSON, counter: str | None = None) -> CharterDocument:
    """Lead time, open to a team's manager for one person of the team at a time."""
    base = factories.a_document("lead-time-for-changes")
    allowed = (
        Allowed(decision=DecisionType.TEAM_COACHING, grains=(Grain.TEAM, Grain.PERSON)),
        Allowed(decision=DecisionType.RETROSPECTIVE, grains=(Grain.TEAM,)),
        Allowed(decision=DecisionType.LEGAL_REQUEST, grains=(Grain.PERSON,)),
    )
    return replace(
        base,
        metric=slug,
        name=slug.replace("-", " ").capitalize(),
        what=replace(
            base.what,
            grains=(*base.what.grains, Grain.PERSON),
            # One that stands beside another says something of quality (S26).
            category=Category.DELIVERY if counter else Category.QUALITY,
            counter_metric=counter or base.what.counter_metric,
        ),
        who=replace(base.who, access=(*base.who.access, Access(role=Role.MANAGER, grains=(Grain.PERSON,)))),
        which_decisions=replace(base.which_decisions, allowed=allowed),
        examples=replace(base.examples, correct=base.examples.correct[:1]),
    )


def a_charter_of_people(slug: str = BY_PERSON, counter: str | None = None) -> CharterVersion:
    """Such a charter in force, with a fairness audit passed; `counter` stands beside it."""
    finer = {f"{use}__minimum_grain": Grain.PERSON.value for use in USES}
    if DecisionKind.objects.filter(slug__in=USES).exclude(minimum_grain=Grain.PERSON).exists():
        factories.settings(**finer)
    version = factories.an_active_charter(slug, document=a_document_of_people(slug, counter))
    on_the_log.make(
        Clearance,
        charter_version=version,
        kind=ClearanceKind.FAIRNESS_AUDIT,
        passed=True,
        valid_until=date(2027, 1, 1),
        reference="FA-1",
        granted_by=factories.system(),
    )
    return version


@pytest.fixture
def people(house, with_people, monkeypatch):
    """The filled database with such a charter; the values themselves do not matter here."""
    monkeypatch.setattr(own, "compute_own_rows", lambda **_: ())
    monkeypatch.setattr("charter.measures.queries.compute_own_rows", lambda **_: ())
    return house


def look(by, person: str, **changes):
    """Ask for one person's value."""
    return ask(by, LOOK, persons=[person], **changes)
