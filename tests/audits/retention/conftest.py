"""Old decisions, an old value, and somebody who left long ago, beside what must stay."""

from datetime import timedelta

import pytest

from audits.ledger import sequencer
from audits.retention.models import Purge
from governance.decisions.models import DecisionRecord
from governance.people.models import GrantedRole, Identity, User
from ground import clock
from tests import factories, on_the_log, snapshots
from tests.governance.decisions.conftest import NOON, governed, house, stopped
from tests.governance.decisions.test_answer import RANKING, ask
from tests.pages import browse

__all__ = ["browse", "governed", "house", "stopped"]

ABOUT_ONE = RANKING | {"persons": ["payments-3"], "cohorts": [], "order_by": None}
FOUR_YEARS = timedelta(days=4 * 366)


@snapshots.fixture(at=NOON)
def aged(governed) -> dict[str, User]:
    """Two decisions of four years ago, one of now, and the name of a leaver in a tool."""
    ask(governed.manager, ABOUT_ONE)
    ask(governed.manager)
    factories.as_owner("ALTER TABLE decisions_decisionrecord DISABLE TRIGGER USER")
    factories.as_owner(f"UPDATE decisions_decisionrecord SET at = at - interval '{FOUR_YEARS.days} days'")
    factories.as_owner("ALTER TABLE decisions_decisionrecord ENABLE TRIGGER USER")
    ask(governed.manager)
    factories.as_owner("SET CONSTRAINTS ALL IMMEDIATE")
    sequencer.sequence()
    factories.as_owner("SET CONSTRAINTS ALL DEFERRED")
    leaver, stayer = factories.a_person("leaver"), factories.a_person("stayer")
    factories.change(leaver, employed_to=(NOON - timedelta(days=400)).date())
    for person in (leaver, stayer):
        on_the_log.make(
            Identity,
            source="git",
            name=f"{person.external_id}@x",
            key=f"{person.external_id}@x",
            person=person,
            given_by=factories.system(),
            given_at=clock.now(),
        )
    hr = factories.an_account("hr")
    factories.a_role(hr, GrantedRole.HR)
    made = {name: getattr(governed, name) for name in ("manager", "employee", "auditor", "stranger")}
    return {**made, "hr": hr}


@pytest.fixture
def people(stopped, aged) -> dict[str, User]:
    assert not Purge.objects.exists() and DecisionRecord.objects.count() == 3
    return aged
