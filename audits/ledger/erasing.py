"""Erasure: what an entry says and the key of its leaf are destroyed together, and that this was done is an entry itself.

The tree stays as it is. Without the key the leaf's HMAC tells nothing of what was said, not even to whoever guesses it.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services
from audits.ledger.events import PayloadErased, Retention, registered
from audits.ledger.models import Entry, LogPlace, Payload
from audits.ledger.states import ErasureBasis
from ground.errors import Conflict, NotFound, NotPermitted


@transaction.atomic
def erase_payload(*, entry: UUID, basis: ErasureBasis, reference: str, by: str) -> Entry:
    """Destroy what an entry says; gives the entry that tells so. Who may is for the caller to check.

    What rules, charters, cases, roles and keys came from is kept for as long as the programme, whoever asks; nobody erases what they
    did themself; and an entry must have its place in the tree, so that it stays provable that there was one. Raises NotFound,
    NotPermitted or Conflict.
    """
    found = Entry.objects.filter(pk=entry).first()
    if found is None:
        raise NotFound(_("The log has no entry with this number."), code="entry_not_found", field="entry")
    _check_may_go(found)
    payload = Payload.objects.filter(entry=found).first()
    if payload is not None and payload.actor == by:
        raise NotPermitted(
            _("Nobody erases what the log keeps of their own acts. Ask somebody else who may.")
        )
    told = PayloadErased(entry=found.pk, entry_kind=found.kind, basis=basis.value, reference=reference)
    entry_of_it = services.append(told, by=by)
    erased, _of = Payload.objects.filter(entry=found).delete()
    if not erased:  # before, or by somebody else just now; the entry that would tell of it is rolled back
        raise Conflict(_("What this entry said was erased before."), code="erased_before")
    return entry_of_it


def _check_may_go(entry: Entry) -> None:
    event = registered().get(entry.kind)
    if event is None or event.retention == Retention.GOVERNANCE:
        raise Conflict(
            _("Entries of this kind are kept for as long as the programme: what is in force rests on them."),
            code="kept_for_good",
        )
    if not LogPlace.objects.filter(entry=entry).exists():
        raise Conflict(
            _("This entry waits for its place in the log. Try again in some seconds."), code="not_sequenced"
        )
