"""Where things can stand, and the one table of transitions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from charter.rules.vocabulary import Standing as StandingWord
from ground.errors import Conflict


class ProgrammeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")


class RulebookState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    IN_FORCE = "in_force", _("In force")
    REPLACED = "replaced", _("Replaced")


class Standing(models.TextChoices):
    DRAFT = StandingWord.DRAFT.value, _("Draft")
    SUBMITTED = StandingWord.SUBMITTED.value, _("Submitted")
    IN_REVIEW = StandingWord.IN_REVIEW.value, _("In review")
    PILOT = StandingWord.PILOT.value, _("Pilot")
    ACTIVE = StandingWord.ACTIVE.value, _("Active")
    SUSPENDED = StandingWord.SUSPENDED.value, _("Suspended")
    RETIRED = StandingWord.RETIRED.value, _("Retired")
    REJECTED = StandingWord.REJECTED.value, _("Rejected")
    EXPIRED = StandingWord.EXPIRED.value, _("Expired")


class DraftRight(models.TextChoices):
    """What a draft's owner lets another account do with it. Who writes along reads along."""

    READ = "read", _("Reads along")
    WRITE = "write", _("Writes along")

    @property
    def codename(self) -> str:
        """What Django and guardian call the permission."""
        return _CODENAMES[self]

    @classmethod
    def of(cls, codename: str) -> "DraftRight":
        """The right that is kept under this codename."""
        return next(right for right in cls if right.codename == codename)


_CODENAMES = {DraftRight.READ: "view_draft", DraftRight.WRITE: "change_draft"}


TRANSITIONS: dict[Standing, frozenset[Standing]] = {
    Standing.DRAFT: frozenset({Standing.SUBMITTED, Standing.RETIRED}),
    Standing.SUBMITTED: frozenset({Standing.IN_REVIEW, Standing.DRAFT}),
    Standing.IN_REVIEW: frozenset({Standing.PILOT, Standing.ACTIVE, Standing.REJECTED}),
    Standing.PILOT: frozenset({Standing.ACTIVE, Standing.REJECTED, Standing.EXPIRED}),
    Standing.ACTIVE: frozenset({Standing.SUSPENDED, Standing.RETIRED, Standing.EXPIRED}),
    Standing.SUSPENDED: frozenset({Standing.ACTIVE, Standing.RETIRED, Standing.EXPIRED}),
    Standing.RETIRED: frozenset(),
    Standing.REJECTED: frozenset(),
    Standing.EXPIRED: frozenset(),
}

RULEBOOK_TRANSITIONS: dict[RulebookState, frozenset[RulebookState]] = {
    RulebookState.PROPOSED: frozenset({RulebookState.IN_FORCE}),
    RulebookState.IN_FORCE: frozenset({RulebookState.REPLACED}),
    # Rules that served before may serve again, by a case like any other.
    RulebookState.REPLACED: frozenset({RulebookState.IN_FORCE}),
}


def check_can_move(old: Standing, new: Standing) -> None:
    """Raise Conflict unless the table lets a charter version move from `old` to `new`."""
    if new not in TRANSITIONS[old]:
        raise Conflict(
            f"A charter version that is {old.label.lower()} cannot become {new.label.lower()}.",
            code="no_such_transition",
        )


def check_rulebook_can_move(old: RulebookState, new: RulebookState) -> None:
    """Raise Conflict unless the table lets a rulebook version move from `old` to `new`."""
    if new not in RULEBOOK_TRANSITIONS[old]:
        raise Conflict(
            f"A rulebook that is {old.label.lower()} cannot become {new.label.lower()}.",
            code="no_such_transition",
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


REVIEW_TRANSITIONS: dict[ReviewResult, frozenset[ReviewResult]] = {
    ReviewResult.PENDING: frozenset({ReviewResult.CONFIRMED, ReviewResult.FLAGGED, ReviewResult.LAPSED}),
    # Retire or justify: a flagged charter is retired and lapses, or somebody says why it stays (S11).
    ReviewResult.FLAGGED: frozenset({ReviewResult.CONFIRMED, ReviewResult.LAPSED}),
    ReviewResult.CONFIRMED: frozenset(),
    ReviewResult.LAPSED: frozenset(),
}


def check_review_can_move(old: ReviewResult, new: ReviewResult) -> None:
    """Raise Conflict unless the table lets one charter's review move from `old` to `new`."""
    if new not in REVIEW_TRANSITIONS[old]:
        raise Conflict(
            f"A charter that this review has as {old.label.lower()} cannot become {new.label.lower()}.",
            code="no_such_transition",
        )
