"""Pages that stand among the objects of a furnished programme: appeals and their handling, addresses, finding, what this is."""

import pytest
from django.urls import reverse

from tests.access import table
from tests.access.conftest import furnished, world
from tests.access.table import Row
from tests.access.world import NO_ACCOUNT
from tests.browser.test_accessibility import FURNISHED, Eye

__all__ = ["furnished", "world"]


def list_pages(objects) -> dict[str, list[Row]]:
    """The pages to look at, by the first account that the access table opens each to."""
    opens = table.read()
    found: dict[str, list[Row]] = {}
    for row in table.list_rows(objects):
        if row.page.name in FURNISHED:
            account = next((name for name, column in opens.items() if column[row.title] == "✓"), None)
            if account:
                found.setdefault(account, []).append(row)
    return found


@pytest.mark.proof(alone=True)
def test_what_is_furnished_is_accessible(window, world):
    """DESIGN, Accessibility: zero axe violations at 1280 and 390 px, in both schemes."""
    faults, seen = [], set()
    for name, rows in list_pages(world.objects).items():
        eye = Eye(window(None if name == NO_ACCOUNT else world.accounts[name]))
        for row in rows:
            if row.page.name not in eye.seen:
                eye.look(reverse(row.page.name, args=row.arguments), row.page.name)
        faults += eye.faults
        seen |= eye.seen
    assert faults == []
    assert seen == FURNISHED
