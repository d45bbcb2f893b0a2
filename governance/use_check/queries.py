"""Reads of evidence profiles and of files of intended uses."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from charter.rules.request import ANYBODY, Request
from governance.people.models import Person, User
from governance.use_check import permissions
from governance.use_check.accountable import answers_for
from governance.use_check.models import BulkCheck, BulkPart, RoleProfile
from governance.use_check.states import BulkState
from ground.errors import BadInput, NotFound


def list_profiles() -> QuerySet[RoleProfile]:
    """The profile that counts of each role family, by family; one statement."""
    latest = RoleProfile.objects.order_by("role_family", "-written_at", "-id").distinct("role_family")
    return (
        RoleProfile.objects.filter(pk__in=latest.values("pk"))
        .select_related("written_by")
        .order_by("role_family")
    )


def find_profile(role_family: str) -> RoleProfile | None:
    """The profile that counts of one role family."""
    return list_profiles().filter(role_family=role_family).first()


def list_versions(role_family: str) -> QuerySet[RoleProfile]:
    """All that was written of one role family, newest first."""
    found = RoleProfile.objects.filter(role_family=role_family).select_related("written_by")
    return found.order_by("-written_at", "-id")


def list_families() -> list[str]:
    """The role families that people have and that profiles are of, by name."""
    of_people = Person.objects.exclude(role_family="").values_list("role_family", flat=True).distinct()
    of_profiles = RoleProfile.objects.values_list("role_family", flat=True).distinct()
    return sorted({*of_people, *of_profiles}, key=str.casefold)


def get_profile_for(role_family: str | None, request: Request, *, by: User) -> RoleProfile | None:
    """The profile that a check is to use, None where it names none.

    Raises BadInput where there is none or it is not whole (S37), and where somebody asked about is of another family (S36); of
    which family somebody is, is told to those alone who answer for them.
    """
    if not role_family:
        return None
    profile = find_profile(role_family)
    if profile is None or not profile.is_complete:
        raise BadInput(
            _(
                "“%(family)s” has no evidence profile with outcomes and kinds of evidence, so nothing can be checked by it. "
                "HR writes one."
            )
            % {"family": role_family},
            field="role_family",
            code="profile_incomplete",
        )
    if answers_for(request, by):
        _check_family(profile, request)
    return profile


def _check_family(profile: RoleProfile, request: Request) -> None:
    """Raise BadInput where somebody named is known to be of another family than the profile’s."""
    named = [name for name in request.persons if name != ANYBODY]
    families = Person.objects.filter(external_id__in=named).values_list("role_family", flat=True)
    if any(family and family != profile.role_family for family in families):
        raise BadInput(
            _("This is the profile of “%(family)s”. Somebody who is asked about is of another role family.")
            % {"family": profile.role_family},
            field="role_family",
            code="profile_of_another_role",
        )


def list_bulks(user: User) -> QuerySet[BulkCheck]:
    """The files that an account sent, newest first, without what stands in them."""
    return BulkCheck.objects.filter(filed_by=user).defer("lines", "result")


def list_waiting_bulks() -> list[UUID]:
    """The files that are not checked to their end, the oldest first."""
    found = BulkCheck.objects.filter(state=BulkState.WAITING).order_by("filed_at")
    return list(found.values_list("pk", flat=True))


def get_bulk(key: UUID, *, by: User) -> BulkCheck:
    """One file as the account may see it. Raises NotFound."""
    found = BulkCheck.objects.select_related("filed_by", "entry").defer("lines").filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such file that you may see."), code="bulk_not_found")
    permissions.check_can_see_bulk(by, found)
    return found


def count_judged(bulk: BulkCheck) -> Mapping[str, int]:
    """How many rows of a file are judged, in how many parts."""
    found = BulkPart.objects.filter(bulk=bulk).aggregate(rows=Sum("rows"), parts=Count("pk"))
    return {"rows": found["rows"] or 0, "parts": found["parts"]}
