"""Attachments as they are sent: to be kept, never to be run or shown within a page of ours."""

from uuid import UUID

from django.http import HttpResponse

from governance.appeals import queries
from governance.appeals.models import AppealAttachment
from governance.appeals.states import CONTENT_TYPES, AttachmentKind
from governance.appeals.words import unseal_file
from governance.people.requests import PageRequest


def attachment(request: PageRequest, key: UUID) -> HttpResponse:
    """One attachment, for both sides of its appeal."""
    return send(queries.get_attachment(key, by=request.user))


def send(file: AppealAttachment) -> HttpResponse:
    """The file, under a name that says nothing; no cache keeps it."""
    content_type, ending = CONTENT_TYPES[AttachmentKind(file.kind)]
    response = HttpResponse(unseal_file(file.content, file.pk), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="attachment.{ending}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
