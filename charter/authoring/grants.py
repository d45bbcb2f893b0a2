"""Drafts change until they end, and stay then."""

from charter.authoring.models import Draft, DraftPermission
from ground.grants import ADD_AND_REMOVE, add_and_change

GRANTS = {
    # A draft that ended stays, so that the charter can say where it came from.
    Draft: add_and_change("document", "updated_at", "updated_by", "ended_at", "ended_by", "version"),
    # Given and taken back, never changed: who gave what, and since when, stays as it was.
    DraftPermission: ADD_AND_REMOVE,
}
