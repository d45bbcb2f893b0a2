"""Outcomes that are appealed, and what becomes of them (S84)."""

from datetime import date
from typing import Any, cast

import pytest
from django.db import DatabaseError, transaction

from governance.appeals import services as appeals
from governance.appeals.inputs import read_about
from governance.appeals.services.filing import Filing
from governance.appeals.states import AboutKind, AppealFinding, AppealKind
from governance.appeals.words import AppealWords, Parties, unseal
from governance.calibration import queries, services
from governance.calibration.models import LevelProposal
from governance.calibration.states import ProposalKind
from governance.notices.models import Notice
from ground import clock
from ground.errors import BadInput
from tests import factories
from tests.governance.calibration.conftest import item_of, list_items, the_round


def file(accounts, key, *, by="rated"):
    filing = Filing(
        kind=AppealKind.NAMED, about=read_about({"calibration": str(key)}), statement="Two reviews are missing.", wanted="Read them."
    )  # fmt: skip
    return appeals.file_appeal(filing=filing, by=accounts[by]).appeal


def test_an_outcome_is_appealed_with_its_evidence_and_corrected_with_a_reason(published):
    """S84, S89: the appeal links to the evidence it rests on; a correction afterwards needs a reason, and is told."""
    accounts, item = published, item_of("payments-2")
    appeal = file(accounts, item.pk)
    said = unseal(appeal.said, appeal.pk, "words", AppealWords).about
    last = item.proposals.last()
    assert (said.kind, said.calibration, said.evidence) == (
        AboutKind.CALIBRATION,
        item.pk,
        tuple(last.evidence),
    )
    assert unseal(appeal.parties, appeal.pk, "parties", Parties).contested == accounts["manager"].pk
    board = factories.a_board()["legal"]
    appeals.acknowledge_appeal(appeal=appeal, by=board)
    appeals.assign_handler(appeal=appeal, handler=accounts["hr-two"], by=board)
    appeal.refresh_from_db()
    words = {"reasons": "They are missing.", "evidence": "The reviews.", "remedy": "It is read again."}
    appeals.decide_appeal(appeal=appeal, finding=AppealFinding.UPHELD, by=accounts["hr-two"], **words)
    assert Notice.objects.filter(to=accounts["manager"], kind="calibration.appealed").count() == 1
    given = {"item": item, "level": 2, "reasons": "The reviews show it.", "evidence": last.evidence, "by": accounts["manager"]}  # fmt: skip
    with pytest.raises(BadInput) as refused:
        services.propose(**given)
    assert refused.value.field == "change"
    services.propose(**given, change="The appeal named two reviews.")
    now = queries.list_proposals([item])[item.pk][-1]
    assert now.kind == ProposalKind.CORRECTED
    assert Notice.objects.filter(to=accounts["rated"], kind="calibration.corrected").exists()
    assert queries.count_year(2026)["corrected"] == 1


def test_an_outcome_that_is_not_published_cannot_be_appealed(proposed):
    """S84: nobody learns by a refusal that a level is proposed for them."""
    with pytest.raises(BadInput) as refused:
        file(proposed, item_of("payments-2").pk)
    assert (refused.value.field, refused.value.code) == ("about", "no_outcome")


@pytest.mark.parametrize("whose", ["somebody else's", "nobody's"])
def test_nobody_appeals_what_was_not_told_to_them(published, whose):
    """S84: of others' outcomes nobody learns by a refusal whether there are any."""
    key = item_of("payments-3").pk if whose == "somebody else's" else the_round().pk
    with pytest.raises(BadInput) as refused:
        file(published, key)
    assert (refused.value.field, refused.value.code) == ("about", "no_outcome")


def test_what_a_round_said_is_deleted_when_it_was_kept_long_enough(published):
    """Retention: not early, not under a legal hold of the person, not while an appeal of outcomes is open; then all of it."""
    from audits.retention import services as retention
    from audits.retention.queries import find_due
    from audits.retention.states import PurgeKind

    services.acknowledge(item=item_of("payments-2"), by=published["rated"])
    appeal = file(published, item_of("payments-2").pk)
    assert find_due(PurgeKind.CALIBRATIONS).going == ()
    keys = [each.pk for each in list_items()]
    with pytest.raises(DatabaseError, match="not over for long enough"), transaction.atomic():
        cast("Any", retention.purge).__wrapped__(
            what=PurgeKind.CALIBRATIONS, before=clock.now().date(), wanted=keys[:1], by=factories.system()
        )
    back = "UPDATE calibration_calibrationround SET drafted_at = drafted_at - interval '4 years', published_at = published_at - interval '4 years'"
    with factories.past_trigger("calibration_calibrationround", "on_the_log_update"):
        factories.as_owner(back)
    hold = retention.place_legal_hold(
        reason="A dispute", ends_on=date(2099, 1, 1), person=item_of("payments-3").person, by=published["hr"]
    )
    assert (find_due(PurgeKind.CALIBRATIONS).going, find_due(PurgeKind.CALIBRATIONS).kept) == ((), 17)
    appeals.withdraw_appeal(appeal=appeal, by=published["rated"])
    due = find_due(PurgeKind.CALIBRATIONS)
    assert (len(due.going), due.kept) == (16, 1)
    assert retention.purge(what=due.what, before=due.before, wanted=due.going, by=factories.system()) == 16
    assert [each.person.external_id for each in list_items()] == ["payments-3"]
    retention.end_legal_hold(hold=hold, because="Over", by=published["hr"])
    assert len(find_due(PurgeKind.CALIBRATIONS).going) == 1
    assert LevelProposal.objects.count() == 1
