"""A team's consent: asked for, answered by each member on a page, counted so that nobody learns who said what."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.registry.models import CharterVersion
from governance.board import consents, permissions
from governance.board.events import ConsentAnswered, ConsentAsked, ConsentGiven, ConsentWithdrawn
from governance.board.models import ConsentAnswer, Pilot, TeamConsent
from governance.board.services import notifications
from governance.board.services.pilots import stop_pilot
from governance.board.states import CONSENT_DAYS, PilotState
from governance.people.models import User
from governance.people.services import get_system_account
from ground import calendar, clock, records
from ground.errors import Conflict


@transaction.atomic
def ask_for_consent(*, version: CharterVersion, cohort: str, by: User) -> TeamConsent:
    """Ask the members of a team whether they agree to a charter; they have two weeks (S127).

    Raises BadInput for a team under the smallest group, of which each answer could be told.
    """
    version = CharterVersion.objects.select_related("metric__programme", "metric__owner").get(pk=version.pk)
    permissions.check_can_ask_for_consent(by, version, cohort)
    today = calendar.today()
    if TeamConsent.objects.filter(
        charter_version=version, cohort=cohort, withdrawn_at__isnull=True, given_at__isnull=False
    ).exists():
        raise Conflict(_("This team agrees already."), code="consent_given")
    if consents.list_open_consents(today).filter(charter_version=version, cohort=cohort).exists():
        raise Conflict(_("This team is being asked already."), code="consent_asked")
    consent = records.insert(
        TeamConsent(
            charter_version=version,
            cohort=cohort,
            asked_by=by,
            answer_by=today + timedelta(days=CONSENT_DAYS),
        )
    )
    ledger.append(
        ConsentAsked(
            consent=consent.pk, cohort=cohort, charter_version_id=version.pk, answer_by=consent.answer_by
        ),
        by=by.actor,
    )
    notifications.notify_consent_asked(consent, by)
    return consent


@transaction.atomic
def answer_consent(*, consent: TeamConsent, agrees: bool, by: User) -> None:
    """Say whether one agrees, or change what one said. Who answered what is nowhere written, and the log names the consent alone.

    Two thirds of all who are in the team today give it; where a change leaves fewer, it is withdrawn and its pilot ends.
    """
    held = TeamConsent.objects.select_for_update(of=("self",))
    consent = held.select_related("charter_version__metric").get(pk=consent.pk)
    permissions.check_can_answer_consent(by, consent)
    voice = consents.make_voice(consent, by.person_id)
    said = ConsentAnswer.objects.filter(consent=consent, voice=voice).first()
    if said is not None and said.agrees == agrees:
        return
    if said is None:
        records.insert(ConsentAnswer(consent=consent, voice=voice, agrees=agrees))
    else:
        said.agrees = agrees
        said.save(update_fields=["agrees"])
    ledger.append(ConsentAnswered(consent=consent.pk), by="anonymous")
    _count(consent, get_system_account())


def _count(consent: TeamConsent, by: User) -> None:
    enough = consents.is_agreed(consent, calendar.today())
    if enough and consent.given_at is None:
        consent.given_at = clock.now()
        consent.save(update_fields=["given_at"])
        ledger.append(ConsentGiven(consent=consent.pk, cohort=consent.cohort), by="anonymous")
    elif not enough and consent.given_at is not None:
        _withdraw(consent, by)


@transaction.atomic(durable=True)
def count_consent(*, consent: TeamConsent, by: User) -> None:
    """Withdraw a consent of which those who are in the team today have not given two thirds, whoever left or came since."""
    held = TeamConsent.objects.select_for_update(of=("self",))
    consent = held.select_related("charter_version__metric").get(pk=consent.pk)
    if consent.holds:
        _count(consent, by)


def _withdraw(consent: TeamConsent, by: User) -> None:
    consent.withdrawn_at = clock.now()
    consent.save(update_fields=["withdrawn_at"])
    ledger.append(ConsentWithdrawn(consent=consent.pk, cohort=consent.cohort), by="anonymous")
    notifications.notify_consent_withdrawn(consent, by)
    for pilot in Pilot.objects.filter(consent=consent, state=PilotState.RUNNING):
        stop_pilot(pilot=pilot, reason=_("The team agrees no more."), by=by)
