"""Putting one look to the board, as a possible misuse: an auditor does who reviews it, and whoever decides an appeal about it."""

from django.db import transaction
from django.utils.translation import gettext as _

from governance.board import services as board
from governance.board.models import Case
from governance.board.states import CaseKind
from governance.decisions.models import DecisionRecord
from governance.notices.services import notify
from governance.people.models import User
from ground.errors import BadInput

_KIND = "decisions.misuse"


@transaction.atomic
def put_to_board(*, decision: DecisionRecord, because: str, by: User) -> Case:
    """A case about whether one look was a misuse: its text names nobody, as what is decided is published.

    Whoever looked is told in the same words, whatever led to it. Raises NotPermitted for who may not put it; BadInput where it
    is their own look.
    """
    if decision.actor_id == by.pk:
        raise BadInput(_("This look is your own. Let somebody else put it to the board."), field="act")
    case = board.open_case(
        kind=CaseKind.MISUSE,
        subject=name_misuse(decision),
        question=because,
        details={"account": decision.actor},
        by=by,
    )
    notify(
        to=decision.actor,
        kind=f"{_KIND}.case",
        subject=_("A look of yours is before the board"),
        text=_(
            "Somebody whose task it is to look takes it for a misuse and has said why. You can read that and answer; the board decides."
        ),
        path=f"/cases/{case.pk}",
        once=f"{_KIND}:case:{case.pk}",
        by=by,
    )
    return case


def name_misuse(decision: DecisionRecord) -> str:
    """What such a case is called: the beginning of the receipt, and nobody's name."""
    return _("Whether a look was a misuse, receipt %(start)s") % {"start": str(decision.entry_id)[:8]}
