"""What was put to the board about a saved view is written once; a view retires, a listing is dropped."""

from governance.saved_views.models import Classing, Expectation, Listing, SavedView
from ground.grants import ADD, add_and_change

GRANTS = {
    SavedView: add_and_change("retired_at", "retired_by"),
    Classing: ADD,
    Listing: add_and_change("dropped_at", "dropped_by"),
    Expectation: ADD,
}
