"""What the log keeps of evidence packs."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class _OfAPack(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    names_row = "pack"

    pack: UUID


class PackAsked(_OfAPack):
    kind = "packs.asked"
    sentence = _("An evidence pack was asked for, of %(since)s to before %(until)s.")

    since: date
    until: date


class PackMade(_OfAPack):
    """`sha256` is of the archive, `manifest_sha256` of the list of its files, which the key of receipts has signed."""

    kind = "packs.made"
    sentence = _("An evidence pack was made, of %(since)s to before %(until)s: %(sha256)s.")

    since: date
    until: date
    sha256: str
    manifest_sha256: str


class PackFailed(_OfAPack):
    kind = "packs.failed"
    sentence = _("An evidence pack could not be made: %(because)s")

    because: str


class PackTaken(_OfAPack):
    kind = "packs.taken"
    visibility = Visibility.RESTRICTED
    retention = Retention.USE
    sentence = _("An evidence pack was downloaded.")
