"""Finding a draft by its address."""

from uuid import UUID

from charter.registry.models import Draft
from ground.errors import NotFound


def own_draft(draft_id: UUID | str) -> Draft:
    """The draft with all that its pages say of it; NotFound where there is none."""
    held = Draft.objects.select_related("programme", "owner", "based_on__metric", "version__metric")
    found = held.filter(pk=draft_id).first()
    if found is None:
        raise NotFound("There is no draft at this address.")
    return found
