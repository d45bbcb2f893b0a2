"""Where charters, rulebooks and reviews can stand, and the tables of their transitions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from charter.rules.vocabulary import Standing as StandingWord
from ground.transitions import Transitions


class RulebookState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    IN_FORCE = "in_force", _("In force")
    REPLACED = "replaced", _("Replaced")


class StandingChoices(models.TextChoices):
    DRAFT = StandingWord.DRAFT.value, _("Draft")
    SUBMITTED = StandingWord.SUBMITTED.value, _("Submitted")
    IN_REVIEW = StandingWord.IN_REVIEW.value, _("In review")
    PILOT = StandingWord.PILOT.value, _("Pilot")
    ACTIVE = StandingWord.ACTIVE.value, _("Active")
    SUSPENDED = StandingWord.SUSPENDED.value, _("Suspended")
    RETIRED = StandingWord.RETIRED.value, _("Retired")
    REJECTED = StandingWord.REJECTED.value, _("Rejected")
    EXPIRED = StandingWord.EXPIRED.value, _("Expired")


CHARTER_TRANSITIONS = Transitions(
    {
        StandingChoices.DRAFT: {StandingChoices.SUBMITTED, StandingChoices.RETIRED},
        StandingChoices.SUBMITTED: {StandingChoices.IN_REVIEW, StandingChoices.DRAFT},
        StandingChoices.IN_REVIEW: {StandingChoices.PILOT, StandingChoices.ACTIVE, StandingChoices.REJECTED},
        StandingChoices.PILOT: {StandingChoices.ACTIVE, StandingChoices.REJECTED, StandingChoices.EXPIRED},
        StandingChoices.ACTIVE: {StandingChoices.SUSPENDED, StandingChoices.RETIRED, StandingChoices.EXPIRED},
        StandingChoices.SUSPENDED: {StandingChoices.ACTIVE, StandingChoices.RETIRED, StandingChoices.EXPIRED},
        StandingChoices.RETIRED: set(),
        StandingChoices.REJECTED: set(),
        StandingChoices.EXPIRED: set(),
    },
    refusal=_("A charter version that is %(old)s cannot become %(new)s."),
)

RULEBOOK_TRANSITIONS = Transitions(
    {
        RulebookState.PROPOSED: {RulebookState.IN_FORCE},
        RulebookState.IN_FORCE: {RulebookState.REPLACED},
        # Rules that served before may serve again, by a case like any other.
        RulebookState.REPLACED: {RulebookState.IN_FORCE},
    },
    refusal=_("A rulebook that is %(old)s cannot become %(new)s."),
)


class ReviewKind(models.TextChoices):
    """What opens a review: the quarter, or a change that reaches what charters speak of (S9, S10)."""

    QUARTERLY = "quarterly", _("Quarterly review")
    ORG_CHANGE = "org_change", _("Change of the organisation")
    MIGRATION = "migration", _("Migration of a platform")


class ReviewReason(models.TextChoices):
    """Why a charter is looked at by itself; one without a reason is confirmed with the rest."""

    REST = "rest", _("Nothing changed")
    NEW = "new", _("Never reviewed before")
    CHANGED = "changed", _("Changed since the last review")
    FLAGGED = "flagged", _("Flagged in the last review")
    UNTIED = "untied", _("Allows no decision")
    SUSPENDED = "suspended", _("Suspended")
    AFFECTED = "affected", _("Reached by the change")


class ReviewResult(models.TextChoices):
    PENDING = "pending", _("Not looked at yet")
    CONFIRMED = "confirmed", _("Confirmed")
    FLAGGED = "flagged", _("Flagged")
    LAPSED = "lapsed", _("No longer governs")


REVIEW_TRANSITIONS = Transitions(
    {
        ReviewResult.PENDING: {ReviewResult.CONFIRMED, ReviewResult.FLAGGED, ReviewResult.LAPSED},
        # Retire or justify: a flagged charter is retired and lapses, or somebody says why it stays (S11).
        ReviewResult.FLAGGED: {ReviewResult.CONFIRMED, ReviewResult.LAPSED},
        ReviewResult.CONFIRMED: set(),
        ReviewResult.LAPSED: set(),
    },
    refusal=_("A charter that this review has as %(old)s cannot become %(new)s."),
)
