"""The log takes entries and gives them up to readers; nobody who serves requests can change or remove one.

What an entry says can be destroyed with an entry that tells so, which the database looks for.
"""

from audits.ledger.models import Entry, FullTile, LogPlace, Outbox, Payload, SignedCheckpoint, WitnessState
from ground.grants import ADD, ADD_AND_REMOVE, add_and_change

GRANTS = {
    Entry: ADD,
    Payload: ADD_AND_REMOVE,
    Outbox: ADD_AND_REMOVE,
    LogPlace: ADD,
    FullTile: ADD,
    SignedCheckpoint: ADD,
    WitnessState: add_and_change("asked_at", "answered_at", "size", "trouble", "refuses"),
}
