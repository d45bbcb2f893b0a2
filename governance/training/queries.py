"""Reads of training."""

from uuid import UUID

from charter.registry.models import RulebookVersion
from governance.people.models import User
from governance.training.models import Acknowledgement


def has_acknowledged(user: User, rulebook_version: RulebookVersion | UUID) -> bool:
    """Whether the account has acknowledged this very version of the rules, given itself or its key (AR24)."""
    return Acknowledgement.objects.filter(user=user, rulebook_version=rulebook_version).exists()
