"""Attachments as they are sent: to be kept, never to be run or shown within a page of ours."""

from django.http import HttpResponse

from governance.appeals.models import AppealAttachment
from governance.appeals.states import CONTENT_TYPES, AttachmentKind
from governance.appeals.words import unseal_file


def send(file: AppealAttachment) -> HttpResponse:
    """The file, under a name that says nothing; no cache keeps it."""
    content_type, ending = CONTENT_TYPES[AttachmentKind(file.kind)]
    response = HttpResponse(unseal_file(file.content, file.pk), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="attachment.{ending}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
