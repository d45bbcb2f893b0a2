"""Words of calibration: where a round stands, what is thin about a pack, and what is asked for by name."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from charter.rules.vocabulary import EvidenceKind
from ground.transitions import Transitions


class RoundState(models.TextChoices):
    """Where a round stands. It is announced before it is open, and audited before anybody is told an outcome (S94, S98)."""

    DRAFT = "draft", _("Being prepared")
    ANNOUNCED = "announced", _("Announced")
    OPEN = "open", _("Open")
    AUDITED = "audited", _("Handed in to be audited")
    PUBLISHED = "published", _("Published")
    CLOSED = "closed", _("Closed")
    DROPPED = "dropped", _("Dropped")


TRANSITIONS = Transitions(
    {
        RoundState.DRAFT: {RoundState.ANNOUNCED, RoundState.DROPPED},
        RoundState.ANNOUNCED: {RoundState.OPEN, RoundState.DROPPED},
        RoundState.OPEN: {RoundState.AUDITED, RoundState.DROPPED},
        RoundState.AUDITED: {RoundState.OPEN, RoundState.PUBLISHED},
        RoundState.PUBLISHED: {RoundState.CLOSED},
        RoundState.CLOSED: set(),
        RoundState.DROPPED: set(),
    },
    refusal=_("This round is “%(old)s”, so it cannot become “%(new)s”."),
)
# Rounds of which those concerned know.
KNOWN = (
    RoundState.ANNOUNCED,
    RoundState.OPEN,
    RoundState.AUDITED,
    RoundState.PUBLISHED,
    RoundState.CLOSED,
)
# Rounds whose outcomes were told.
TOLD = (RoundState.PUBLISHED, RoundState.CLOSED)


class ProposalKind(models.TextChoices):
    """Why a proposal was made: the first one, a change in the session, or a second look after it was published (S89)."""

    FIRST = "first", _("Proposed")
    CHANGED = "changed", _("Changed in the session")
    CORRECTED = "corrected", _("Corrected after it was published")
    CONFIRMED = "confirmed", _("Looked at again after it was published, and stays")


class PackFlag(models.TextChoices):
    """What is thin about the evidence of a period (S95, S97, S122). A flag decides nothing; it is read before a level is."""

    NOTHING = "nothing", _("There is no evidence of the period.")
    RECENT_ONLY = "recent_only", _("All evidence is of the last eight weeks of the period.")
    ONE_VISIBLE_KIND = (
        "one_visible_kind",
        _("All evidence is of one kind, and of one that is seen without looking for it."),
    )
    MANAGER_ONLY = "manager_only", _("All evidence is what the manager says.")
    BURST_ONLY = "burst_only", _("All evidence is of a few weeks in a row. Ask whether it lasted.")
    ONE_PROJECT = "one_project", _("All evidence is of one project.")
    NOT_CHECKED = "not_checked", _("Some evidence was opened by nobody but its writer.")
    OUTSIDE_PROFILE = (
        "outside_profile",
        _("Some evidence is of a kind that the role’s profile does not name."),
    )
    COVERAGE_GAP = (
        "coverage_gap",
        _("Metrics cover little of this person’s work. Low values say nothing then, and cannot be cited."),
    )
    MOVED = "moved", _("This person changed teams within the period. Ask both teams.")
    CHANGED_ROLE = (
        "changed_role",
        _("This person’s role changed within the period. Ask what counted for either."),
    )


class NoteKind(models.TextChoices):
    """What is written into a pack by name: growth (S69), and work that nobody sees without asking (S96)."""

    LEARNED = "learned", _("What they learned")
    TOOK_ON = "took_on", _("What they took on")
    HANDED_OVER = "handed_over", _("What they handed over")
    MENTORING = "mentoring", _("Mentoring")
    DESIGN_REVIEW = "design_review", _("Design reviews")
    CROSS_TEAM_SUPPORT = "cross_team_support", _("Support of other teams")


GROWTH = (NoteKind.LEARNED, NoteKind.TOOK_ON, NoteKind.HANDED_OVER)
# Work that is asked for by name, and the kind of evidence that answers it.
UNSEEN = {
    NoteKind.MENTORING: EvidenceKind.MENTORING,
    NoteKind.DESIGN_REVIEW: EvidenceKind.DESIGN_REVIEW,
    NoteKind.CROSS_TEAM_SUPPORT: EvidenceKind.CROSS_TEAM_SUPPORT,
}
