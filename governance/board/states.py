"""Words and transitions of the board."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ground.errors import Conflict


class SeatKind(models.TextChoices):
    ENGINEERING = "engineering", _("Engineering")
    PRODUCT = "product", _("Product")
    HR = "hr", _("HR")
    LEGAL = "legal", _("Legal")
    SECURITY = "security", _("Security")
    WORKER_REP = "worker_rep", _("Worker representative")


class CaseKind(models.TextChoices):
    CHARTER = "charter", _("Charter")
    RULEBOOK = "rulebook", _("Rulebook")


class CaseState(models.TextChoices):
    OPEN = "open", _("Open")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class Vote(models.TextChoices):
    APPROVE = "approve", _("Approve")
    REJECT = "reject", _("Reject")
    ABSTAIN = "abstain", _("Abstain")
    RECUSE = "recuse", _("Recuse")
    VETO = "veto", _("Veto")


VETO_SEATS = frozenset({SeatKind.LEGAL, SeatKind.SECURITY, SeatKind.HR, SeatKind.WORKER_REP})

TRANSITIONS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.APPROVED, CaseState.REJECTED}),
    CaseState.APPROVED: frozenset(),
    CaseState.REJECTED: frozenset(),
}


def check_can_move(old: CaseState, new: CaseState) -> None:
    """Raise Conflict unless the table lets a case move from `old` to `new`."""
    if new not in TRANSITIONS[old]:
        raise Conflict(
            f"A case that is {old.label.lower()} cannot become {new.label.lower()}.",
            code="no_such_transition",
        )
