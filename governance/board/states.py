"""Words and transitions of the board."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ground.transitions import Transitions


class SeatKind(models.TextChoices):
    ENGINEERING = "engineering", _("Engineering")
    PRODUCT = "product", _("Product")
    HR = "hr", _("HR")
    LEGAL = "legal", _("Legal")
    SECURITY = "security", _("Security")
    WORKER_REP = "worker_rep", _("Worker representative")

    @property
    def speaks_as(self) -> "SeatKind":
        """Itself; the seat of a council speaks as the worker representation (`seat_names`)."""
        return self


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
    SEAT = "seat", _("Seat of the board")
    MISUSE = "misuse", _("Whether a look was a misuse")
    FOUNDING = "founding", _("Founding of the programme")
    HEALTHY_LOAD = "healthy_load", _("Limits of a healthy load")
    STRAIN = "strain", _("Strain of a team")
    AGREEMENT = "agreement", _("Agreement")
    DEPARTURE = "departure", _("Beyond an agreement")
    COUNCIL = "council", _("Seat of a council")


# What a case of each kind is about (`kinds.CaseSubject`), as the database checks it.
# Kinds that are about one charter version and decide where it stands.
OF_A_VERSION = (CaseKind.CHARTER, CaseKind.CLASS_CHANGE, CaseKind.SUSPENSION)
# Those of them whose approval puts it in force (`puts_in_force` of a row of `kinds`).
PUTS_IN_FORCE = (CaseKind.CHARTER, CaseKind.CLASS_CHANGE)
# Kinds that put a question in words; they may name a charter version as well.
OF_A_QUESTION = (
    CaseKind.WAIVER,
    CaseKind.EDGE_CASE,
    CaseKind.UNINTENDED_CONSEQUENCES,
    CaseKind.YEARLY_REVIEW,
    CaseKind.VIEW_CHANGE,
    CaseKind.SETTINGS,
    CaseKind.SEAT,
    CaseKind.MISUSE,
    CaseKind.FOUNDING,
    CaseKind.HEALTHY_LOAD,
    CaseKind.STRAIN,
    CaseKind.AGREEMENT,
    CaseKind.DEPARTURE,
    CaseKind.COUNCIL,
)
# Kinds of which some touch people of some places alone: those that say of which agreement or team they speak.
OF_PLACES = (CaseKind.AGREEMENT, CaseKind.DEPARTURE, CaseKind.STRAIN)


class CaseState(models.TextChoices):
    OPEN = "open", _("Open")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class Vote(models.TextChoices):
    """The words are those of forms, pages and minutes alike."""

    APPROVE = "approve", _("For it")
    REJECT = "reject", _("Against it")
    ABSTAIN = "abstain", _("Abstain")
    RECUSE = "recuse", _("Stand back")
    VETO = "veto", _("Veto")


# Votes that say why.
REASONED = (Vote.REJECT, Vote.RECUSE, Vote.VETO)


class ConditionKind(models.TextChoices):
    """What an approval can be bound to. Each is enforced: it narrows what the charter says."""

    PILOT_TEAM = "pilot_team", _("A pilot with one team first")
    GRAINS = "grains", _("Only at these levels")
    DECISIONS = "decisions", _("Only for these decisions")
    END_DATE = "end_date", _("Only until a day")


class ConsequenceAct(models.TextChoices):
    """What a case about unintended consequences would do with the charter."""

    KEEP = "keep", _("It stays as it is")
    REVISE = "revise", _("It is revised by a day, or is in force no longer")
    SUSPEND = "suspend", _("It is taken out of use until a case brings it back")
    RETIRE = "retire", _("It is retired for good")


class PilotState(models.TextChoices):
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")


class Said(models.TextChoices):
    """An answer to a question of a pilot's survey."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    NOT_SURE = "not_sure", _("Not sure")


# The seats that have a field in which they may veto; what it reaches, each kind of case says (`kinds`).
VETO_SEATS = frozenset(
    {
        SeatKind.LEGAL,  # law and agreements
        SeatKind.SECURITY,  # protection of data
        SeatKind.HR,  # employment and fair treatment
        SeatKind.WORKER_REP,  # monitoring and working conditions
    }
)

CASE_TRANSITIONS = Transitions(
    {
        CaseState.OPEN: {CaseState.APPROVED, CaseState.REJECTED},
        CaseState.APPROVED: set(),
        CaseState.REJECTED: set(),
    },
    refusal=_("A case that is %(old)s cannot become %(new)s."),
)

PILOT_TRANSITIONS = Transitions(
    {
        PilotState.RUNNING: {PilotState.ENDED},
        PilotState.ENDED: set(),
    },
    refusal=_("This pilot has ended already."),
)

# The board is told of a new member or alternate so many days before they sit.
NOTICE_DAYS = 3
# A team has so many days to say whether it agrees.
CONSENT_DAYS = 14
# A pilot lasts between six and eight weeks (S128).
PILOT_DAYS = range(42, 57)
# A waiver is an exception for a time, not a change of the rules.
WAIVER_DAYS = range(1, 367)
