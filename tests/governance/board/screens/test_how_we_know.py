"""The page that says how we know: what a run has shown, and nothing else (issue 16)."""

from charter.registry import proofs, rulebooks
from charter.rules.proof.analyses import list_invariants
from tests import factories


def test_everybody_reads_what_is_proved_tested_and_not_claimed(browse, house):
    page = browse("/how-we-know", by=house.employee)
    total = len(list_invariants())
    assert page.says(
        f"{total} statements hold for every request",
        "What we do not claim",
        "What could anyone learn about me?",
    )
    for each in list_invariants():
        assert page.says(each.id, each.text)
    assert page.says("Not run yet")  # nothing was tried, so nothing is said of it


def test_figures_are_those_of_recorded_runs(browse, house):
    """Never typed by hand: each comes from the last run that has it."""
    version = rulebooks.find_rulebook_in_force()
    proofs.record_proof(version=version, by=factories.system(), requests=7)
    assert browse("/how-we-know", by=house.employee).says("7 requests", "0 differences")
    run = proofs.record_proof(version=version, by=factories.system(), requests=3)
    page = browse("/how-we-know", by=house.employee)
    assert page.says("3 requests", run.solver) and not page.says("7 requests")


def test_a_statement_that_does_not_hold_is_not_said_to(browse, house, monkeypatch):
    figures = proofs.read_figures(rulebooks.find_rulebook_in_force())
    figures.proved.statements["P03"] = False
    monkeypatch.setattr(proofs, "read_figures", lambda _: figures)
    page = browse("/how-we-know", by=house.employee)
    total = len(list_invariants())
    assert page.says(f"{total - 1} of {total} statements are proved", "Not proved")
    assert not page.says(f"{total} statements hold for every request")


def test_the_rules_lead_to_it(browse, house):
    assert 'href="/how-we-know"' in browse("/rules", by=house.employee).html
