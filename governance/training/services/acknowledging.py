"""The only writer of acknowledgements: of the rules, and of the contract."""

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.programme import contract as contracts
from charter.programme.models import Contract
from charter.registry.models import RulebookVersion
from charter.registry.states import RulebookState
from governance.people.models import User
from governance.training.events import ContractAcknowledged, RulesAcknowledged
from governance.training.models import Acknowledgement, ContractAcknowledgement
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
        event = RulesAcknowledged(rulebook_version=rulebook_version.pk, number=rulebook_version.number)
        ledger.append(event, by=by.actor)
    return found


@transaction.atomic(durable=True)
def acknowledge_contract(*, contract: Contract, by: User) -> ContractAcknowledgement:
    """Record that an account has read the contract that counts; saying so again changes nothing (S133).

    Raises Conflict for an earlier version.
    """
    if contract != contracts.find_contract_in_force():
        raise Conflict(
            _("This is not the contract that counts any more. Read and acknowledge the one that does."),
            code="not_in_force",
        )
    found, made = ContractAcknowledgement.objects.get_or_create(user=by, contract=contract)
    if made:
        event = ContractAcknowledged(contract=contract.pk, number=contract.number)
        ledger.append(event, by=by.actor)
    return found
