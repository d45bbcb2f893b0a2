"""The only writer of this app: that an assistant listed what may be used."""

from django.db import transaction

from audits.ledger import services as ledger
from governance.assistants.events import UsesListed
from governance.people.models import User


@transaction.atomic(durable=True)
def note_listing(*, found: int, by: User) -> None:
    """Write that what an account may use was listed for its assistant."""
    ledger.append(UsesListed(found=found), by=by.actor)
