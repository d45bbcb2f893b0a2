"""Words and transitions of strain: alerts, what is done about them, what people saw, and what is written about releases."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ground.transitions import Transitions


class AlertState(models.TextChoices):
    OPEN = "open", _("Waits for its owner to choose what is done")
    ACTING = "acting", _("Something is being done")
    EASED = "eased", _("Eased")


class LoadRemedy(models.TextChoices):
    """What can be done about strain. Coaching one person is no choice (S113)."""

    REBALANCE = "rebalance", _("Rebalance the work")
    STAFF = "staff", _("Add people")
    REDUCE_SCOPE = "reduce_scope", _("Reduce scope")


class Sight(models.TextChoices):
    """What a manager may say that they saw of a team; no words are typed, so nobody can be named (S114, S156)."""

    LATE_WORK = "late_work", _("Work goes on into the evening or the weekend")
    NO_BREATH = "no_breath", _("One urgent thing follows another, without time between")
    PUT_OFF = "put_off", _("Planned work, learning or mending is put off again and again")
    LEAVE_PUT_OFF = "leave_put_off", _("Leave is put off or broken into")
    FEWER_HANDS = "fewer_hands", _("The same work falls on fewer people than before")
    GOES_WELL = "goes_well", _("Nothing of that: the load looks bearable")


class FollowedBy(models.TextChoices):
    """How something stands beside the time before an alert. In words: numbers of so few would name people."""

    LESS = "less", _("Less than before")
    SAME = "same", _("As before")
    MORE = "more", _("More than before")
    UNKNOWN = "unknown", _("Not known")


class ReportKind(models.TextChoices):
    """Why strain reached the board."""

    IGNORED = "ignored", _("Nobody chose what is done, by the day it was due")
    OVERDUE = "overdue", _("What was chosen is past its day, and the strain has not eased")
    NO_OWNER = "no_owner", _("Nobody is left to act on it")
    LASTING = "lasting", _("In exception mode at the end of two quarters in a row")


class ReleaseAppetite(models.TextChoices):
    """How much new work a team may release, by how much of its error budget is used (S153)."""

    USUAL = "usual", _("As usual")
    REDUCED = "reduced", _("Reduced")
    HELD = "held", _("Held")
    UNKNOWN = "unknown", _("Not known")


class TradeChoice(models.TextChoices):
    """What product and engineering chose while a budget burns."""

    RELIABILITY_FIRST = "reliability_first", _("Reliability first: new work waits")
    FEWER_RELEASES = "fewer_releases", _("Fewer releases, each with more checks")
    ACCEPT_RISK = "accept_risk", _("Release as planned, and bear the risk together")


class TradeSide(models.TextChoices):
    PRODUCT = "product", _("Product")
    ENGINEERING = "engineering", _("Engineering")


class PathItem(models.TextChoices):
    """What a healthy path looks like, a team (S120)."""

    ROTATION = "rotation", _("Reasonable rotation on call")
    IN_PROGRESS = "in_progress", _("Work in progress that can be managed")
    DOWNTIME = "downtime", _("Planned time off")
    STEADY = "steady", _("Steady delivery")


ALERT_TRANSITIONS = Transitions(
    {
        AlertState.OPEN: {AlertState.ACTING, AlertState.EASED},
        AlertState.ACTING: {AlertState.ACTING, AlertState.EASED},
        AlertState.EASED: set(),
    },
    refusal=_("An alert that is %(old)s cannot become %(new)s."),
)

UNDER_WAY = (AlertState.OPEN, AlertState.ACTING)
