"""The log as anybody's tools read it: the newest checkpoint, and the tiles of the tree under it (C2SP tlog-tiles).

Hashes tell nothing of what they are of. Entries name nobody either, but their kinds and times would tell when something of a
kind happened, so they are served only where the installation says so.
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from audits.ledger import store
from audits.ledger.tiles import parse_tile

FOR_SECONDS, FOR_GOOD = "public, max-age=1", "public, max-age=31536000, immutable"


@require_safe
def checkpoint(_: HttpRequest) -> HttpResponse:
    """How far the log reaches, as a signed note; 404 before anything was signed."""
    newest = store.find_checkpoint()
    if newest is None:
        raise Http404("Nothing of the log has been signed yet.")
    return _serve(newest.note.encode(), "text/plain; charset=utf-8", FOR_SECONDS)


@require_safe
def tile(_: HttpRequest, tile: str) -> HttpResponse:
    """The hashes of a tile, or the entries under one; 404 for what the newest checkpoint does not cover."""
    wanted = parse_tile(tile)
    if wanted is None or (wanted.level is None and not settings.LEDGER_ENTRIES_PUBLIC):
        raise Http404("The log serves no such tile.")
    found = store.find_tile(wanted)
    if found is None:
        raise Http404("The log does not reach so far.")
    return _serve(found, "application/octet-stream", FOR_GOOD)


def _serve(body: bytes, kind: str, cached: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Cache-Control"] = cached
    return response
