"""Files of intended uses as they come and go, on pages and in the API."""

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse

from governance.use_check.models import BulkCheck
from governance.use_check.sheets import check_size
from governance.use_check.states import SheetFormat
from ground.errors import NotFound

_TYPES = {
    SheetFormat.CSV: "text/csv; charset=utf-8",
    SheetFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def read_upload(upload: UploadedFile) -> bytes:
    """The bytes of a file that was sent. Raises BadInput, before any is read, for more than a file may hold."""
    check_size(upload.size or 0)
    body: bytes = upload.read()
    return body


def respond(bulk: BulkCheck) -> HttpResponse:
    """The file that comes back, as a download; its entry's number stands in a header. Raises NotFound while there is none."""
    if bulk.result is None:
        raise NotFound(
            "This file is not checked to its end, so nothing comes back yet.", code="bulk_not_ended"
        )
    sheet_format = SheetFormat(bulk.format)
    response = HttpResponse(bytes(bulk.result), content_type=_TYPES[sheet_format])
    name = f"intended-uses-{str(bulk.pk)[:8]}.{sheet_format.value}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Log-Entry"] = str(bulk.entry_id)
    return response
