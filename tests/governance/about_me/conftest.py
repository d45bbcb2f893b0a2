"""Pages about oneself, in the small governed programme."""

from tests.governance.decisions.looks import people
from tests.pages import browse, governed, house, statements, stopped, with_people

__all__ = ["browse", "governed", "house", "people", "statements", "stopped", "with_people"]
