"""Routes of agreements."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.agreements import permissions
from governance.agreements.screens import agreements, writing
from governance.ui.page_access import SIGNED_IN, accounts, depending
from governance.ui.routes import Nav, page

WRITERS = accounts("Members of the board, HR and administrators.", permissions.check_can_write)
GIVE_NOTICE = accounts(
    "The board’s members for legal, HR and the worker representation.", permissions.check_can_give_notice
)
SEE_IT = depending(
    "Everybody, once the board has decided on it; until then who writes agreements, and auditors."
)
OPEN_FILES = depending(
    "Everybody for a works agreement; the board, HR, auditors and administrators for others."
)
_HERE: dict[str, Any] = {"stored": False, "under": "cases"}

urlpatterns = [
    page(
        "agreements", agreements.agreements, name="agreements", access=SIGNED_IN, stored=False,
        footer=Nav(_("Agreements"), 52), under="cases",
    ),
    page("agreements.csv", agreements.agreements_csv, name="agreements-csv", access=SIGNED_IN, stored=False),
    page("agreements/findings", agreements.findings, name="agreement-findings", access=SIGNED_IN, **_HERE),
    page(
        "agreements/findings.csv", agreements.findings_csv, name="agreement-findings-csv", access=SIGNED_IN,
        stored=False,
    ),
    page("agreements/new", writing.new, name="agreement-new", access=WRITERS, **_HERE),
    page("agreements/clauses/<slug:slug>/<str:number>", agreements.clause, name="agreement-clause", access=SEE_IT, **_HERE),
    page("agreements/documents/<uuid:key>", agreements.document, name="agreement-document", access=OPEN_FILES, **_HERE),
    page("agreements/<uuid:key>", agreements.agreement, name="agreement", access=SEE_IT, **_HERE),
    page("agreements/<uuid:key>/change/<slug:part>", writing.change, name="agreement-change", access=WRITERS, **_HERE),
    page("agreements/<uuid:key>/binds/<str:number>", writing.bind, name="agreement-bind", access=WRITERS, **_HERE),
    page("agreements/<uuid:key>/documents", writing.document_add, name="agreement-document-add", access=WRITERS, **_HERE),
    page("agreements/<uuid:key>/next", writing.next_version, name="agreement-next", access=WRITERS, **_HERE),
    page("agreements/<uuid:key>/put", writing.put, name="agreement-put", access=WRITERS, **_HERE),
    page("agreements/<uuid:key>/end", writing.end, name="agreement-end", access=GIVE_NOTICE, **_HERE),
]  # fmt: skip
