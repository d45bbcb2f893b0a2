"""Routes of evidence."""

from typing import Any

from governance.evidence import permissions
from governance.evidence.screens import evidence
from governance.ui.page_access import accounts, depending
from governance.ui.routes import page

READERS = accounts("Every person’s account; each sees what they may open.", permissions.check_can_open_list)
WRITERS = accounts(
    "Whoever works here, of themself; managers, leads, leadership and HR of others.",
    permissions.check_can_write_some,
)
SEE_THE_RECORD = depending(
    "Who wrote it, whom it is about, whoever leads them, HR and auditors; of a group’s work, leads."
)
ITS_WRITER = depending("Who wrote it, until somebody has checked it.")
_OF_EVIDENCE: dict[str, Any] = {"stored": False, "under": "use-check"}

urlpatterns = [
    page("evidence", evidence.evidence, name="evidence", access=READERS, **_OF_EVIDENCE),
    page("evidence.csv", evidence.evidence_csv, name="evidence-csv", access=READERS, stored=False),
    page("evidence/new", evidence.evidence_new, name="evidence-new", access=WRITERS, **_OF_EVIDENCE),
    page(
        "evidence/<uuid:key>", evidence.record, name="evidence-record", access=SEE_THE_RECORD, **_OF_EVIDENCE
    ),
    page(
        "evidence/<uuid:key>/withdraw",
        evidence.withdraw,
        name="evidence-withdraw",
        access=ITS_WRITER,
        **_OF_EVIDENCE,
    ),
]
