"""What an outcome sets in motion: the owner looks for what is missing, the board looks at the charter again.

What others read of it names no appeal: a case says what any other of its kind says.
"""

from datetime import timedelta

from django.utils.translation import gettext as _

from charter.registry.models import CharterVersion, Metric
from governance.appeals.models import AppealOutcome
from governance.appeals.states import AppealFinding, Remedy
from governance.appeals.words import AppealAbout
from governance.board import services as board
from governance.board.models import Case
from governance.board.states import CaseKind, CaseState
from governance.notices.services import notify
from governance.people.services import get_system_account
from ground.errors import BadInput

_YEAR = timedelta(days=365)
REOPENS_AT = 3
_FOUND_RIGHT = (AppealFinding.UPHELD, AppealFinding.PARTLY_UPHELD)


def check(act: Remedy, about: AppealAbout) -> None:
    """Raise BadInput where there is nothing that it could be done to."""
    if act in (Remedy.CORRECT, Remedy.BOARD) and not about.metrics:
        raise BadInput(
            _("This appeal is about no metric, so there is none to correct or to look at again."), field="act"
        )
    if act == Remedy.VOID and about.decision is None:
        raise BadInput(_("This appeal is about no use of values that could be void."), field="act")


def set_in_motion(outcome: AppealOutcome, about: AppealAbout) -> None:
    """Do what was decided, in its transaction; a third appeal that was right within a year reopens a charter by itself."""
    for metric in Metric.objects.filter(slug__in=outcome.metrics, current__isnull=False).select_related(
        "current", "owner"
    ):
        if outcome.act == Remedy.CORRECT:
            _tell_owner(metric, outcome)
        if outcome.act == Remedy.BOARD or _is_third(metric, outcome):
            _reopen(metric)


def _is_third(metric: Metric, outcome: AppealOutcome) -> bool:
    if outcome.finding not in _FOUND_RIGHT:
        return False
    right = AppealOutcome.objects.filter(
        finding__in=_FOUND_RIGHT, metrics__contains=[metric.slug], decided_at__gt=outcome.decided_at - _YEAR
    )
    count = right.values("appeal").distinct().count()
    return count % REOPENS_AT == 0


def _reopen(metric: Metric) -> None:
    version: CharterVersion | None = metric.current
    running = Case.objects.filter(
        kind=CaseKind.UNINTENDED_CONSEQUENCES, charter_version=version, state=CaseState.OPEN
    )
    if version is None or running.exists():
        return
    board.open_case(
        kind=CaseKind.UNINTENDED_CONSEQUENCES,
        charter_version=version,
        subject=_("What %(metric)s has led to") % {"metric": metric.name},
        question=_(
            "It is looked at again before its time. Did people change what they do because of it, was anybody harmed, and may it stay as it is? Write findings into the discussion."
        ),
        by=get_system_account(),
    )


def _tell_owner(metric: Metric, outcome: AppealOutcome) -> None:
    notify(
        to=metric.owner,
        kind="appeals.correct",
        subject=_("Look whether rows of %(metric)s are missing") % {"metric": metric.name},
        text=_(
            "What you find is proposed as a revision, with all that came late, and confirmed by an auditor."
        ),
        path="/revisions",
        once=f"correct:{outcome.pk}:{metric.pk}",
        by=get_system_account(),
    )
