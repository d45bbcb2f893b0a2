"""What the log keeps of other systems that ask: who may ask for others, and what was searched for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class _OfPoint(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    names_row = "point"

    point: UUID
    client: UUID


class EnforcementPointRegistered(_OfPoint):
    kind = "authzen.point.registered"
    sentence = _(
        "A machine became an enforcement point: it may ask what others may do. What for: %(purpose)s"
    )

    purpose: str


class EnforcementPointEnded(_OfPoint):
    kind = "authzen.point.ended"
    sentence = _("A machine is no enforcement point any more: %(why)s")

    why: str


class UsesSearched(Event):
    """`account` is whose uses they are, null where subjects were looked for; `through` the enforcement point, where one asked."""

    kind = "authzen.searched"
    visibility = Visibility.RESTRICTED
    retention = Retention.USE
    sentence = _("It was searched which %(sought)s of a use would be allowed; no value was read.")

    sought: str
    account: UUID | None
    through: UUID | None
    decision: str | None
    metric: str | None
    asked: Mapping[str, Any]
