"""How we know what nobody can do: what is proved, what is tried and what is not claimed, from runs that were recorded."""

from collections.abc import Iterable
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from charter.registry import proofs, rulebooks
from charter.registry.models import ProofRun
from charter.rules.proof.analyses import Invariant, list_invariants
from charter.rules.rulebook import written_invariants
from governance.people.requests import PageRequest

ABOUT = {
    "people": (gettext_lazy("About you"), gettext_lazy("Evidence, audits and numbers are those that the board uses.")),
    "groups": (gettext_lazy("About groups"), gettext_lazy("The smallest group is 5 people, and 8 for strain and surveys, unless the board has set more.")),
    "rules": (gettext_lazy("About the rules"), ""),
}  # fmt: skip


class ShownStatement(NamedTuple):
    """A statement as it was last proved: `holds` is None where no run says anything of it."""

    invariant: Invariant
    holds: bool | None
    cedar: str


def how_we_know(request: PageRequest) -> HttpResponse:
    """What holds for every request, with the figures of the last run; nothing is claimed that no run has shown."""
    version = rulebooks.find_rulebook_in_force()
    figures = proofs.read_figures(version) if version else None
    last = figures.proved if figures else None
    shown = list(_statements(last))
    given = {
        "version": version,
        "figures": figures,
        "last": last,
        "total": len(shown),
        "proved": sum(each.holds is True for each in shown),
        "groups": [
            (title, note, [each for each in shown if each.invariant.about == about])
            for about, (title, note) in ABOUT.items()
        ],
    }
    return render(request, "board/how_we_know.html", given)


def _statements(last: ProofRun | None) -> Iterable[ShownStatement]:
    cedar = written_invariants()
    for each in list_invariants():
        yield ShownStatement(each, last.statements.get(each.id) if last else None, cedar.get(each.id, ""))
