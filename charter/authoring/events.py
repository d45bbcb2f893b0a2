"""What the log keeps of drafts."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class _OfDraft(Event):
    visibility = Visibility.OPEN
    retention = Retention.OPERATIONAL
    names_row = "draft"

    draft: UUID
    metric: str


class DraftStarted(_OfDraft):
    kind = "registry.draft.started"
    sentence = _("A draft of a charter of %(metric)s was begun.")

    based_on: UUID | None


class DraftSaved(_OfDraft):
    kind = "registry.draft.saved"
    sentence = _("The heading “%(heading)s” of a draft of a charter of %(metric)s was saved.")

    heading: str
    digest: str


class DraftShared(_OfDraft):
    kind = "registry.draft.shared"
    sentence = _("A draft of a charter of %(metric)s was shared with an account, to %(right)s along.")

    user: UUID
    right: str


class DraftUnshared(_OfDraft):
    kind = "registry.draft.unshared"
    sentence = _("A draft of a charter of %(metric)s is shared with an account no more.")

    user: UUID


class DraftDiscarded(_OfDraft):
    kind = "registry.draft.discarded"
    sentence = _("A draft of a charter of %(metric)s was thrown away.")


class DraftHandedIn(_OfDraft):
    kind = "registry.draft.handed_in"
    retention = Retention.GOVERNANCE
    sentence = _("A draft of a charter of %(metric)s was handed in as a version.")

    charter_version: UUID
