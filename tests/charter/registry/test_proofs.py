"""Rules that are not proved are not put in force, and each run of the proof is a record that the log tells of (issue 16)."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from audits.ledger.models import Entry
from charter.registry import proofs, rulebooks, scans, services
from charter.registry.models import ProofRun, RulebookVersion
from charter.registry.states import RulebookState
from charter.rules.proof.analyses import list_invariants
from charter.rules.proof.weakening import Weakenings
from ground import clock, records
from ground.errors import BadInput
from tests import factories
from tests.charter.rules.rulebooks import files_with, policy

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

FAILING = policy("when { 9223372036854775807 + context.metrics > 0 }")
NOT_COVERED = policy("when { context.roles == resource.roles }")


@pytest.mark.parametrize(
    ("added", "says"),
    [
        (FAILING, "No rule can fail in a way that lets a request through."),
        (NOT_COVERED, "nothing can be proved of rules with equality of sets or texts"),
    ],
)
def test_rules_that_are_not_proved_are_not_proposed(added: str, says: str) -> None:
    """Fail closed: a failed proof blocks publication, and so does what the proof cannot read; the refusal says which."""
    factories.the_rules()
    with pytest.raises(BadInput) as caught:
        services.propose_rulebook(files=files_with(added), by=factories.system())
    assert caught.value.code == "rulebook_not_proved" and says in caught.value.detail
    assert RulebookVersion.objects.count() == 1


def test_rules_that_were_proposed_unproved_are_not_put_in_force(monkeypatch) -> None:
    """Held once more when they come into force, whatever let them be proposed."""
    factories.the_rules()
    with monkeypatch.context() as patched:
        patched.setattr(rulebooks, "find_unproved", lambda _: ())
        version = services.propose_rulebook(files=files_with(FAILING), by=factories.system())
    with pytest.raises(BadInput, match="rules cannot be used"):
        services.publish_rulebook(version=version, by=factories.system(), case_id=factories.system().pk)
    assert RulebookVersion.objects.get(pk=version.pk).state == RulebookState.PROPOSED
    assert rulebooks.describe_obstacle(version)


def test_putting_rules_in_force_records_the_proof() -> None:
    version = factories.the_rules()
    run = ProofRun.objects.get(rulebook_version=version)
    assert run.proved == len(run.statements) == len(list_invariants())
    assert run.solver.startswith("z3 ") and run.seconds < 1 and run.asked == run.without == 0
    assert Entry.objects.filter(kind="registry.rulebook.proved").count() == 1


def test_each_night_rules_are_proved_and_tried_once() -> None:
    """Others each day: the figures are those of the day, and no day has two."""
    factories.the_rules()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(proofs, "EACH_NIGHT", 20)
        patched.setattr(proofs, "try_without_each", lambda _: Weakenings(29, ("AR01",), ()))
        assert scans.PROOF_CLOCK.once(by=factories.system()) == {"proved of the rules": 1}
        assert scans.PROOF_CLOCK.once(by=factories.system()) == {"proved of the rules": 0}
        with clock.stopped_at(clock.now() + timedelta(hours=24)):
            assert scans.PROOF_CLOCK.once(by=factories.system()) == {"proved of the rules": 1}
    figures = proofs.read_figures(rulebooks.find_rulebook_in_force())
    assert (figures.tried.asked, figures.tried.differences) == (20, 0) and figures.tried.permitted > 0
    assert (figures.weakened.without, figures.weakened.opening, figures.weakened.unnoticed) == (29, 1, 0)


def test_a_run_can_be_asked_for_by_a_command() -> None:
    factories.the_rules()
    said = StringIO()
    call_command("rulebook", "prove", "--requests", "10", "--as", factories.system().username, stdout=said)
    assert f"{len(list_invariants())} of {len(list_invariants())} statements proved by z3" in said.getvalue()
    assert "10 requests put to the engine as well: 0 differences" in said.getvalue()
    assert ProofRun.objects.count() == 2


def test_a_run_cannot_claim_more_than_it_asked() -> None:
    """Kept by the database."""
    version = factories.the_rules()
    with pytest.raises(BadInput):
        records.insert(
            ProofRun(
                rulebook_version=version, run_by=factories.system(), solver="z3", seconds=0.1,
                statements={"P01": True}, asked=1, permitted=2,
            )
        )  # fmt: skip
