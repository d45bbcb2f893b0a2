"""The same house, on pages."""

from tests.audits.access_log.conftest import asked, people
from tests.pages import browse, governed, house, statements, stopped

__all__ = ["asked", "browse", "governed", "house", "people", "statements", "stopped"]
