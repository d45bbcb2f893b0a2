"""Alerts and what follows from them: an owner who chooses what is done, the board where nobody does, and what came of it."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from audits.strain import permissions, queries
from audits.strain.events import (
    ActionChosen,
    AlertEased,
    AlertHandedOver,
    AlertRaised,
    FollowUpWritten,
    StrainReported,
)
from audits.strain.limits import CHOOSE_DAYS, REMEDY_DAYS
from audits.strain.models import AlertFollowUp, StrainAlert, StrainReport, TeamSignal
from audits.strain.queries import StrainedTeam
from audits.strain.states import ALERT_TRANSITIONS, AlertState, FollowedBy, LoadRemedy, ReportKind
from governance.board.councils import list_places_of
from governance.board.services import open_case
from governance.board.states import CaseKind
from governance.notices.services import notify
from governance.people.models import Cohort, User
from ground import calendar, clock, records
from ground.errors import BadInput, Conflict
from ground.parsing import read_prose


@transaction.atomic(durable=True)
def raise_alert(*, team: StrainedTeam, by: User) -> StrainAlert:
    """Open an alert with its action: who acts on it, and by when they have to choose. Raises Conflict where one is under way."""
    permissions.check_tells(by)
    if StrainAlert.objects.filter(
        cohort=team.cohort, state__in=[AlertState.OPEN, AlertState.ACTING]
    ).exists():
        raise Conflict(_("An alert of this team is under way."), code="under_way")  # fmt: skip
    owner = queries.find_owner(team.cohort)
    alert = records.insert(
        StrainAlert(
            cohort=team.cohort,
            signals=[each.signal for each in team.signals],
            clues=sorted(each.value for each in team.conclusion.pointing),
            since=min(each.since for each in team.signals if each.since is not None),
            ends_on=team.signals[0].ends_on,
            owner=owner,
            choose_by=calendar.today() + timedelta(days=CHOOSE_DAYS),
        )
    )
    said = AlertRaised(
        alert=alert.pk,
        cohort=team.cohort.slug,
        signals=alert.signals,
        clues=alert.clues,
        owner=owner.pk if owner else None,
    )
    ledger.append(said, by=by.actor)
    _tell_owner(alert, by)
    _tell_team(alert, by)
    return alert


def _tell_team(alert: StrainAlert, by: User) -> None:
    """Tell those of the team the same day; a step of what raises an alert, which appends."""
    for member in queries.list_members(alert.cohort):
        if member.pk != alert.owner_id:
            notify(
                to=member,
                kind="strain.team",
                subject=_("More load than your team should carry: %(team)s") % {"team": alert.cohort.name},
                text=_(
                    "Several clues say so, and an alert was raised. It says nothing of anybody in the team. You can read what it rests on, "
                    "and what is done: say what is missing from it."
                ),
                path=f"/strain/teams/{alert.cohort_id}",
                once=f"strain-team:{alert.pk}:{member.pk}",
                by=by,
            )


def _tell_owner(alert: StrainAlert, by: User) -> None:
    """Tell who acts on it; a step of what raises an alert or hands it over, which appends."""
    if alert.owner is None:
        return
    notify(
        to=alert.owner,
        kind="strain.alert",
        subject=_("Clues of strain: %(team)s") % {"team": alert.cohort.name},
        text=_(
            "Several clues say that this team carries more than it should. Choose by %(day)s what is done: rebalance the work, add "
            "people or reduce scope. If nothing is chosen by then, the board is asked. Clues, not a diagnosis."
        )
        % {"day": alert.choose_by.isoformat()},
        path=f"/strain/alerts/{alert.pk}",
        once=f"strain-alert:{alert.pk}:{alert.owner.pk}",
        by=by,
    )


@transaction.atomic(durable=True)
def choose_action(
    *, alert: StrainAlert, remedy: LoadRemedy, doing: str, due_on: date, by: User
) -> StrainAlert:
    """Choose what is done about an alert, or choose again. Raises NotPermitted, Conflict where it has eased, BadInput."""
    permissions.check_acts(by, alert)
    alert = _lock(alert)
    doing = read_prose(doing, field="doing")
    if not doing:
        raise BadInput(
            _("Say what is done, of the work and not of a person."), field="doing", code="required"
        )
    today = calendar.today()
    if not today < due_on <= today + timedelta(days=REMEDY_DAYS):
        raise BadInput(
            _("Choose a day after today, and within %(days)d days.") % {"days": REMEDY_DAYS}, field="due_on"
        )
    ALERT_TRANSITIONS.check(alert.state, AlertState.ACTING)
    alert.state = AlertState.ACTING
    alert.remedy, alert.doing, alert.due_on, alert.chosen_at = remedy.value, doing, due_on, clock.now()
    alert.save(update_fields=["state", "remedy", "doing", "due_on", "chosen_at"])
    ledger.append(ActionChosen(alert=alert.pk, remedy=remedy.value, due_on=due_on), by=by.actor)
    return alert


@transaction.atomic(durable=True)
def hand_over(*, alert: StrainAlert, by: User) -> StrainAlert:
    """Give an alert whose owner has left to who acts on the team's strain now; to nobody where nobody is there, for the board."""
    permissions.check_tells(by)
    alert = _lock(alert)
    alert.owner = queries.find_owner(alert.cohort)
    alert.save(update_fields=["owner"])
    owner = alert.owner.pk if alert.owner else None
    ledger.append(AlertHandedOver(alert=alert.pk, owner=owner), by=by.actor)
    _tell_owner(alert, by)
    return alert


