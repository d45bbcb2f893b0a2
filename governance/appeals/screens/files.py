"""The page that sends an attachment."""

from uuid import UUID

from django.http import HttpResponse

from governance.appeals import queries
from governance.appeals.files import send
from governance.people.requests import PageRequest


def attachment(request: PageRequest, key: UUID) -> HttpResponse:
    """One attachment, for both sides of its appeal."""
    return send(queries.get_attachment(key, by=request.user))
