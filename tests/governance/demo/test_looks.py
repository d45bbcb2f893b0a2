"""The demo's employee finds a look in "who looked": asked once, through the line (issue 12)."""

from types import SimpleNamespace

import pytest

from governance.about_me.permissions import get_own_person
from governance.about_me.queries.looks import list_looks
from governance.decisions.models import DecisionRecord
from governance.demo import looks
from tests.governance.decisions.conftest import governed, house, stopped

__all__ = ["governed", "house", "stopped"]

pytestmark = pytest.mark.django_db


def test_the_manager_looks_once_and_the_employee_finds_it(house):
    """Issue 12, Demo: starting again asks nothing anew."""
    data = SimpleNamespace(team="payments")
    looks.show(data, house.manager)
    looks.show(data, house.manager)
    look = list_looks(house.employee, get_own_person(house.employee)).get()
    assert (look.actor, look.use, look.of_me) == (house.manager, "retrospective", False)
    looks.show(SimpleNamespace(team="nowhere"), house.stranger)
    assert DecisionRecord.objects.count() == 1
