"""The demo's appeals: one in each state, made by the services that everybody uses."""

from types import SimpleNamespace

import pytest

from governance.appeals.models import Appeal, AppealAttachment, AppealOutcome
from governance.appeals.states import AppealKind, AppealState, AttachmentKind, Remedy
from governance.board.models import Case
from governance.demo import appeals
from governance.people.models import User
from tests.governance.appeals.conftest import appealing, desk, governed, house, stopped, with_judged
from tests.governance.decisions.test_answer import ask

__all__ = ["appealing", "desk", "governed", "house", "stopped", "with_judged"]

pytestmark = pytest.mark.django_db


def test_there_is_one_in_each_state_and_a_second_start_makes_no_more(desk):
    """Issue 12, done when: the demo shows each state, one sealed and one of nobody's."""
    accounts = {user.username: user for user in User.objects.all()}
    look = ask(desk.manager).receipt.id
    said: list[str] = []
    for _start in range(2):
        appeals.show(SimpleNamespace(team="payments"), accounts, said.append)
    named = Appeal.objects.filter(kind=AppealKind.NAMED)
    assert sorted(named.values_list("state", flat=True)) == sorted(AppealState)
    assert Appeal.objects.exclude(kind=AppealKind.NAMED).count() == 2
    assert AppealAttachment.objects.filter(kind=AttachmentKind.PNG).exists()
    found = AppealOutcome.objects.get(act=Remedy.MISUSE)
    assert (
        found.appeal.state == AppealState.CLOSED and str(look)[:8] in Case.objects.get(kind="misuse").subject
    )
    assert len(said) == 1 and "number is" in said[0]
