"""Files that leave: what is taken along, and archives of packs. No cache keeps them."""

from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from audits.packs import taking
from audits.packs.models import EvidencePack
from audits.packs.states import TakenKind
from governance.people.models import User
from ground.errors import BadInput, NotFound

_TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


def give_rows(kind: str, form: str, *, by: User) -> StreamingHttpResponse:
    """All of a kind as JSON or CSV. Raises NotFound for a kind and BadInput for a form that there is not."""
    if kind not in TakenKind.values:
        raise NotFound(_("There is nothing of this kind to take along."), code="no_such_kind")
    if form not in _TYPES:
        raise BadInput(_("Choose CSV or JSON."), field="as")
    write = taking.write_json if form == "json" else taking.write_csv
    pieces: Iterator[str] = write(TakenKind(kind), by=by)
    response = StreamingHttpResponse(pieces, content_type=_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{kind}.{form}"'
    response["Cache-Control"] = "no-store"
    return response


def give_archive(pack: EvidencePack, body: bytes) -> HttpResponse:
    """The archive of a pack, with its hash in a header."""
    response = HttpResponse(body, content_type="application/zip")
    name = f"evidence-{pack.since.isoformat()}-{pack.until.isoformat()}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-SHA256"] = pack.sha256
    response["Cache-Control"] = "no-store"
    return response
