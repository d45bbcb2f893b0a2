"""Reads of teams' consent: who is asked, what is asked, and what holds."""

from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from charter.registry.models import CharterVersion
from governance.board.models import TeamConsent
from governance.people.models import Membership
from ground.errors import NotFound


def list_members(cohort: str, on: date) -> list[UUID]:
    """The people in a cohort's teams on a day, with an account or without, by key."""
    found = Membership.objects.on(on).filter(team__cohorts__slug=cohort)
    return list(found.values_list("person_id", flat=True).distinct())


def list_open_consents(on: date) -> QuerySet[TeamConsent]:
    """Consents that teams are asked for and have not given."""
    return list_consents().filter(given_at__isnull=True, answer_by__gt=on)


def list_consents() -> QuerySet[TeamConsent]:
    """All consents that teams were asked for, newest first."""
    return TeamConsent.objects.select_related("charter_version__metric__owner", "asked_by")


def get_consent(key: UUID) -> TeamConsent:
    """One consent. Raises NotFound."""
    found = list_consents().filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such consent."), code="consent_not_found")
    return found


def find_consent(version: CharterVersion, cohort: str) -> TeamConsent | None:
    """The consent of a team to a charter that holds now."""
    held = list_consents().filter(given_at__isnull=False, withdrawn_at__isnull=True)
    return held.filter(charter_version=version, cohort=cohort).first()
