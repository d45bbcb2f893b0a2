"""What the board's screens show of each kind of case beside what they show of all; `governance.board.kinds` says the rest.

Most kinds are opened on a page of their own. One with a hint here is put in words instead, on the form that asks what
it is, and needs no page. An app above the board adds what it tells on cases of a kind by `tell_on_cases`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.board.models import Case
from governance.board.screens import case_details, rulebook_summary
from governance.board.screens.case_details import Line
from governance.board.states import CaseKind
from governance.people.models import User

# Something on the page of a case, as this reader may see it: a value with the name of its `template`, or None.
Part = Callable[[Case, User], object | None]


def _no_details(_case: Case) -> Iterable[Line]:
    return ()


def _rulebook(case: Case, _user: User) -> rulebook_summary.RulebookSummary:
    """What the board weighs of a rulebook, whoever reads it."""
    return rulebook_summary.summarise_rulebook(case)


@dataclass(frozen=True, kw_only=True)
class KindScreen:
    """How one kind of case is put, and what the page of its cases shows."""

    # Where it is put in words: what the form says of it.
    hint: str | Promise = ""
    # What stands beside the matter, each with its label.
    details: Callable[[Case], Iterable[Line]] = _no_details
    # What stands below the matter.
    parts: tuple[Part, ...] = ()


SCREENS: Mapping[CaseKind, KindScreen] = {
    CaseKind.CHARTER: KindScreen(),
    CaseKind.CLASS_CHANGE: KindScreen(),
    CaseKind.SUSPENSION: KindScreen(details=case_details.describe_suspension),
    CaseKind.RULEBOOK: KindScreen(parts=(_rulebook,)),
    CaseKind.WAIVER: KindScreen(details=case_details.describe_waiver),
    CaseKind.EDGE_CASE: KindScreen(hint=_("A use that the charter and the rules do not clearly answer.")),
    CaseKind.UNINTENDED_CONSEQUENCES: KindScreen(
        hint=_("A metric does something that nobody wanted."), details=case_details.describe_consequences
    ),
    CaseKind.YEARLY_REVIEW: KindScreen(hint=_("How the review system itself has worked.")),
    CaseKind.VIEW_CHANGE: KindScreen(),
    CaseKind.SETTINGS: KindScreen(details=case_details.describe_settings),
    CaseKind.SEAT: KindScreen(details=case_details.describe_seat),
    CaseKind.MISUSE: KindScreen(),
    CaseKind.FOUNDING: KindScreen(details=case_details.describe_founding),
    CaseKind.HEALTHY_LOAD: KindScreen(),
    CaseKind.STRAIN: KindScreen(),
    CaseKind.AGREEMENT: KindScreen(),
    CaseKind.DEPARTURE: KindScreen(),
    CaseKind.COUNCIL: KindScreen(details=case_details.describe_council),
}

# The kinds that are put in words, each with what the form says of it.
IN_WORDS = {name: screen.hint for name, screen in SCREENS.items() if screen.hint}
# What apps above the board tell on the page of a case of theirs.
_TOLD: dict[CaseKind, list[Part]] = {name: [] for name in SCREENS}


def tell_on_cases(part: Part, *, kind: CaseKind) -> None:
    """Let another app tell something on the page of every case of a kind for which `part` finds something."""
    if part not in _TOLD[kind]:
        _TOLD[kind].append(part)


def list_parts(case: Case, user: User) -> list[object]:
    """What stands below the matter of a case, as this reader may see it."""
    told = (*find_screen(case).parts, *_TOLD[CaseKind(case.kind)])
    return [part for tell in told if (part := tell(case, user))]


def find_screen(case: Case) -> KindScreen:
    """The row of a case's kind."""
    return SCREENS[CaseKind(case.kind)]
