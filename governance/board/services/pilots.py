"""Pilots: one team that consented tries a charter out, and says what it was like."""

import hashlib
import hmac
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.registry import services as registry
from charter.registry.models import CharterVersion
from governance.board import consents, permissions, queries
from governance.board.effects import find_midnight
from governance.board.events import PilotConcluded, PilotEnded, PilotStarted, SurveyAnswered
from governance.board.models import Case, Pilot, PilotExit, SurveyAnswer
from governance.board.services import notifications
from governance.board.states import PILOT_DAYS, PILOT_TRANSITIONS, ConditionKind, PilotState, Said
from governance.people.models import Cohort, CohortKind, User
from ground import calendar, clock, records
from ground.errors import BadInput, Conflict
from ground.promises import promised


@transaction.atomic(durable=True)
def start_pilot(*, version: CharterVersion, cohort: str, starts_on: date, days: int, by: User) -> Pilot:
    """Let one team's pilot run from a day, for 42 to 56 days, once two thirds of that team have agreed (S127, S128).

    The board must have passed the charter with this team as its condition. It ends by itself.
    """
    version = _current(version)
    permissions.check_can_start_pilot(by, version)
    case = version.cases.get(pk=promised(version.case_id))
    _check_team(cohort, case)
    consent = consents.find_consent(version, cohort)
    if consent is None:
        raise Conflict(
            _("The team has not agreed. Ask its members; two thirds of them have to."), code="no_consent"
        )
    _check_days(starts_on, days, version)
    pilot = records.insert(
        Pilot(
            charter_version=version,
            case=case,
            cohort=cohort,
            consent=consent,
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=days),
            started_by=by,
        )
    )
    begins, ends = find_midnight(pilot.starts_on, version), find_midnight(pilot.ends_on, version)
    registry.run_pilot(version=version, cohort=cohort, begins=begins, ends=ends, by=by)
    ledger.append(PilotStarted(**_recorded(pilot)), by=by.actor)
    notifications.notify_pilot_start(pilot, by)
    return pilot


@transaction.atomic(durable=True)
def end_pilot(*, pilot: Pilot, by: User, reason: str = "") -> Pilot:
    """End a pilot, at once where it still runs; its values are refused from then on. The team may end it too."""
    held = Pilot.objects.select_for_update(of=("self",))
    pilot = held.select_related("charter_version__metric__programme").get(pk=pilot.pk)
    permissions.check_can_end_pilot(by, pilot)
    return _end(pilot, reason.strip(), by)


def stop_pilot(*, pilot: Pilot, reason: str, by: User) -> Pilot:
    """End a pilot whose team agrees no more, in the transaction in which that was found; `by` is the product itself."""
    held = Pilot.objects.select_for_update(of=("self",))
    found = held.select_related("charter_version__metric__programme").get(pk=pilot.pk)
    PILOT_TRANSITIONS.check(found.state, PilotState.ENDED)
    return _end(found, reason, by)


def _end(pilot: Pilot, reason: str, by: User) -> Pilot:
    now = clock.now()
    pilot.state, pilot.ended_at, pilot.ended_by, pilot.ended_because = (
        PilotState.ENDED,
        now,
        by,
        reason,
    )
    pilot.save(update_fields=["state", "ended_at", "ended_by", "ended_because"])
    version = pilot.charter_version
    if version.expires_at is not None and version.expires_at > now:
        begins = min(promised(version.activated_at), now)
        registry.run_pilot(version=version, cohort=pilot.cohort, begins=begins, ends=now, by=by)
    ledger.append(PilotEnded(**_recorded(pilot), reason=pilot.ended_because), by=by.actor)
    notifications.notify_pilot_end(pilot, by)
    return pilot


@transaction.atomic(durable=True)
def write_exit(*, pilot: Pilot, definitions: str, interpretation: str, concerns: str, by: User) -> PilotExit:
    """Write down what a pilot taught, in its three sections (S129). That closes the survey and publishes what it said."""
    pilot = Pilot.objects.select_for_update(of=("self",)).get(pk=pilot.pk)
    permissions.check_can_write_exit(by, pilot)
    sections = {"definitions": definitions, "interpretation": interpretation, "concerns": concerns}
    sections = {name: text.strip() for name, text in sections.items()}
    written = records.insert(PilotExit(pilot=pilot, by=by, **sections))
    ledger.append(PilotConcluded(pilot=pilot.pk, **sections), by=by.actor)
    return written


@transaction.atomic(durable=True)
def answer_survey(*, pilot: Pilot, helpful: Said, misleading: Said, healthier: Said, by: User) -> None:
    """Answer the three questions of a pilot's survey, once (S130, S131). Who answered what is nowhere written.

    Gives nothing back, and the ledger's sealed entry names the pilot alone.
    """
    # Held, so that no answer slips in behind the closing of the survey.
    pilot = Pilot.objects.select_for_update(of=("self",)).get(pk=pilot.pk)
    permissions.check_can_answer_survey(by, pilot)
    answers = {"helpful": helpful, "misleading": misleading, "healthier": healthier}
    records.insert(SurveyAnswer(pilot=pilot, voice=_voice(pilot, by), **answers))
    ledger.append(SurveyAnswered(pilot=pilot.pk), by="anonymous")


def _voice(pilot: Pilot, user: User) -> str:
    """The same for a person in a pilot, and telling nothing to whoever lacks the site's key."""
    text = f"pilot-survey:{pilot.pk}:{user.person_id}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def _current(version: CharterVersion) -> CharterVersion:
    return CharterVersion.objects.select_related("metric__programme", "metric__owner").get(pk=version.pk)


def _check_team(cohort: str, case: Case) -> None:
    """The team must be the one that the board named, and registered."""
    bound = {each.kind: each.value for each in queries.list_conditions(case)}.get(ConditionKind.PILOT_TEAM)
    if bound is None or bound["cohort"] != cohort:
        raise BadInput(_("The board let another team try this out."), field="cohort", code="not_the_team")
    if not Cohort.objects.filter(slug=cohort, kind=CohortKind.TEAM, retired_at__isnull=True).exists():
        raise BadInput(_("There is no team cohort called “%(slug)s”.") % {"slug": cohort}, field="cohort")


def _check_days(starts_on: date, days: int, version: CharterVersion) -> None:
    if days not in PILOT_DAYS:
        raise BadInput(_("A pilot lasts between 42 and 56 days."), field="days")
    if starts_on < calendar.today():
        raise BadInput(_("A pilot begins today or later."), field="starts_on")
    if version.pilots.filter(exit__isnull=False).exists():
        raise Conflict(_("This pilot is concluded. The vote for all comes next."), code="already_written")


def _recorded(pilot: Pilot) -> dict[str, Any]:
    names = ("cohort", "starts_on", "ends_on", "state", "charter_version_id", "case_id", "consent_id")
    return {"pilot": pilot.pk, **{name: getattr(pilot, name) for name in names}}
