"""The kinds of case, one row each: what it is about, who may open it, what it needs, what it leads to.

To add a kind: name it in `states.CaseKind`, give it a row here, the functions of `effects` that the row names where
opening or deciding it does anything, and a row in the table of the board's screens for what its page shows. Nothing
else asks of which kind a case is: it asks the row. What all kinds share, as the quorum of all seats, stands in no row.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.board import council_effects, effects
from governance.board.models import Case
from governance.board.states import VETO_SEATS, CaseKind, SeatKind


class CaseSubject(Enum):
    """What a case is about. The database checks it by the lists in `states`."""

    VERSION = "one charter version, and where it stands"
    RULEBOOK = "one rulebook version"
    QUESTION = "what is asked in words, perhaps about one charter version"


class Openers(Enum):
    """Who may put it to the board, beside its members and administrators."""

    ANYBODY = "every person with an account in use"
    AUTHORS = "who wrote what it is about, handed it in, or owns the metric"
    AUDITORS = "auditors"


def _never(_case: Case) -> bool:
    return False


def _always(_case: Case) -> bool:
    return True


def _with_words(case: Case) -> bool:
    """As for a charter that is to come back: who puts it says why."""
    return bool(case.question)


def _nobody(_case: Case) -> frozenset[object]:
    return frozenset()


def _whom_it_seats(case: Case) -> frozenset[object]:
    return frozenset({case.seat_proposal.user_id}) if hasattr(case, "seat_proposal") else frozenset()


def _whose_look_it_is(case: Case) -> frozenset[object]:
    return frozenset({case.misuse.account_id}) if hasattr(case, "misuse") else frozenset()


@dataclass(frozen=True, kw_only=True)
class KindRow:
    """One kind of case, as permissions, services and screens ask for it."""

    about: CaseSubject
    openers: Openers = Openers.AUTHORS
    # Where another act opens it: what to do instead of opening one.
    instead: str | Promise = ""
    # The kind it is where the charter would change the class of its metric (S45).
    if_class_changes: CaseKind | None = None
    # Whether opening it takes more than words: what the API takes under the kind's name, and `opened` stores.
    takes_details: bool = False
    # Those of them that the form asks for on which such a case is put in words.
    in_words: tuple[str, ...] = ()
    # Whether what was asked before can be decided anew as if it had passed, since it changes what questions come to.
    replayed: bool = False
    # Records of its own that whoever reads its cases needs, as relations of a case.
    brings: tuple[str, ...] = ()

    # Whether who opens it asks for it on their own account: nobody votes on their own proposal.
    asked_for: Callable[[Case], bool] = _never
    # Whether who opened it is told to everybody who may see it, or to the board and auditors alone.
    tells_asker: bool = True

    # Whether an approval puts a charter in force. Then it needs the more, the more invasive the charter is (S108), and
    # can be bound to conditions.
    puts_in_force: bool = False
    # Whether it may be voted on in a batch, where its charter is harmless.
    in_batches: bool = False
    # The seats whose field it reaches, which may veto it; HR's reaches a charter where that comes close to single
    # people, or the kind always does.
    vetoed_by: frozenset[SeatKind] = VETO_SEATS
    close_to_people: bool = False

    # Whom it is about: they vote on it as little as who asks for it.
    concerns: Callable[[Case], frozenset[object]] = _nobody
    # Whether those vote on it who have accepted a seat of the first board, while nobody sits yet.
    founds: bool = False

    # What is done when it is opened (`case, details, by=`), when it is decided either way (`case, approved=, by=`), and
    # what its minutes add to an approval.
    opened: Callable[..., None] = effects.begin_nothing
    decided: Callable[..., None] = effects.change_nothing
    minuted: Callable[[Case], Iterator[str]] = effects.minute_nothing
    # What its minutes say either way (`case, approved=, approvals=, votes=`).
    concluded: Callable[..., Iterator[str]] = effects.conclude_nothing


KINDS: Mapping[CaseKind, KindRow] = {
    # Whether a charter is in force: a new one, one whose pilot has ended, or a suspended one that is to come back.
    CaseKind.CHARTER: KindRow(
        replayed=True,
        about=CaseSubject.VERSION,
        if_class_changes=CaseKind.CLASS_CHANGE,
        asked_for=_with_words,
        puts_in_force=True,
        in_batches=True,
        opened=effects.begin_review,
        decided=effects.settle_charter,
    ),
    # The same, of a charter that makes a diagnostic metric a performance one, or the other way round (S45).
    CaseKind.CLASS_CHANGE: KindRow(
        replayed=True,
        about=CaseSubject.VERSION,
        asked_for=_with_words,
        puts_in_force=True,
        close_to_people=True,
        opened=effects.begin_review,
        decided=effects.settle_charter,
    ),
    # A seat took a charter out of use; the board ratifies that in time, or it lapses. To do so needs no more than any
    # other case, however invasive the charter is.
    CaseKind.SUSPENSION: KindRow(
        about=CaseSubject.VERSION,
        instead=_("A suspension opens its own case. Suspend the charter instead."),
        brings=("suspension__seat",),
        asked_for=_always,
        decided=effects.settle_suspension,
    ),
    # Whether other rules hold from now on.
    CaseKind.RULEBOOK: KindRow(
        replayed=True,
        about=CaseSubject.RULEBOOK,
        decided=effects.settle_rulebook,
        minuted=effects.minute_rulebook,
    ),
    # A dated exception to one rule. Approval alone makes it count, on its days.
    CaseKind.WAIVER: KindRow(
        replayed=True,
        about=CaseSubject.QUESTION,
        openers=Openers.ANYBODY,
        takes_details=True,
        brings=("waiver",),
        asked_for=_always,
        opened=effects.request_waiver,
    ),
    # A use that the charter and the rules do not clearly answer (S49). The ruling is published; who asked for it is
    # nobody else's business.
    CaseKind.EDGE_CASE: KindRow(
        about=CaseSubject.QUESTION,
        openers=Openers.ANYBODY,
        asked_for=_always,
        tells_asker=False,
        vetoed_by=VETO_SEATS - {SeatKind.SECURITY},
    ),
    # What a charter has led to, some time after it came into force (S51), and what becomes of it.
    CaseKind.UNINTENDED_CONSEQUENCES: KindRow(
        about=CaseSubject.QUESTION,
        takes_details=True,
        in_words=("act", "revise_by"),
        brings=("consequences",),
        opened=effects.propose_consequences,
        decided=effects.settle_consequences,
        concluded=effects.minute_consequences,
    ),
    # How the review system itself has worked (S100). Its minutes answer it.
    CaseKind.YEARLY_REVIEW: KindRow(about=CaseSubject.QUESTION, vetoed_by=VETO_SEATS - {SeatKind.SECURITY}),
    # What a saved view lists. The view reads the outcome.
    CaseKind.VIEW_CHANGE: KindRow(about=CaseSubject.QUESTION, openers=Openers.ANYBODY, asked_for=_always),
    # What the programme's thresholds, clocks and limits are (S7).
    CaseKind.SETTINGS: KindRow(
        replayed=True,
        about=CaseSubject.QUESTION,
        takes_details=True,
        brings=("settings_change",),
        asked_for=_always,
        opened=effects.request_settings,
        decided=effects.settle_settings,
        minuted=effects.minute_settings,
    ),
    # Who is to sit on a seat: an alternate whom no member names, or who follows a member whose term ends.
    CaseKind.SEAT: KindRow(
        about=CaseSubject.QUESTION,
        takes_details=True,
        brings=("seat_proposal__seat", "seat_proposal__user"),
        asked_for=_always,
        concerns=_whom_it_seats,
        vetoed_by=frozenset(),
        opened=effects.request_seat,
        decided=effects.settle_seat,
        minuted=effects.minute_seat,
    ),
    # Whether a look that an auditor found odd was a misuse. Its page names nobody; who looked votes on it as little as who asks.
    CaseKind.MISUSE: KindRow(
        about=CaseSubject.QUESTION,
        openers=Openers.AUDITORS,
        brings=("misuse",),
        asked_for=_always,
        tells_asker=False,
        concerns=_whose_look_it_is,
        vetoed_by=frozenset(),
        opened=effects.note_whose_look_it_is,
    ),
    # Whether the programme begins, with those who accepted its seats as its first board.
    CaseKind.FOUNDING: KindRow(
        about=CaseSubject.QUESTION,
        instead=_(
            "The founder puts the founding to the vote from the page of the board, once six have accepted."
        ),
        brings=("founding",),
        asked_for=_always,
        founds=True,
        decided=effects.settle_founding,
        minuted=effects.minute_founding,
    ),
    # What load of a kind of team the board calls healthy (S118). Whoever holds weeks against it reads the outcome.
    CaseKind.HEALTHY_LOAD: KindRow(about=CaseSubject.QUESTION, asked_for=_always),
    # What the organisation does about strain of a team that nobody acted on, or that lasts (S112, S119). Its minutes answer it.
    CaseKind.STRAIN: KindRow(about=CaseSubject.QUESTION),
    # Whether a works agreement, an assessment or a legal basis is on record from a day on (S145). The agreement reads the outcome.
    CaseKind.AGREEMENT: KindRow(about=CaseSubject.QUESTION, asked_for=_always),
    # Whether a further system, or a use, may go beyond what an agreement names (S158). What goes beyond it reads the outcome.
    CaseKind.DEPARTURE: KindRow(about=CaseSubject.QUESTION),
    # Whether a council holds a seat over the people of its territory, beside the six (S142).
    CaseKind.COUNCIL: KindRow(
        about=CaseSubject.QUESTION,
        takes_details=True,
        brings=("council_proposal__seat",),
        asked_for=_always,
        opened=council_effects.request_council,
        decided=council_effects.settle_council,
        minuted=council_effects.minute_council,
    ),
}

# What a matter is opened as, unless the kind is named.
USUAL: Mapping[CaseSubject, CaseKind] = {
    CaseSubject.VERSION: CaseKind.CHARTER,
    CaseSubject.RULEBOOK: CaseKind.RULEBOOK,
}


def find_kind(case: Case) -> KindRow:
    """The row of a case's kind."""
    return KINDS[CaseKind(case.kind)]
