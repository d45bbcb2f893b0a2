"""Levels that cite a metric which an audit flags afterwards go back to calibration (issue 17, 2)."""

from datetime import timedelta

import pytest

from audits.fairness.models import AuditedMetric, FairnessAudit
from charter.registry.models import ClearanceKind
from charter.registry.services import record_clearance
from governance.calibration import packs, queries, services
from governance.calibration.models import LevelProposal
from governance.calibration.states import ProposalKind
from governance.notices.models import Notice
from ground import clock
from ground.errors import BadInput
from tests import factories
from tests.governance.calibration.conftest import (
    OPENS,
    ask_unseen,
    audit,
    item_of,
    propose_all,
    tell_own_values,
    the_round,
    write_checked,
)


@pytest.fixture
def cited(accounts, monkeypatch):
    """A published round in which one level cites values of two metrics."""
    item, manager = item_of("payments-2"), accounts["manager"]
    tell_own_values(monkeypatch)
    records = write_checked(item, accounts)
    given = services.ask_values(item=item, by=manager)
    assert given.permitted, packs.read_pack(item).values[0].told.rules
    ask_unseen(item, by=manager)
    accounts["said"] = {
        "item": item,
        "level": 2,
        "reasons": "As in the example.",
        "evidence": [records[0].pk],
        "by": manager,
    }
    services.propose(**accounts["said"], receipts=[given.entry_id])
    propose_all()
    services.hand_in(calibration=the_round(), by=accounts["hr"])
    audit(accounts)
    services.publish(calibration=the_round(), by=accounts["hr"])
    return accounts


def flag(accounts, *, days=1):
    """A later audit of other outcomes flags the metrics that were looked at here."""
    later = OPENS + timedelta(days=days)
    for each in AuditedMetric.objects.select_related("charter_version"):
        record_clearance(
            version=each.charter_version, kind=ClearanceKind.FAIRNESS_AUDIT, passed=False, valid_until=later.date(),
            reference="fairness/later", by=accounts["second-auditor"],
        )  # fmt: skip
    with factories.past_trigger("fairness_fairnessaudit", "on_the_log_update"):
        factories.as_owner(
            f"UPDATE fairness_fairnessaudit SET state = 'failed', valid_until = NULL, concluded_at = '{later.isoformat()}'"
        )
    assert FairnessAudit.objects.get().state == "failed"
    return later


def test_nothing_is_to_be_looked_at_again_without_a_flag(cited, browse):
    assert queries.list_to_look_again(cited["hr"]) == [] and not queries.is_flagged(cited["said"]["item"])
    assert not browse("/calibration", by=cited["manager"]).says("To look at again")


def test_a_level_that_cites_a_flagged_metric_is_looked_at_again(cited, browse):
    """Found by whoever answers and by HR; said again without those values, and the person is told what came of it."""
    item, later = cited["said"]["item"], flag(cited)
    with clock.stopped_at(later):
        for who, found in (
            ("manager", [item]),
            ("hr", [item]),
            ("search-lead", []),
            ("rated", []),
            ("stranger", []),
        ):
            assert queries.list_to_look_again(cited[who]) == found, who
            assert browse("/calibration", by=cited[who]).says("To look at again") == bool(found)
        assert browse(f"/calibration/packs/{item.pk}", by=cited["manager"]).says(
            "Look at the level again without them"
        )
        assert browse(f"/calibration/outcomes/{item.pk}", by=cited["rated"]).says(
            "told to look at this level again"
        )
        with pytest.raises(BadInput) as refused:
            services.propose(
                **cited["said"], change="So.", receipts=LevelProposal.objects.get(item=item).receipts
            )
        assert (refused.value.field, refused.value.code) == ("receipts", "flagged")
        services.propose(**cited["said"], change="The two reviews show it without any value.")
        assert queries.list_to_look_again(cited["hr"]) == []
    last = queries.list_proposals([item])[item.pk][-1]
    assert last.kind == ProposalKind.CONFIRMED and queries.count_year(2026)["confirmed"] == 1
    assert Notice.objects.filter(to=cited["rated"], kind="calibration.confirmed").count() == 1
    with clock.stopped_at(later):
        services.propose(**{**cited["said"], "level": 3}, change="The appeal named two reviews.")
    assert queries.list_proposals([item])[item.pk][-1].kind == ProposalKind.CORRECTED
