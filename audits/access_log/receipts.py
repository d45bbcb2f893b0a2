"""The receipt of an export: which file it is, and the proof that its entry stands in the log."""

from typing import Any

from audits.access_log.models import Export
from audits.ledger import services as ledger
from governance.decisions.doors.receipts import serialize_proof


def serialize_export(export: Export) -> dict[str, Any]:
    """What was taken out, and the signed receipt of it as other receipts are told."""
    said = {
        "export_sha256": export.sha256,
        "rows": export.rows,
        "format": export.format,
        "filters": export.filters,
    }
    return {**serialize_proof(export.entry, ledger.sign(export.entry, said)), "export": said}
