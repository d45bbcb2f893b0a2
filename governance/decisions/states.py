"""Words of what bears on values and of rulings: why values are held, what notes say, where a question stands."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from charter.rules.vocabulary import ContextKind
from ground.transitions import Transitions


class HoldCause(models.TextChoices):
    """Why values are under review. Nobody who asks for them is ever told which."""

    DATA_QUALITY = "data_quality", _("Data quality")
    ADMINISTRATOR = "administrator", _("Administrator")
    APPEAL = "appeal", _("Appeal")


class Effect(models.TextChoices):
    """What stands beside a value does to it."""

    ANNOTATE = "annotate", _("Stands beside the value")
    EXCLUDE = "exclude", _("Leaves the period out of decisions about people")
    HOLD = "hold", _("Keeps the value out of decisions about people")
    NONE_KNOWN = "none_known", _("Says that none is known")


class LeftOut(models.TextChoices):
    """Why a row of a decision about people has no number although there is one."""

    EXCLUDED = "excluded", _("Excluded")
    UNDER_REVIEW = "under_review", _("Under review")


class NoteState(models.TextChoices):
    PROPOSED = "proposed", _("Waits to be confirmed")
    CONFIRMED = "confirmed", _("Confirmed")
    TURNED_DOWN = "turned_down", _("Turned down")


class KindGroup(models.TextChoices):
    """What others are told of a kind that is a person's own affair."""

    PRIVATE = "context_applies", _("Context applies")
    DUTY = "duty", _("On duty for others")
    CHANGE = "change", _("Change of systems")
    GROWTH = "growth", _("Learning and helping")
    PACE = "pace", _("Pace of work")


@dataclass(frozen=True)
class About:
    """What a kind of note means. A `private` one of a person is told to others by its group alone."""

    label: Promise
    group: KindGroup
    effect: Effect
    private: bool = False
    of_persons_only: bool = False


ABOUT: dict[ContextKind, About] = {
    ContextKind.ON_CALL: About(_("On-call load"), KindGroup.DUTY, Effect.ANNOTATE),
    ContextKind.PARENTAL_LEAVE: About(
        _("Parental leave"), KindGroup.PRIVATE, Effect.EXCLUDE, private=True, of_persons_only=True
    ),
    ContextKind.LEAVE: About(_("Leave"), KindGroup.PRIVATE, Effect.EXCLUDE, private=True),
    ContextKind.PRODUCTION_INCIDENT: About(_("Production incident"), KindGroup.DUTY, Effect.ANNOTATE),
    ContextKind.MIGRATION: About(_("Migration"), KindGroup.CHANGE, Effect.ANNOTATE),
    ContextKind.FREEZE: About(_("Freeze"), KindGroup.CHANGE, Effect.ANNOTATE),
    ContextKind.ONBOARDING: About(_("Onboarding"), KindGroup.GROWTH, Effect.EXCLUDE),
    ContextKind.MENTORING: About(_("Mentoring"), KindGroup.GROWTH, Effect.ANNOTATE),
    ContextKind.ARCHITECTURE_WORK: About(_("Architecture work"), KindGroup.GROWTH, Effect.ANNOTATE),
    # Rest says something of somebody's health, so that others need not know it from leave or care.
    ContextKind.REST_AFTER_INTENSITY: About(
        _("Rest after a time of high intensity"), KindGroup.PRIVATE, Effect.EXCLUDE, private=True
    ),
    ContextKind.CAREGIVING: About(
        _("Caregiving arrangement"), KindGroup.PRIVATE, Effect.EXCLUDE, private=True, of_persons_only=True
    ),
    ContextKind.TOOLING_CONSTRAINT: About(_("Tooling constraint"), KindGroup.CHANGE, Effect.EXCLUDE),
    ContextKind.DEPENDENCY_DELAY: About(_("Wait for another team"), KindGroup.CHANGE, Effect.ANNOTATE),
    ContextKind.STRETCH: About(_("Stretch period"), KindGroup.PACE, Effect.ANNOTATE),
}

NOTE_TRANSITIONS = Transitions(
    {
        NoteState.PROPOSED: {NoteState.CONFIRMED, NoteState.TURNED_DOWN},
        NoteState.CONFIRMED: {NoteState.TURNED_DOWN},
        NoteState.TURNED_DOWN: set(),
    },
    refusal=_("This note was settled already: it is %(old)s."),
)


class RulingStanding(models.TextChoices):
    """Where a question that was put to the board stands: it follows from its case, its end and the clock."""

    ASKED = "asked", _("Before the board")
    YES = "yes", _("Allowed by the board")
    NO = "no", _("Refused by the board")
    LAPSED = "lapsed", _("Lapsed")
    ENDED = "ended", _("Ended early")


# Rulings in force: they answer later questions of the same shape.
RULED = frozenset({RulingStanding.YES, RulingStanding.NO})