@transaction.atomic(durable=True)
def ease_alert(*, alert: StrainAlert, by: User) -> StrainAlert:
    """Close an alert whose signals are within their limits again."""
    permissions.check_tells(by)
    alert = _lock(alert)
    ALERT_TRANSITIONS.check(alert.state, AlertState.EASED)
    alert.state, alert.eased_at = AlertState.EASED, clock.now()
    alert.save(update_fields=["state", "eased_at"])
    ledger.append(AlertEased(alert=alert.pk), by=by.actor)
    return alert


@transaction.atomic(durable=True)
def report_to_board(*, alert: StrainAlert, kind: ReportKind, missed: date, by: User) -> StrainReport:
    """Put an alert that nobody acts on in time to the board (S112)."""
    permissions.check_tells(by)
    return _report(alert.cohort, kind, missed, alert, by)


@transaction.atomic(durable=True)
def report_lasting(*, signal: TeamSignal, by: User) -> StrainReport:
    """Report a team in exception mode at the end of two quarters in a row to the board, as strain of the organisation (S119)."""
    permissions.check_tells(by)
    return _report(signal.cohort, ReportKind.LASTING, signal.ends_on, None, by)


def _report(
    cohort: Cohort, kind: ReportKind, ends_on: date, alert: StrainAlert | None, by: User
) -> StrainReport:
    """A step of what puts strain to the board."""
    lasting = kind is ReportKind.LASTING
    case = open_case(
        kind=CaseKind.STRAIN,
        subject=(
            _("Strain of the organisation: %(team)s") if lasting else _("Strain of a team: %(team)s")
        ) % {"team": cohort.name},
        question=_(
            "%(why)s. What does the organisation do: rebalance the work, add people, or reduce scope? Clues, not a diagnosis: nothing "
            "of this may be used about a person."
        ) % {"why": kind.label},
        places=None if lasting else list_places_of(cohort.slug, calendar.today()),
        by=by,
    )  # fmt: skip
    report = records.insert(
        StrainReport(cohort=cohort, kind=kind.value, alert=alert, ends_on=ends_on, case=case)
    )
    said = StrainReported(report=report.pk, cohort=cohort.slug, why=kind.value, case=case.pk)
    ledger.append(said, by=by.actor)
    return report


@transaction.atomic(durable=True)
def write_follow_up(
    *,
    alert: StrainAlert,
    turnover: FollowedBy,
    regressions: FollowedBy,
    knowledge_lost: FollowedBy,
    helped: bool | None,
    by: User,
) -> AlertFollowUp:
    """Write what followed an alert, of the team as a whole (S126). Raises NotPermitted, Conflict where nothing was done yet."""
    permissions.check_acts(by, alert)
    if not alert.remedy and alert.state != AlertState.EASED:
        raise Conflict(_("Choose first what is done; then see whether it helped."), code="nothing_done")
    found = records.insert(
        AlertFollowUp(
            alert=alert,
            turnover=turnover.value,
            regressions=regressions.value,
            knowledge_lost=knowledge_lost.value,
            helped=helped,
            written_by=by,
        )
    )
    ledger.append(FollowUpWritten(follow_up=found.pk, alert=alert.pk), by=by.actor)
    return found


def _lock(alert: StrainAlert) -> StrainAlert:
    """The alert as it is now, held. Raises Conflict where it has eased."""
    found = (
        StrainAlert.objects.select_for_update(of=("self",)).select_related("cohort", "owner").get(pk=alert.pk)
    )
    if found.state == AlertState.EASED:
        raise Conflict(_("This alert has eased already."), code="eased")
    return found  # fmt: skip
