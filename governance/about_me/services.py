"""The only writers of what is kept of people who read about themselves."""

from django.db import transaction

from audits.ledger import services as ledger
from audits.ledger.models import Entry
from governance.about_me.events import OwnDataDownloaded
from governance.about_me.permissions import check_can_read_own
from governance.people.models import User


@transaction.atomic(durable=True)
def record_download(*, by: User) -> Entry:
    """Put on the log that somebody takes a copy of what is held about them; its receipt dates and signs the copy."""
    check_can_read_own(by)
    return ledger.append(OwnDataDownloaded(), by=by.actor)
