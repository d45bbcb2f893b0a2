"""The only writer of evidence profiles."""

from collections.abc import Collection, Sequence

from django.db import transaction

from audits.ledger import services as ledger
from charter.rules.vocabulary import EvidenceKind
from governance.people.models import User
from governance.use_check import permissions
from governance.use_check.events import ProfileWritten
from governance.use_check.models import RoleProfile
from ground import records


@transaction.atomic(durable=True)
def write_profile(
    *,
    role_family: str,
    outcomes: Sequence[str],
    evidence_kinds: Collection[EvidenceKind],
    review_months: int,
    by: User,
) -> RoleProfile:
    """Write which outcomes and kinds of evidence count for a role family from now on; what counted before stays readable.

    Without outcomes or kinds it is a beginning, which no check takes (S37).
    """
    permissions.check_can_keep_profiles(by)
    profile = records.insert(
        RoleProfile(
            role_family=role_family.strip(),
            outcomes=[text.strip() for text in outcomes if text.strip()],
            evidence_kinds=[kind.value for kind in EvidenceKind if kind in evidence_kinds],
            review_months=review_months,
            written_by=by,
        )
    )
    written = ProfileWritten(
        profile=profile.pk,
        role_family=profile.role_family,
        outcomes=profile.outcomes,
        evidence_kinds=profile.evidence_kinds,
        review_months=review_months,
    )
    ledger.append(written, by=by.actor)
    return profile
