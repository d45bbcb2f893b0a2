"""Words of use checks: what is answered, what the evidence at hand lacks, and where a file of checks stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from charter.rules.vocabulary import Outcome
from ground.transitions import Transitions


class UseAnswer(models.TextChoices):
    """May we use this?"""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    BOARD = "board", _("Ask the board")


ANSWER_OF = {
    Outcome.PERMIT: UseAnswer.YES,
    Outcome.DENY: UseAnswer.NO,
    Outcome.REFER: UseAnswer.BOARD,
}


class NeedKind(models.TextChoices):
    """What has to happen before a change is answered as it says: nothing of it can be sent with a question."""

    EVIDENCE = "evidence", _("Bring a piece of evidence")
    ACCOUNTABLE = "accountable", _("Name the person who answers for the decision")
    AFFIRMATION = "affirmation", _("Affirm what the charter asks, if it is so")
    FAIRNESS_AUDIT = "fairness_audit", _("A fairness audit has to be passed")
    CONFIRMED_NOTE = "confirmed_note", _("Open context notes have to be confirmed or turned down")


class EvidenceWarning(models.TextChoices):
    """What is thin about the evidence or the metrics at hand (S86, S95)."""

    NOT_RECORDED = "not_recorded", _("Evidence that is named here is no record, so nobody else can open it.")
    NOT_CHECKED = "not_checked", _("Evidence that is named here has been opened by nobody but its writer.")
    REFUTED = (
        "refuted",
        _("Evidence that is named here does not say what is claimed, as somebody found who opened it."),
    )
    OTHER_PERSON = "other_person", _("Evidence that is named here is about somebody else.")
    ONE_PROJECT = "one_project", _("All evidence is of one project.")
    SHORT_OF_PERIOD = "short_of_period", _("The evidence covers less than the review period.")
    RECENT_ONLY = "recent_only", _("All evidence is of the last eight weeks.")
    MANAGER_ONLY = "manager_only", _("All evidence is what the manager says.")
    ONE_VISIBLE_KIND = (
        "one_visible_kind",
        _(
            "All evidence is of one kind, and of one that is seen without looking for it. Ask for mentoring, design reviews and support of other teams too."
        ),
    )
    DORA_ONLY = (
        "dora_only",
        _("The metrics are DORA’s four alone. They speak of a team’s delivery, and of nobody’s work in it."),
    )
    OUTSIDE_PROFILE = "outside_profile", _("Evidence is of a kind that the role’s profile does not name.")


class BulkState(models.TextChoices):
    """Where a file of intended uses stands."""

    WAITING = "waiting", _("Being checked")
    DONE = "done", _("Done")
    FAILED = "failed", _("Stopped")


BULK_TRANSITIONS = Transitions(
    {
        BulkState.WAITING: {BulkState.DONE, BulkState.FAILED},
        BulkState.DONE: set(),
        BulkState.FAILED: set(),
    },
    refusal=_("This file is “%(old)s”, so it cannot become “%(new)s”."),
)


class SheetFormat(models.TextChoices):
    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Excel (XLSX)")
