"""What the log keeps of notices: that they were given, mailed and read, never what they say."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, UnsetType, field

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class _OfNotice(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL


class NoticeGiven(_OfNotice):
    kind = "notices.notice.given"
    sentence = _("An account was told something (%(kind)s).")
    names_row = "notice"

    notice: UUID
    about: str = field(name="kind")
    once: str
    to: UUID


class NoticeRead(_OfNotice):
    kind = "notices.notice.read"
    sentence = _("An account read what it was told.")

    # One, or all that were unread.
    notice: UUID | UnsetType = UNSET
    notices: Sequence[UUID] | UnsetType = UNSET


class _OfMail(_OfNotice):
    names_row = "notice"

    notice: UUID
    attempts: int


class NoticeMailed(_OfMail):
    kind = "notices.notice.mailed"
    sentence = _("A notice was mailed, at attempt %(attempts)s.")


class NoticeNotMailed(_OfMail):
    kind = "notices.notice.not_mailed"
    sentence = _("A notice was not mailed: %(attempts)s attempts failed.")
