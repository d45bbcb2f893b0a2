"""The only writer of acknowledgements."""

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.registry.models import RulebookVersion
from charter.registry.states import RulebookState
from governance.people.models import User
from governance.training.models import Acknowledgement
from ground.errors import Conflict


@transaction.atomic(durable=True)
def acknowledge(*, rulebook_version: RulebookVersion, by: User) -> Acknowledgement:
    """Record that an account has read the rules in force; saying so again changes nothing (AR24, S54).

    Raises Conflict for rules that are not in force: only what counts can be acknowledged.
    """
    if not RulebookVersion.objects.filter(pk=rulebook_version.pk, state=RulebookState.IN_FORCE).exists():
        raise Conflict(
            _("These rules are not in force. Read and acknowledge those that are."), code="not_in_force"
        )
    found, made = Acknowledgement.objects.get_or_create(user=by, rulebook_version=rulebook_version)
    if made:
        payload = {"rulebook_version": rulebook_version.pk, "number": rulebook_version.number}
        ledger.append(kind="training.rules.acknowledged", payload=payload, by=by.actor)
    return found
