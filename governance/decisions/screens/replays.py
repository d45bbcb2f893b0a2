"""A case tried on what was asked before: what the answers of the last 90 days would have been, counted by role."""

from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct, convert

from charter.programme.reach import say_reach
from charter.programme.settings import SettingRows
from charter.rules import words
from charter.rules.vocabulary import Outcome
from governance.board import queries as board
from governance.board.kinds import find_kind
from governance.board.models import Case
from governance.decisions import permissions, queries
from governance.decisions.models import Replay
from governance.decisions.replay.counting import ReplayResult, ToldCell
from governance.decisions.services.replays import ask_for_replay
from governance.people.models import User
from governance.people.requests import PageRequest
from governance.ui.questions import name_decision
from ground.errors import NotPermitted

OUTCOMES = {
    Outcome.PERMIT: gettext_lazy("Allowed"),
    Outcome.DENY: gettext_lazy("Not allowed"),
    Outcome.REFER: gettext_lazy("For the board"),
}


class ReplayLine(Struct, frozen=True):
    """One cell in words."""

    decision: str
    level: str
    role: str
    before: str
    after: str
    questions: int
    rules: tuple[str, ...]


class ReplayLink(Struct, frozen=True):
    """What the page of a case says of its replay."""

    case: UUID
    template: ClassVar[str] = "decisions/parts/replay_link.html"


def link_replay(case: Case, user: User) -> ReplayLink | None:
    """For whoever may try a case on what was asked before."""
    try:
        permissions.check_can_replay(user)
    except NotPermitted:
        return None
    return ReplayLink(case.pk) if find_kind(case).replayed else None


def replay(request: PageRequest, case_id: UUID) -> HttpResponse:
    """The newest replay of a case: how far it is, and what would change. POST asks for one."""
    permissions.check_can_replay(request.user)
    case = board.get_case(case_id, by=request.user)
    if request.method == "POST":
        ask_for_replay(case=case, by=request.user)
        messages.success(request, _("The questions of the last 90 days are being decided anew."))
        return redirect("case-replay", case_id=case_id)
    found = queries.find_replay(case.pk)
    given = {
        "case": case,
        "replay": found,
        "possible": find_kind(case).replayed,
        "waits": found is not None and found.ended_at is None,
        "reached": list(_list_reached(case)),
        **(_show(found) if found and found.result else {}),
    }
    return render(request, "decisions/replay.html", given)


def _list_reached(case: Case) -> Iterator[tuple[str, str]]:
    """Each setting that the case would change, and what that reaches."""
    if hasattr(case, "settings_change"):
        change = case.settings_change
        for line in SettingRows().lines(change.changes, change.former):
            yield line.label, say_reach(line.key)


def _show(found: Replay) -> dict[str, object]:
    result = convert(found.result, ReplayResult)
    return {"result": result, "lines": list(_list_lines(result.cells))}


def _list_lines(cells: tuple[ToldCell, ...]) -> Iterator[ReplayLine]:
    for cell in cells:
        moved = cell.moved
        yield ReplayLine(
            decision=words.sentence(name_decision(moved.decision)),
            level=words.sentence(words.level(moved.grain)),
            role=words.sentence(words.spoken(moved.role)) if moved.role else _("No role over it"),
            before=str(OUTCOMES[moved.before]),
            after=str(OUTCOMES[moved.after]),
            questions=cell.questions,
            rules=cell.rules,
        )
