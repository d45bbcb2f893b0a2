"""What the log keeps of the programme: its beginning, decisions, settings and contract."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class _OfProgramme(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    names_row = "programme"


class ProgrammeEstablished(_OfProgramme):
    kind = "registry.programme.established"
    sentence = _("The programme “%(name)s” was begun, for this: %(purpose)s")

    programme: UUID
    slug: str
    name: str
    purpose: str
    time_zone: str


class ProgrammeApproved(_OfProgramme):
    kind = "registry.programme.approved"
    sentence = _("The programme was approved.")

    programme: UUID
    # The first day whose data charters may use that were written before.
    data_from: date | None


class DecisionsDeclared(_OfProgramme):
    kind = "registry.decisions.declared"
    sentence = _("The programme declared these decisions: %(decisions)s.")

    programme: UUID
    decisions: Sequence[str]


class SettingsChanged(_OfProgramme):
    kind = "registry.settings.changed"
    sentence = _("Settings of the programme were changed by a case: %(changes)s.")
    names_row = "case"

    case: UUID
    changes: Mapping[str, Any]
    former: Mapping[str, Any]


class ContractPublished(_OfProgramme):
    kind = "registry.contract.published"
    sentence = _("Version %(number)s of the contract was published.")
    names_row = "contract"

    contract: UUID
    number: int
    content_hash: str
    can: str
    cannot: str
    disputes: str
