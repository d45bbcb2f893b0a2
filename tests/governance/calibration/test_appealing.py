"""Outcomes that are appealed, and what becomes of them (S84)."""

import pytest

from governance.appeals import services as appeals
from governance.appeals.inputs import read_about
from governance.appeals.services.filing import Filing
from governance.appeals.states import AboutKind, AppealKind
from governance.appeals.words import AppealWords, Parties, unseal
from governance.calibration import queries, services
from governance.calibration.states import ProposalKind
from governance.notices.models import Notice
from ground.errors import BadInput
from tests.governance.calibration.conftest import item_of, the_round


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
    given = {"item": item, "level": 3, "reasons": "The reviews show it.", "evidence": last.evidence, "by": accounts["manager"]}  # fmt: skip
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
