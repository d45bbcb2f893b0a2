"""Reads of evidence packs."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audits.packs import permissions
from audits.packs.models import EvidencePack
from audits.packs.states import PackState
from governance.people.models import User
from ground.errors import NotFound


def list_packs() -> QuerySet[EvidencePack]:
    """Packs, the newest first."""
    return EvidencePack.objects.select_related("asked_by").order_by("-asked_at", "-pk")


def list_asked() -> list[EvidencePack]:
    """Packs that wait to be made, the oldest first."""
    return list(EvidencePack.objects.filter(state=PackState.ASKED).order_by("asked_at", "pk"))


def get_pack(key: UUID, *, by: User) -> EvidencePack:
    """One pack. Raises NotPermitted and NotFound."""
    permissions.check_can_read_packs(by)
    found = list_packs().filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no evidence pack with this number."), code="pack_not_found")
    return found
