"""The demo's audits of made-up ratings, without the rest of the demo."""

from audits.fairness.models import FairnessAudit
from governance.demo import fairness
from governance.demo.dataset import make_up_data_set
from governance.demo.organisation import write_import_files
from governance.people import services as people
from governance.people.models import GrantedRole
from ground import clock
from tests import factories


def test_a_planted_bias_is_flagged_and_a_planted_null_is_not(db, tmp_path):
    """Issue 17, done when: made-up people alone; showing it again adds nothing."""
    data = make_up_data_set()
    with clock.stopped_at(data.as_of):
        for slug in (fairness.METRIC, *fairness.RESULTS):
            factories.an_active_charter(slug)
        write_import_files(data.organisation, tmp_path)
        people.import_organisation(folder=tmp_path, by=factories.system())
        accounts = {name: factories.an_account(name) for name in ("hr", "auditor")}
        factories.a_role(accounts["hr"], GrantedRole.HR)
        factories.a_role(accounts["auditor"], GrantedRole.AUDITOR)
        for _again in range(2):
            for half in fairness.list_halves(data):
                fairness.show(data, accounts, half)
    null, biased = FairnessAudit.objects.order_by("outcomes__starts_on")
    assert (null.state, biased.state) == ("passed", "failed")
    flagged = [each["labels"] for each in biased.results["groups"] if each["finding"] == "flagged"]
    assert flagged[0] == [fairness.AGAINST]
