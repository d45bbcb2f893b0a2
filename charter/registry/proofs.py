"""Runs of the proof, recorded: when rules are put in force, each night, and when somebody asks for one."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from msgspec import Struct

from audits.ledger import services as ledger
from charter.registry import queries
from charter.registry.events import RulebookProved
from charter.registry.models import ProofRun, RulebookVersion
from charter.registry.states import RulebookState
from charter.rules.proof.agreement import Agreement, draw_facts, hold_to_engine
from charter.rules.proof.analyses import list_invariants, prove
from charter.rules.proof.solvers import NAME
from charter.rules.proof.weakening import Weakenings, try_without_each
from governance.people.models import User
from ground import calendar, clock, records

EACH_NIGHT = 500  # requests put to the proof and to the engine
_NOTHING = Weakenings(0, (), ())


class KnownFigures(Struct, frozen=True):
    """The latest run of a rulebook, the latest that asked requests of it, and the latest that took rules away."""

    proved: ProofRun | None
    tried: ProofRun | None
    weakened: ProofRun | None


def read_figures(version: RulebookVersion) -> KnownFigures:
    """What is known of a rulebook version from runs that were recorded."""
    runs = ProofRun.objects.filter(rulebook_version=version).order_by("-at", "-pk")
    return KnownFigures(runs.first(), runs.filter(asked__gt=0).first(), runs.filter(without__gt=0).first())


@transaction.atomic
def record_proof(
    *, version: RulebookVersion, by: User, requests: int = 0, weakened: bool = False, seed: int = 1
) -> ProofRun:
    """Prove the statements of a rulebook and write down what came of it, with what was tried beside.

    `requests` are put to the proof and to the engine; `weakened`: each rule is taken away once.
    """
    rulebook = queries.load_rulebook(version.pk)
    report = prove.__wrapped__(rulebook)
    agreement = hold_to_engine(rulebook, draw_facts(requests, seed)) if requests else Agreement(0, 0)
    without = try_without_each(rulebook) if weakened else _NOTHING
    held = {each.invariant.id: bool(each.holds) for each in report.checked}
    run = records.insert(
        ProofRun(
            rulebook_version=version,
            run_by=by,
            solver=NAME,
            seconds=report.seconds,
            statements={each.id: held.get(each.id, False) for each in list_invariants()},
            asked=agreement.asked,
            permitted=agreement.permitted,
            differences=len(agreement.differences),
            without=without.tried,
            opening=len(without.opening),
            unnoticed=len(without.unnoticed),
        )
    )
    ledger.append(_say(run, version), by=by.actor)
    return run


def _say(run: ProofRun, version: RulebookVersion) -> RulebookProved:
    return RulebookProved(
        rulebook_version=version.pk,
        number=version.number,
        content_hash=version.content_hash,
        proof_run=run.pk,
        proved=run.proved,
        stated=len(run.statements),
        asked=run.asked,
        differences=run.differences,
    )


def find_unproved_lately(_by: User) -> Iterable[UUID]:
    """The rules in force, where they were not proved and tried within the last 23 hours and this version reads them."""
    lately = ProofRun.objects.filter(at__gt=clock.now() - timedelta(hours=23), asked__gt=0)
    found = RulebookVersion.objects.filter(state=RulebookState.IN_FORCE).exclude(proof_runs__in=lately)
    return found.values_list("pk", flat=True)


@transaction.atomic(durable=True)
def prove_again(*, version: UUID, by: User) -> None:
    """The nightly run: proved, tried on other requests each day, and each rule taken away once."""
    found = RulebookVersion.objects.get(pk=version)
    seed = calendar.today().toordinal()
    record_proof(version=found, by=by, requests=EACH_NIGHT, weakened=True, seed=seed)
