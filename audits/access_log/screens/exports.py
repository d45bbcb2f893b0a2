"""The receipt of an export, with how to check it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from audits.access_log import queries
from audits.access_log.receipts import serialize_export
from audits.access_log.searching import read_search
from audits.ledger.keys import list_verifiers
from governance.decisions.screens import receipt_check
from governance.people.requests import PageRequest
from ground.errors import Conflict


def export_receipt(request: PageRequest, entry: UUID) -> HttpResponse:
    """What was taken out of the access log, and the proof that it is on the log."""
    export = queries.get_export(entry, by=request.user)
    told = serialize_export(export)
    given = {
        **{name: told[name] for name in ("receipt", "leaf", "public_key")},
        "export": export,
        "query": read_search(export.filters).query,
        "genuine": receipt_check.is_genuine(told),
        "place": told["index"],
        "size": told["size"],
        "stands": told["index"] is not None and receipt_check.stands_in_log(told, list_verifiers()),
        "code": receipt_check.write_check_code(told),
    }
    return render(request, "access_log/export.html", given)


def export_proof(request: PageRequest, entry: UUID) -> HttpResponse:
    """The receipt as one file that is checked without us; 409 while its entry waits for its place in the log."""
    told = serialize_export(queries.get_export(entry, by=request.user))
    if told["index"] is None:
        raise Conflict(
            _("This entry waits for its place in the log. Try again in some seconds."), code="not_sequenced"
        )
    response = HttpResponse(receipt_check.write_proof_file(told), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receipt-{entry}.tlog-proof"'
    return response
