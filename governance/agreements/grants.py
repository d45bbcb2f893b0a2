"""An agreement is changed until it comes before the board; its documents, notices and departures are added once."""

from governance.agreements.models import AgreementDocument, AgreementVersion, Departure, EndNotice
from ground.grants import ADD, add_and_change

GRANTS = {
    AgreementVersion: add_and_change(
        "title", "text", "content_hash", "begins_on", "ends_on", "case", "ended_on", "end_because", "end_given_at",
        "end_given_by",
    ),
    AgreementDocument: ADD,
    EndNotice: ADD,
    Departure: ADD,
}  # fmt: skip
