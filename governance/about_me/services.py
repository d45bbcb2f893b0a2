"""The only writers of what is kept of people who read about themselves."""

import hashlib
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from audits.ledger.models import Entry
from charter.rules import words
from governance.about_me.events import InclusionAcknowledged, InclusionTold, OwnDataDownloaded
from governance.about_me.models import Inclusion
from governance.about_me.permissions import check_can_acknowledge, check_can_read_own
from governance.about_me.queries.included import IncludedMetric
from governance.about_me.queries.telling import DueTelling
from governance.notices.services import notify
from governance.people.models import User
from ground import clock


@transaction.atomic(durable=True)
def record_download(*, by: User) -> Entry:
    """Put on the log that somebody takes a copy of what is held about them; its receipt dates and signs the copy."""
    check_can_read_own(by)
    return ledger.append(OwnDataDownloaded(), by=by.actor)


@transaction.atomic(durable=True)
def tell_inclusion(*, telling: DueTelling, by: User) -> bool:
    """Tell an account in writing what counts its person, once; False where somebody was quicker."""
    user = User.objects.get(pk=telling.user)
    text = _write_text(telling)
    given = notify(
        to=user,
        kind="about_me.inclusion",
        subject=_("What is measured about you")
        if telling.first
        else _("A change in what is measured about you"),
        text=text,
        path="/about-me/told",
        once=f"inclusion:{hashlib.sha256(' '.join(telling.versions).encode()).hexdigest()}",
        by=by,
    )
    if given is None:
        return False
    inclusion = Inclusion.objects.create(
        user=user, versions=telling.versions, first=telling.first, text=text, told_at=clock.now(), told_by=by
    )
    ledger.append(InclusionTold(inclusion=inclusion.pk, user=user.pk, versions=telling.versions), by=by.actor)
    return True


@transaction.atomic(durable=True)
def acknowledge_inclusion(*, inclusion: Inclusion, by: User) -> Inclusion:
    """Keep that an account has read what it was told; saying so again changes nothing."""
    check_can_acknowledge(by, inclusion)
    inclusion = Inclusion.objects.select_for_update().get(pk=inclusion.pk)
    if inclusion.acknowledged_at is None:
        inclusion.acknowledged_at = clock.now()
        inclusion.save(update_fields=["acknowledged_at"])
        ledger.append(InclusionAcknowledged(inclusion=inclusion.pk), by=by.actor)
    return inclusion


def _write_text(telling: DueTelling) -> str:
    """What counts the person now, what may from when the board has decided, and where all of it stands."""
    said = []
    if telling.now:
        said.append(_("You are counted in: %(metrics)s.") % {"metrics": _names(telling.now)})
    if telling.coming:
        said.append(
            _("Before the review board, and in force only if it passes: %(metrics)s.")
            % {"metrics": _names(telling.coming)}
        )
    said.append(
        _(
            "Your page “About me” says what each counts, how long it is kept, who looked, and how to contest it. "
            "Please acknowledge that you have read this."
        )
    )
    return "\n\n".join(said)


def _names(metrics: Sequence[IncludedMetric]) -> str:
    return words.listed(
        _("%(name)s (charter version %(number)s)") % {"name": words.inside(each.name), "number": each.version}
        for each in metrics
    )
