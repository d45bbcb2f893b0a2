"""The log takes entries and gives them up to readers; nobody who serves requests can change or remove one."""

from audits.ledger.models import Entry, FullTile, LogPlace, Outbox, Payload, SignedCheckpoint
from ground.grants import ADD, ADD_AND_REMOVE

GRANTS = {
    Entry: ADD,
    Payload: ADD,
    Outbox: ADD_AND_REMOVE,
    LogPlace: ADD,
    FullTile: ADD,
    SignedCheckpoint: ADD,
}
