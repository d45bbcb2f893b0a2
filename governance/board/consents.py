"""Reads of teams' consent: who is asked, what is asked, and what holds."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from charter.programme.queries import get_programme
from charter.registry.models import CharterVersion
from governance.board.models import ConsentAnswer, TeamConsent
from governance.board.states import CONSENT_DAYS
from governance.people.models import Membership
from ground import calendar
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


def is_agreed(consent: TeamConsent, on: date) -> bool:
    """Whether two thirds of those agree who are in the team on a day; never under the smallest group, where each answer would show.

    What others said who have left counts no more, and who came after it was given counts once they have answered, or had as
    many days for it as the others.
    """
    members = {person: make_voice(consent, person) for person in list_members(consent.cohort, on)}
    if len(members) < get_programme().minimum_group:
        return False
    agreed = {each.voice: each.agrees for each in ConsentAnswer.objects.filter(consent=consent)}
    late = _list_newcomers(consent, on)
    counted = [voice for person, voice in members.items() if voice in agreed or person not in late]
    return bool(counted) and 3 * sum(agreed.get(voice, False) for voice in counted) >= 2 * len(counted)


def list_newcomers(consent: TeamConsent, on: date) -> dict[UUID, date]:
    """Who came into the team after it agreed, with the day from which they count, answered or not."""
    if consent.given_at is None:
        return {}
    given = calendar.find_day(consent.given_at)
    came = Membership.objects.on(on).filter(team__cohorts__slug=consent.cohort, valid_from__gt=given)
    return {
        person: since + timedelta(days=CONSENT_DAYS)
        for person, since in came.values_list("person_id", "valid_from")
    }


def _list_newcomers(consent: TeamConsent, on: date) -> set[UUID]:
    return {person for person, counts in list_newcomers(consent, on).items() if on < counts}


def list_fallen_short(on: date) -> Iterator[TeamConsent]:
    """Consents that were given, and to which fewer than two thirds of today's team agree."""
    held = list_consents().filter(given_at__isnull=False, withdrawn_at__isnull=True)
    return (each for each in held if not is_agreed(each, on))


def make_voice(consent: TeamConsent, person: object) -> str:
    """The same for a person of one consent, and telling nothing to whoever lacks the site's key."""
    text = f"team-consent:{consent.pk}:{person}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
