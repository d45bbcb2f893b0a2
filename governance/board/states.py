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
    CLASS_CHANGE = "class_change", _("Change of class")
    SUSPENSION = "suspension", _("Suspension")
    RULEBOOK = "rulebook", _("Rulebook")
    WAIVER = "waiver", _("Waiver")
    EDGE_CASE = "edge_case", _("Edge case")
    UNINTENDED_CONSEQUENCES = "unintended_consequences", _("Unintended consequences")
    YEARLY_REVIEW = "yearly_review", _("Yearly review of the system")
    VIEW_CHANGE = "view_change", _("Change of a view")
    SETTINGS = "settings", _("Change of settings")


# Kinds that are about one charter version and decide where it stands.
OF_A_VERSION = (CaseKind.CHARTER, CaseKind.CLASS_CHANGE, CaseKind.SUSPENSION)
# Kinds that put a question in words; they may name a charter version as well.
OF_A_QUESTION = (
    CaseKind.WAIVER,
    CaseKind.EDGE_CASE,
    CaseKind.UNINTENDED_CONSEQUENCES,
    CaseKind.YEARLY_REVIEW,
    CaseKind.VIEW_CHANGE,
    CaseKind.SETTINGS,
)


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


# Votes that say why.
REASONED = (Vote.REJECT, Vote.RECUSE, Vote.VETO)


class ConditionKind(models.TextChoices):
    """What an approval can be bound to. Each is enforced: it narrows what the charter says."""

    PILOT_TEAM = "pilot_team", _("A pilot with one team first")
    GRAINS = "grains", _("Only at these levels")
    DECISIONS = "decisions", _("Only for these decisions")
    END_DATE = "end_date", _("Only until a day")


class PilotState(models.TextChoices):
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")


class Said(models.TextChoices):
    """An answer to a question of a pilot's survey."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    NOT_SURE = "not_sure", _("Not sure")


_ABOUT_DATA = frozenset(CaseKind) - {CaseKind.EDGE_CASE, CaseKind.YEARLY_REVIEW}

# The kinds of case that a seat's field reaches. HR's reaches a charter only where it comes close to single people,
# which `permissions.check_can_veto` looks at.
VETO_SCOPES: dict[SeatKind, frozenset[CaseKind]] = {
    SeatKind.LEGAL: frozenset(CaseKind),  # law and agreements
    SeatKind.SECURITY: _ABOUT_DATA,  # protection of data
    SeatKind.HR: frozenset(CaseKind),  # employment and fair treatment
    SeatKind.WORKER_REP: frozenset(CaseKind),  # monitoring and working conditions
}
VETO_SEATS = frozenset(VETO_SCOPES)

TRANSITIONS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.APPROVED, CaseState.REJECTED}),
    CaseState.APPROVED: frozenset(),
    CaseState.REJECTED: frozenset(),
}

PILOT_TRANSITIONS: dict[PilotState, frozenset[PilotState]] = {
    PilotState.RUNNING: frozenset({PilotState.ENDED}),
    PilotState.ENDED: frozenset(),
}

# A pilot lasts between six and eight weeks (S128).
PILOT_DAYS = range(42, 57)
# A waiver is an exception for a time, not a change of the rules.
WAIVER_DAYS = range(1, 367)


def check_can_move(old: CaseState, new: CaseState) -> None:
    """Raise Conflict unless the table lets a case move from `old` to `new`."""
    if new not in TRANSITIONS[old]:
        raise Conflict(
            f"A case that is {old.label.lower()} cannot become {new.label.lower()}.",
            code="no_such_transition",
        )


def check_pilot_can_move(old: PilotState, new: PilotState) -> None:
    """Raise Conflict unless the table lets a pilot move from `old` to `new`."""
    if new not in PILOT_TRANSITIONS[old]:
        raise Conflict(
            f"A pilot that is {old.label.lower()} cannot become {new.label.lower()}.",
            code="no_such_transition",
        )
