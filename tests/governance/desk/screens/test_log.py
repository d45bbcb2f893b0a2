"""The page of the log: how far it reaches, who vouches for it, and what it cannot show."""

from audits.ledger.models import WitnessState
from ground import clock
from tests.governance.decisions.screens.test_receipts import place_all
from tests.verifier.made_logs import POLICY


def test_without_a_witness_it_says_what_it_cannot_show(browse, house):
    """Issue 13, 6: whoever holds database and key could write another past, and every check of that copy would pass."""
    assert browse("/log").says("Nothing of the log is signed yet")
    place_all()
    page = browse("/log")
    assert page.says("Nobody. No witness is asked here", "could restore an older state", "leaves no trace")
    assert "localhost:8000/log+" in page.html
    assert browse("/log", by=None).status == 302


def test_witnesses_are_told_with_what_is_the_matter(browse, house, settings, tmp_path):
    """Issue 13, faults: a witness away, and one that refuses."""
    place_all()
    (tmp_path / "policy").write_text(POLICY)
    settings.LEDGER_POLICY_FILE = str(tmp_path / "policy")
    assert browse("/log").says("It has not been asked yet", "Newer entries have their place")
    state = WitnessState.objects.create(
        name="worker-rep", asked_at=clock.now(), answered_at=clock.now(), size=5
    )
    assert browse("/log").says("Cosigns") and not browse("/log").says("Newer entries have their place")
    state.trouble, state.refuses = "It has seen 9 entries.", True
    state.save()
    assert browse("/log").says("Refuses.", "It has seen 9 entries.")
    (tmp_path / "policy").write_text("something else")
    assert browse("/log").says("cannot be read")


def test_its_statements(statements, house):
    """Every page's statements are pinned."""
    place_all()
    assert statements("/log") == 11
