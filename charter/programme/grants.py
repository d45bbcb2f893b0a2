"""The programme and its decisions change by cases of the board; a contract that was published stays as it was."""

from charter.programme.models import Contract, DecisionKind, Programme
from charter.programme.settings import OF_DECISIONS, PARTS
from ground.grants import ADD, add_and_change

_SETTINGS = [key for part in PARTS.values() for key in part.keys]

GRANTS = {
    Programme: add_and_change("state", "approved_at", "approved_by", "data_from", *_SETTINGS, "case_id"),
    DecisionKind: add_and_change(*OF_DECISIONS, "case_id"),
    Contract: ADD,
}
