"""A house in which single people may be looked at: a charter that allows it, audited, for coaching and for the law."""

from datetime import date

import pytest
from msgspec.structs import replace

from charter.measures import own
from charter.registry.document import Access, Allowed, CharterDocument
from charter.registry.models import CharterVersion, Clearance, ClearanceKind, DecisionKind
from charter.rules.vocabulary import Decision, Grain, Role
from tests import factories
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
USES = (Decision.TEAM_COACHING, Decision.LEGAL_REQUEST)


def a_document_of_people(slug: str = BY_PERSON, counter: str | None = None) -> CharterDocument:
    """Lead time, open to a team's manager for one person of the team at a time."""
    base = factories.a_document("lead-time-for-changes")
    allowed = (
        Allowed(decision=Decision.TEAM_COACHING, grains=(Grain.TEAM, Grain.PERSON)),
        Allowed(decision=Decision.RETROSPECTIVE, grains=(Grain.TEAM,)),
        Allowed(decision=Decision.LEGAL_REQUEST, grains=(Grain.PERSON,)),
    )
    return replace(
        base,
        metric=slug,
        name=slug.replace("-", " ").capitalize(),
        what=replace(
            base.what,
            grains=(*base.what.grains, Grain.PERSON),
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
    Clearance.objects.create(
        charter_version=version,
        kind=ClearanceKind.FAIRNESS_AUDIT,
        passed=True,
        valid_until=date(2027, 1, 1),
        reference="FA-1",
        granted_by=factories.system(),
    )
    return version


@pytest.fixture
def people(house, monkeypatch):
    """The furnished house with such a charter; the values themselves do not matter here."""
    monkeypatch.setattr(own, "own_rows", lambda **_: ())
    monkeypatch.setattr("charter.measures.queries.own_rows", lambda **_: ())
    return house


def look(by, person: str, **changes):
    """Ask for one person's value."""
    return ask(by, LOOK, persons=[person], **changes)
