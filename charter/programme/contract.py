"""The contract with everybody: what the programme can do, what it cannot, and how to dispute it (S133, S135)."""

import hashlib

import rfc8785
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.programme import permissions
from charter.programme.events import ContractPublished
from charter.programme.models import Contract
from governance.people.models import User
from ground import clock, records
from ground.errors import Conflict

BLOCKS = ("can", "cannot", "disputes")


def find_contract_in_force() -> Contract | None:
    """The contract that counts: the one published last."""
    return Contract.objects.select_related("published_by").first()


@transaction.atomic(durable=True)
def publish(*, can: str, cannot: str, disputes: str, by: User) -> Contract:
    """Publish the next version of the contract; the text that counts already gives that version.

    Raises NotPermitted unless `by` is HR's account, BadInput where a block is empty.
    """
    permissions.check_can_publish_contract(by)
    blocks = {"can": can.strip(), "cannot": cannot.strip(), "disputes": disputes.strip()}
    digest = hashlib.sha256(rfc8785.dumps(blocks)).hexdigest()
    newest = Contract.objects.first()
    if newest is not None and newest.content_hash == digest:
        return newest
    contract = records.insert(
        Contract(
            number=newest.number + 1 if newest else 1,
            content_hash=digest,
            published_at=clock.now(),
            published_by=by,
            **blocks,
        )
    )
    published = ContractPublished(contract=contract.pk, number=contract.number, content_hash=digest, **blocks)
    ledger.append(published, by=by.actor)
    return contract


def check_is_published() -> None:
    """Raise Conflict where nobody has been told what the programme can and cannot do (S142)."""
    if not Contract.objects.exists():
        raise Conflict(
            _("The contract is not published yet. Publish it before the programme is approved."),
            code="programme_without_contract",
        )
