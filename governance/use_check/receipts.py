"""The receipt of a file of intended uses: which file came, which left, and the proof that its entry stands in the log."""

from typing import Any

from audits.ledger import services as ledger
from governance.decisions.doors.receipts import serialize_proof
from governance.use_check.models import BulkCheck
from ground.errors import NotFound


def serialize_bulk_receipt(bulk: BulkCheck) -> dict[str, Any]:
    """The signed receipt of a file that was checked, as other receipts are told. Raises NotFound while it is not."""
    if bulk.entry is None:
        raise NotFound(
            "This file is not checked to its end, so it has no receipt yet.", code="bulk_not_ended"
        )
    said = {
        "rows": bulk.rows,
        "source_sha256": bulk.source_sha256,
        "result_sha256": bulk.result_sha256 or None,
        "checked_only": True,
    }
    return {**serialize_proof(bulk.entry, ledger.sign(bulk.entry, said)), "file": said}
