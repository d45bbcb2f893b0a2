"""Words and transitions of appeals."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ground.transitions import Transitions


class AppealKind(models.TextChoices):
    """Who may know who filed it."""

    NAMED = "named", _("Everyone who handles it")
    CONFIDENTIAL = "confidential", _("Only the handler")
    ANONYMOUS = "anonymous", _("No one")


class AboutKind(models.TextChoices):
    """What an appeal is about."""

    RECEIPT = "receipt", _("A use of values, by its receipt")
    VALUE = "value", _("A value")
    RULE = "rule", _("A rule")
    CHARTER = "charter", _("A charter")
    CALIBRATION = "calibration", _("An outcome of calibration")
    NOTHING = "nothing", _("Something else")


class HoldChoice(models.TextChoices):
    """What is put under review with the filing."""

    VALUE = "value", _("Exactly these values")
    TEAM = "team", _("The whole team’s values")
    ON_USE = "on_use", _("Only when a decision about a person is about to use them")
    NONE = "none", _("Nothing")


class AppealState(models.TextChoices):
    FILED = "filed", _("Filed")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    ASSIGNED = "assigned", _("With its handler")
    DECIDED = "decided", _("Decided")
    SECOND = "second", _("To be looked at again")
    SECOND_ASSIGNED = "second_assigned", _("Looked at again by other people")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


TRANSITIONS = Transitions(
    {
        AppealState.FILED: {AppealState.ACKNOWLEDGED, AppealState.ASSIGNED, AppealState.WITHDRAWN},
        AppealState.ACKNOWLEDGED: {AppealState.ASSIGNED, AppealState.WITHDRAWN},
        # Back where its handler is in conflict and hands it on; to itself where another takes their place.
        AppealState.ASSIGNED: {
            AppealState.ACKNOWLEDGED,
            AppealState.ASSIGNED,
            AppealState.DECIDED,
            AppealState.WITHDRAWN,
        },
        AppealState.DECIDED: {AppealState.SECOND, AppealState.CLOSED},
        AppealState.SECOND: {AppealState.SECOND_ASSIGNED, AppealState.WITHDRAWN},
        AppealState.SECOND_ASSIGNED: {
            AppealState.SECOND,
            AppealState.SECOND_ASSIGNED,
            AppealState.CLOSED,
            AppealState.WITHDRAWN,
        },
        AppealState.CLOSED: set(),
        AppealState.WITHDRAWN: set(),
    },
    refusal=_("This appeal is “%(old)s”, so it cannot become “%(new)s”."),
)

OVER = (AppealState.CLOSED, AppealState.WITHDRAWN)
WITHOUT_HANDLER = (AppealState.FILED, AppealState.ACKNOWLEDGED, AppealState.SECOND)
WITH_A_HANDLER = (AppealState.ASSIGNED, AppealState.SECOND_ASSIGNED)
OF_SECOND_INSTANCE = (AppealState.SECOND, AppealState.SECOND_ASSIGNED)


class ClockKind(models.TextChoices):
    ACKNOWLEDGE = "acknowledge", _("Acknowledge it")
    INDEPENDENCE = "independence", _("Find an independent handler")
    OUTCOME = "outcome", _("Decide it, with reasons")
    SECOND_FILING = "second_filing", _("Ask for a second look")
    SECOND_OUTCOME = "second_outcome", _("Decide it again, by other people")


# Clocks that we keep; until the other the appellant may ask for a second look.
OURS = (ClockKind.ACKNOWLEDGE, ClockKind.INDEPENDENCE, ClockKind.OUTCOME, ClockKind.SECOND_OUTCOME)


class AppealFinding(models.TextChoices):
    UPHELD = "upheld", _("Upheld")
    PARTLY_UPHELD = "partly_upheld", _("Upheld in part")
    NOT_UPHELD = "not_upheld", _("Not upheld")


class Remedy(models.TextChoices):
    """What an outcome sets in motion beside its words."""

    NONE = "none", _("Nothing beside what is written")
    ANNOTATE = "annotate", _("A note stands beside the values")
    EXCLUDE = "exclude", _("What was done in that time is left out of the values, with the next revision")
    CORRECT = (
        "correct",
        _("The metric’s owner looks for what is missing, and corrects it with the next revision"),
    )
    SUSPEND = "suspend", _("The metric is suspended at once, and the board decides whether it stays so")
    BOARD = "board", _("The charter comes before the board again")
    MISUSE = "misuse", _("The board is asked whether that look was a misuse")
    VOID = "void", _("The decision was made without the explanation it owes, and is void")


# What says beside the values what was going on.
NOTED = (Remedy.ANNOTATE, Remedy.EXCLUDE)
# What changes values, by a revision.
REVISED = (Remedy.EXCLUDE, Remedy.CORRECT)

FOLLOWED_AFTER = (30, 90, 180)  # days after an appeal is over


class Voice(models.TextChoices):
    """Who says a message of an appeal."""

    APPELLANT = "appellant", _("Whoever filed it")
    HANDLER = "handler", _("The handler")
    SERVICE = "service", _("This service")
    INTERNAL = "internal", _("A note among handlers")


class AttachmentKind(models.TextChoices):
    """What an attachment is kept as."""

    PNG = "png", _("Picture")
    JPEG = "jpeg", _("Photo")
    TEXT = "text", _("Text")


# How each is sent.
CONTENT_TYPES = {
    AttachmentKind.PNG: ("image/png", "png"),
    AttachmentKind.JPEG: ("image/jpeg", "jpg"),
    AttachmentKind.TEXT: ("text/plain; charset=utf-8", "txt"),
}
