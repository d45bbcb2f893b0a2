"""A round that rests on evidence alone (issue 17, 5 and 6; S92): announced, audited and told without a metric."""

import pytest

from audits.fairness.models import FairnessAudit
from audits.fairness.states import FairnessState
from charter.registry.models import Clearance
from governance.calibration import services
from governance.calibration.models import CalibrationRound
from governance.calibration.states import RoundState
from ground import clock
from ground.errors import Conflict
from tests.governance.calibration import conftest
from tests.governance.calibration.conftest import OPENS, audit, draft, propose_all
from tests.governance.calibration.test_api import NEW, call


@pytest.fixture
def bare(accounts, monkeypatch):
    """Another round, of which no metric was named."""
    made = draft(accounts, name="Summer", metrics=(), opens_on=OPENS.date().replace(day=20))
    services.announce(calibration=made, by=accounts["hr"])
    monkeypatch.setattr(conftest, "the_round", the_round)
    with clock.stopped_at(OPENS.replace(day=20)):
        services.open_round(calibration=the_round(), by=accounts["hr"])
        yield accounts


def the_round():
    return CalibrationRound.objects.get(name="Summer")


def test_a_round_on_evidence_alone_goes_from_its_announcement_to_its_outcomes(bare, browse):
    """Pages say what is used, nothing is asked of the line, the audit decides whether it is published and clears no metric."""
    calibration, cleared = the_round(), Clearance.objects.count()
    page = browse(f"/calibration/rounds/{calibration.pk}/announcement", by=bare["rated"])
    assert page.says("looks at no metric")
    item = calibration.items.get(person__external_id="payments-2")
    pack = browse(f"/calibration/packs/{item.pk}", by=bare["manager"])
    assert pack.says("rests on evidence alone") and not pack.says("Ask for the values")
    with pytest.raises(Conflict) as refused:
        services.ask_values(item=item, by=bare["manager"])
    assert refused.value.code == "no_metrics"
    propose_all()
    services.hand_in(calibration=the_round(), by=bare["hr"])
    waiting = browse(f"/fairness/outcomes/{the_round().outcomes_id}", by=bare["second-auditor"])
    assert waiting.says("rest on evidence alone")
    found = audit(bare)
    assert (found.state, found.valid_until, found.metrics.count()) == (FairnessState.PASSED, None, 0)
    assert Clearance.objects.count() == cleared
    assert browse(f"/fairness/{found.pk}", by=bare["rated"]).says("this audit clears no metric")
    services.publish(calibration=the_round(), by=bare["hr"])
    assert the_round().state == RoundState.PUBLISHED
    assert browse(f"/calibration/outcomes/{item.pk}", by=bare["rated"]).says("Your outcome")


def test_without_a_passed_audit_it_is_not_published_either(bare):
    """S94: looking at no metric is no way around the audit."""
    propose_all()
    services.hand_in(calibration=the_round(), by=bare["hr"])
    with pytest.raises(Conflict) as refused:
        services.publish(calibration=the_round(), by=bare["hr"])
    assert refused.value.code == "not_audited" and not FairnessAudit.objects.exists()


def test_none_is_said_and_not_left_out(accounts):
    """The API takes an empty list; one that is left out may have been forgotten."""
    status, made = call(accounts["hr"], "/rounds", {**NEW, "metrics": []})
    assert status == 201 and made["metrics"] == []
    status, problem = call(accounts["hr"], "/rounds", {key: said for key, said in NEW.items() if key != "metrics"})  # fmt: skip
    assert (status, problem["field"]) == (400, "metrics")
