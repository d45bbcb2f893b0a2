"""The programme in which calibration may look at two metrics, with HR; and a way to check a use over the API."""

import json

import pytest

from charter.rules.vocabulary import EvidenceKind
from governance.evidence import services as evidence
from governance.evidence.states import EvidenceSource
from governance.people.models import GrantedRole, Person, User
from governance.training import services as training
from ground import calendar
from tests import factories, snapshots
from tests.governance.decisions.conftest import NOON, governed, house, judged, stopped, with_judged
from tests.pages import browse, statements

__all__ = ["browse", "governed", "house", "judged", "statements", "stopped", "with_judged"]


@snapshots.fixture(at=NOON)
def with_hr(with_judged) -> User:
    """HR, who has acknowledged the rules."""
    account = factories.an_account("hr")
    factories.a_role(account, GrantedRole.HR)
    training.acknowledge(rulebook_version=factories.the_rules(), by=account)
    factories.an_attestation(account)
    return account


@pytest.fixture
def hr(stopped, with_hr) -> User:
    return with_hr


@pytest.fixture
def call(client):
    """Send a request as an account; gives the status and the body."""
    tokens: dict[object, str] = {}

    def _call(method: str, path: str, body=None, *, by: User):
        if by.pk not in tokens:
            tokens[by.pk] = factories.a_token(by)
        given = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        response = getattr(client, method)(
            f"/api/v1/{path}", headers={"authorization": f"Token {tokens[by.pk]}"}, **given
        )
        return response.status_code, response.json() if response.content else None

    return _call


def write(by: User, person: str = "payments-3", **changes):
    """A piece of evidence about somebody of payments."""
    given = {
        "kind": "design_review", "happened_on": calendar.today(), "project": "Ledger", "source": "peer", "said_by": "Ada",
        "link": f"https://docs.example.org/{changes.get('kind', 'design_review')}/12", "shows": "The design held.", **changes,
    }  # fmt: skip
    given["source"], given["kind"] = EvidenceSource(given["source"]), EvidenceKind(given["kind"])
    about = Person.objects.get(external_id=person) if person else None
    return evidence.write_evidence(said=evidence.EvidenceSaid(**given), person=about, by=by)
