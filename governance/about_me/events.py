"""What the log keeps of people who read about themselves."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class OwnDataDownloaded(Event):
    """What was in it stands in no entry: only that it was taken, and by `by`."""

    kind = "about_me.downloaded"
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    sentence = _("Somebody took a copy of what is held about them.")


class _OfInclusion(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    names_row = "inclusion"

    inclusion: UUID


class InclusionTold(_OfInclusion):
    kind = "about_me.inclusion.told"
    sentence = _("An account was told in writing what is measured about its person: %(versions)s.")

    user: UUID
    versions: Sequence[str]


class InclusionAcknowledged(_OfInclusion):
    kind = "about_me.inclusion.acknowledged"
    sentence = _("Somebody acknowledged what they were told is measured about them.")


class _OfLeaverCode(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    names_row = "code"

    code: UUID


class LeaverCodeMade(_OfLeaverCode):
    kind = "about_me.leaver_code.made"
    sentence = _("Somebody made a code by which they read what is held about them after they have left.")


class LeaverCodeRevoked(_OfLeaverCode):
    kind = "about_me.leaver_code.revoked"
    sentence = _("A code for after leaving was taken back, or another took its place.")


class LeaverCameBack(_OfLeaverCode):
    kind = "about_me.leaver_code.used"
    sentence = _("Somebody who has left opened, by their code, what is held about them.")


class _OfLeaverAddress(Event):
    """The address stands in no entry."""

    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    names_row = "address"

    address: UUID


class LeaverAddressGiven(_OfLeaverAddress):
    kind = "about_me.leaver_address.given"
    sentence = _(
        "Somebody gave a private address by which they read what is held about them after they have left."
    )


class LeaverAddressConfirmed(_OfLeaverAddress):
    kind = "about_me.leaver_address.confirmed"
    sentence = _("Somebody confirmed their private address for after they have left, by a link mailed to it.")


class LeaverAddressDropped(_OfLeaverAddress):
    kind = "about_me.leaver_address.dropped"
    sentence = _(
        "A private address for after leaving was taken back and forgotten, or another took its place."
    )


class LeaverLinkUsed(_OfLeaverAddress):
    kind = "about_me.leaver_address.used"
    sentence = _("Somebody who has left opened, by a link to their private address, what is held about them.")
