"""The pages of calibration, as whoever keeps rounds, answers for people, or is in one opens them (issue 17, 5 and 6)."""

from charter.rules.vocabulary import EvidenceKind
from governance.calibration import queries
from governance.evidence.services import check_evidence
from tests.governance.calibration.conftest import (
    LEVELS,
    audit,
    item_of,
    propose_all,
    tell_own_values,
    the_round,
    write,
)  # fmt: skip


def test_the_whole_way_by_pages(browse, accounts, monkeypatch):
    """Pack, values, proposal, session, audit, outcome: each next step is a button of a page."""
    tell_own_values(monkeypatch)
    item, manager, hr = item_of("payments-2"), accounts["manager"], accounts["hr"]
    home = browse("/calibration", by=manager)
    assert home.says("People you answer for", "Payments-2", "Spring")
    for kind in (EvidenceKind.MENTORING, EvidenceKind.DESIGN_REVIEW):
        write(item, kind, by=manager)
    pack = f"/calibration/packs/{item.pk}"
    assert browse(pack, by=manager).says("Evidence pack: Payments-2", "Ask about it: Support of other teams")
    refused = browse(f"{pack}/propose", by=manager, data={"level": "2"})
    assert refused.status == 400 and refused.says("Choose at least one piece of evidence")
    browse(f"{pack}/notes/cross_team_support", by=manager, data={"text": "Search asked for help twice."})
    browse(f"{pack}/notes/learned", by=manager, data={"text": "Learned to run an incident."})
    browse(f"{pack}/values", by=manager, data={})
    assert not browse(pack, by=manager).says("3.0 days")  # nobody else has opened the evidence yet (AR07)
    for record in item.person.evidence.exclude(state="checked"):
        check_evidence(record=record, holds=True, says="", by=hr)
    browse(f"{pack}/values", by=manager, data={})
    shown = browse(pack, by=manager)
    assert shown.says("Learned to run an incident.", "Delivery time", "3.0 days")
    record = item.person.evidence.get(kind="mentoring", happened_on__lt=item.round.ends_on)
    given = {"level": "3", "evidence": [str(record.pk)], "reasons": "Newcomers ship alone."}
    browse(f"{pack}/propose", by=manager, data=given)
    assert browse(pack, by=manager).says("Leading", "Newcomers ship alone.")
    propose_all()
    room = browse(f"/calibration/rounds/{the_round().pk}", by=hr)
    assert room.says("Similar evidence, different levels", "Hand the levels in to be audited")
    browse(f"/calibration/rounds/{the_round().pk}", by=hr, data={"act": "hand_in"})
    early = browse(f"/calibration/rounds/{the_round().pk}", by=hr, data={"act": "publish"})
    assert early.status == 409 and early.says("An auditor has to run and conclude the fairness audit first")
    audit(accounts)
    browse(f"/calibration/rounds/{the_round().pk}", by=hr, data={"act": "publish"})
    own = browse(f"/calibration/outcomes/{item.pk}", by=accounts["rated"])
    assert own.says("Your outcome: Leading", LEVELS[2].means, "Newcomers ship alone.", "Appeal it")
    browse(f"/calibration/outcomes/{item.pk}", by=accounts["rated"], data={})
    assert queries.get_item(item.pk).acknowledged_at is not None
