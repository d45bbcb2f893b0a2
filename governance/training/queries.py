"""Reads of training."""

from functools import lru_cache
from uuid import UUID

from msgspec import Struct

from charter.registry.models import RulebookVersion
from governance.people.models import User
from governance.training.models import Acknowledgement
from ground import statements
from ground.statements import Read


class Trained(Struct, frozen=True):
    """Whether an account is ready to ask: it has acknowledged the rules (AR24)."""

    acknowledged: bool


_TRAINED = Read(
    """
    SELECT EXISTS (
        SELECT FROM training_acknowledgement a
        WHERE a.user_id = %(user)s::uuid AND a.rulebook_version_id = %(rulebook)s::uuid
    ) AS acknowledged
    """,
    Trained,
)


@lru_cache(maxsize=10_000)
def trained(mark: str, user: UUID, rulebook_version: UUID) -> Trained:
    """How an account stands towards a rulebook, from memory while the room's `mark` is the same."""
    return statements.read(_TRAINED, parameters={"user": user, "rulebook": rulebook_version})[0][0]


def has_acknowledged(user: User, rulebook_version: RulebookVersion | UUID) -> bool:
    """Whether the account has acknowledged this very version of the rules, given itself or its key (AR24)."""
    return Acknowledgement.objects.filter(user=user, rulebook_version=rulebook_version).exists()
