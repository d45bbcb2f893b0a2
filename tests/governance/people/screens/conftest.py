"""Pages of the small governed programme."""

from tests.pages import browse, governed, house, statements, stopped, with_people

__all__ = ["browse", "governed", "house", "statements", "stopped", "with_people"]
