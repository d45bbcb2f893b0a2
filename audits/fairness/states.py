"""Words and transitions of fairness audits."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ground.transitions import Transitions


class FairnessState(models.TextChoices):
    OPEN = "open", _("Being judged")
    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Flagged")


TRANSITIONS = Transitions(
    {
        FairnessState.OPEN: {FairnessState.PASSED, FairnessState.FAILED},
        FairnessState.PASSED: set(),
        FairnessState.FAILED: set(),
    },
    refusal=_("This audit is “%(old)s”, so it cannot become “%(new)s”."),
)


class HarmHypothesis(models.TextChoices):
    """Who may be harmed though no number says so (S102)."""

    REMOTE = "remote", _("People who work remotely")
    CAREGIVERS = "caregivers", _("People who care for somebody")
    SUPPORT = "support", _("Teams with much support work")
    INVISIBLE = "invisible", _("Senior people whose work is not seen")


class HarmAnswer(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Unknown")


QUESTIONS = {
    HarmHypothesis.REMOTE: _("Are people who work remotely worse off by these metrics?"),
    HarmHypothesis.CAREGIVERS: _("Are people who care for somebody worse off by these metrics?"),
    HarmHypothesis.SUPPORT: _("Are teams with much support work worse off by these metrics?"),
    HarmHypothesis.INVISIBLE: _("Are senior people whose work is not seen worse off by these metrics?"),
}


class AuditedAttribute(models.TextChoices):
    """What people are grouped by (S101); what each person has of it stands in the organisation's import."""

    TEAM_TYPE = "team_type", _("Team type")
    LOCATION = "location", _("Location")
    ROLE = "role", _("Role")
    TENURE = "tenure", _("Tenure")
    ARRANGEMENT = "arrangement", _("Working arrangement")


class TenureBand(models.TextChoices):
    FIRST = "first", _("Under 1 year")
    SECOND = "second", _("1 to 2 years")
    THIRD = "third", _("3 to 5 years")
    FOURTH = "fourth", _("6 years and more")
