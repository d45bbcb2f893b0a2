"""Conditions of charters through the line: checked from what is on record, or affirmed and on the receipt (issue 16)."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from charter.registry.document import Allowed, Forbidden
from charter.rules.vocabulary import ContextKind, DecisionType, Grain, RequestForm, UseCondition
from governance.decisions.models import DecisionRecord
from governance.decisions.services.notes import confirm_note
from ground import calendar
from ground.errors import BadInput
from tests import factories, snapshots
from tests.governance.decisions.conftest import NOON, House, publish_values
from tests.governance.decisions.test_answer import LEAD_TIME, ask
from tests.governance.decisions.test_values import a_note, hr

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("governed")]

SLUG, WISH = "cycle-time", "The team itself has asked for this."
QUESTION = LEAD_TIME | {"metrics": [SLUG]}
TEAM = (Grain.TEAM,)
BOUND = {
    DecisionType.RETROSPECTIVE: Allowed(DecisionType.RETROSPECTIVE, TEAM, affirm=(WISH,)),
    DecisionType.STAFFING: Allowed(DecisionType.STAFFING, TEAM, (UseCondition.CONSENT,)),
    DecisionType.LOAD_BALANCING: Allowed(DecisionType.LOAD_BALANCING, TEAM, (UseCondition.DURING_FREEZE,)),
    DecisionType.WORKFLOW_DEBUGGING: Allowed(DecisionType.WORKFLOW_DEBUGGING, TEAM),
}


@snapshots.fixture(at=NOON)
def with_bound(governed) -> None:
    """A charter of which each use is bound to something else."""
    base = factories.a_document(SLUG)
    export = Forbidden("Taking it along", "It is read here.", forms=(RequestForm.EXPORT,))
    uses = replace(base.which_decisions, allowed=tuple(BOUND.values()), forbidden=(export,))
    publish_values(factories.an_active_charter(SLUG, document=replace(base, which_decisions=uses)))


@pytest.fixture
def house(stopped, governed, with_bound) -> House:
    return governed


def rules_of(given) -> set[str]:
    return {match.id for match in given.verdict.rules}


def test_what_is_affirmed_is_on_the_receipt(house):
    """Refused without, permitted with, and recorded in the charter's words with who said so."""
    assert rules_of(ask(house.manager, QUESTION)) == {"AR14"}
    given = ask(house.manager, QUESTION, affirms=[WISH])
    assert given.verdict.permits and given.rows
    record = DecisionRecord.objects.get(pk=given.id)
    assert record.request["affirms"] == [WISH] and record.actor_id == house.manager.pk


@pytest.mark.parametrize("said", ["The team asked.", WISH.upper(), f"{WISH} "])
def test_no_other_sentence_is_kept(house, said):
    """Whatever no charter asks for would only stand on the record."""
    with pytest.raises(BadInput) as raised:
        ask(house.manager, QUESTION, affirms=[said])
    assert raised.value.field == "affirms"


def test_consent_on_record_opens_a_use_to_its_team_alone(house):
    """“If the team has opted in” is its members' consent, not what somebody says of them."""
    staffing = QUESTION | {"decision": "staffing"}
    assert rules_of(ask(house.manager, staffing)) == {"AR14"}
    version = factories.CharterVersion.objects.get(metric__slug=SLUG)
    factories.a_consent(version, "team:search")
    assert rules_of(ask(house.manager, staffing)) == {"AR14"}
    factories.a_consent(version, "team:payments")
    assert ask(house.manager, staffing).verdict.permits


def test_a_use_while_something_lasts(house):
    """Only while a freeze lasts: a confirmed note of that kind, of that team, of today."""
    balancing, today = QUESTION | {"decision": "load_balancing"}, calendar.today()
    lasts = {"starts_on": today - timedelta(days=3), "ends_on": today + timedelta(days=1)}
    over = {"starts_on": today - timedelta(days=9), "ends_on": today - timedelta(days=5)}
    for kind, given in (
        (ContextKind.MIGRATION, lasts),
        (ContextKind.FREEZE, over),
        (ContextKind.FREEZE, lasts | {"team": "search"}),
    ):
        a_note(kind, **given)
        assert rules_of(ask(house.manager, balancing)) == {"AR14"}, (kind, given)
    note = a_note(ContextKind.FREEZE, confirmed=False, **lasts)
    assert rules_of(ask(house.manager, balancing)) == {"AR14"}
    confirm_note(note=note, by=hr())
    assert ask(house.manager, balancing).verdict.permits


def test_a_forbidden_form_binds(house):
    """What the charter forbids by its form is refused, and the refusal names it."""
    debugging = QUESTION | {"decision": "workflow_debugging"}
    assert ask(house.manager, debugging).verdict.permits
    refused = ask(house.manager, debugging, export=True)
    assert "AR14" in rules_of(refused)
    assert any("Taking it along" in match.here for match in refused.verdict.rules)
