"""Whom training tells what, once: that the rules have changed, and that what somebody attested ends."""

from datetime import date

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from charter.registry.models import RulebookVersion
from governance.notices.services import notify
from governance.people.models import User
from governance.training.models import Attestation

RULES, ATTESTATION = "training.rules", "training.attestation"
ENDED = "ended"
CUT = "cut"


def name_rules_notice(version: RulebookVersion) -> str:
    """The name under which an account is told of these rules once."""
    return f"{RULES}:{version.pk}"


def name_end_notice(attestation: Attestation, stage: str) -> str:
    """The name under which an account is told once, at a stage, when what it attested ends."""
    return f"{ATTESTATION}:{attestation.pk}:{attestation.until}:{stage}"


@transaction.atomic(durable=True)
def notify_rules_changed(version: RulebookVersion, *, to: User, by: User) -> bool:
    """Tell an account that acknowledged earlier rules that new ones are in force."""
    said = {"number": version.number}
    told = notify(
        to=to,
        kind=RULES,
        subject=_("The rules have changed: version %(number)s is in force") % said,
        text=_(
            "You acknowledged earlier rules. The page of the rules shows what has changed since. Until you acknowledge "
            "version %(number)s, every question you ask is refused."
        )
        % said,
        path="/rules",
        once=name_rules_notice(version),
        by=by,
    )
    return told is not None


@transaction.atomic(durable=True)
def notify_attestation_end(attestation: Attestation, *, today: date, stage: str, by: User) -> bool:
    """Tell an account that what it attested ends, or has ended; `attestation` comes with its `until`, the last day."""
    told = notify(
        to=attestation.user,
        kind=ATTESTATION,
        subject=_subject((attestation.until - today).days),
        text=" ".join(_sentences(attestation)),
        path="/training",
        once=name_end_notice(attestation, stage),
        by=by,
    )
    return told is not None


def _subject(left: int) -> str:
    if left < 0:
        return _("Your training in the rules has lapsed")
    if left == 0:
        return _("Your training in the rules lapses after today")
    text = ngettext(
        "Your training in the rules lapses in %(left)s day",
        "Your training in the rules lapses in %(left)s days",
        left,
    )
    return text % {"left": left}


def _sentences(attestation: Attestation) -> list[str]:
    until = {"day": date_format(attestation.until, "j F Y")}
    cut = attestation.until < attestation.valid_until
    return [
        *([_("A new course has been published that everybody is asked to take.")] if cut else []),
        _("What you attested counts until %(day)s, that day included.") % until,
        _("After that performance views of others stay shut to you until you have taken the course again."),
    ]
