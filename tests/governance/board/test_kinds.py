"""The kinds of case: each has its rows, and nothing else asks of which kind a case is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from governance.board import kinds, permissions, queries, states
from governance.board.kinds import KINDS, CaseSubject, Openers
from governance.board.models import Case, guarded, ties
from governance.board.screens import kinds as screens
from governance.board.screens.kinds import IN_WORDS, SCREENS
from governance.board.serializers import CaseInput
from governance.board.states import OF_A_QUESTION, OF_A_VERSION, VETO_SEATS, CaseKind, SeatKind
from ground.errors import NotPermitted
from tests import factories

# Where its members stand: the enum itself, with the lists and the triggers that the database checks, and the two tables.
TABLES = {Path(module.__file__ or "") for module in (states, guarded, ties, kinds, screens)}
CODE = [
    path
    for wing in ("audits", "charter", "governance", "ground")
    for path in Path(settings.BASE_DIR, wing).rglob("*.py")
]


def _members(tree: ast.AST) -> Iterator[ast.Attribute]:
    """Every `CaseKind.SOMETHING`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in CaseKind.__members__:
            of = node.value
            if "CaseKind" in (getattr(of, "id", ""), getattr(of, "attr", "")):
                yield node


def _named(tree: ast.AST) -> set[ast.AST]:
    """Those that say which kind of case is opened or looked for, as in `open_case(kind=CaseKind.WAIVER)`."""
    given = (keyword for node in ast.walk(tree) if isinstance(node, ast.Call) for keyword in node.keywords)
    return {each.value for each in given if each.arg == "kind" or str(each.arg).endswith("__kind")}


def _asks_by_word(tree: ast.AST) -> bool:
    """Whether something's kind is compared with the word of one, as in `case.kind == "waiver"`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            words = {
                part.value for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)
            }
            if words & set(CaseKind.values) and any(getattr(side, "attr", "") == "kind" for side in sides):
                return True
    return False


def test_every_kind_has_a_row_in_both_tables():
    """Issue 8, 2: one row a kind."""
    assert set(KINDS) == set(SCREENS) == set(CaseKind)


def test_no_other_module_asks_of_which_kind_a_case_is():
    """Issue 8, 2: elsewhere a kind is only named where a case of it is opened or looked for."""
    asking = []
    for path in set(CODE) - TABLES:
        code = path.read_text()
        if not any(word in code for word in ("CaseKind", *CaseKind.values)):
            continue
        tree = ast.parse(code)
        if set(_members(tree)) - _named(tree) or _asks_by_word(tree):
            asking.append(str(path))
    assert not asking


@pytest.mark.parametrize(
    "code",
    [
        "case.kind == CaseKind.WAIVER",
        "states.CaseKind.WAIVER == case.kind",
        "case.kind in {CaseKind.WAIVER, CaseKind.SETTINGS}",
        "found.filter(kind__in=[CaseKind.WAIVER])",
        "{CaseKind.WAIVER: act}[case.kind]()",
        "case.kind in ('waiver', 'settings')",
    ],
)
def test_asking_is_noticed(code):
    tree = ast.parse(code)
    assert set(_members(tree)) - _named(tree) or _asks_by_word(tree)


def test_no_template_asks_of_which_kind_a_case_is():
    """Issue 8, 2: a page includes what the row names."""
    for path in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        assert not re.search(r"{%\s*(el)?if[^%]*\bcase\.kind\b", path.read_text()), path


def test_the_database_checks_the_subject_that_the_row_names():
    about = {
        subject: {name for name, kind in KINDS.items() if kind.about is subject} for subject in CaseSubject
    }
    assert about == {
        CaseSubject.VERSION: set(OF_A_VERSION),
        CaseSubject.QUESTION: set(OF_A_QUESTION),
        CaseSubject.RULEBOOK: set(CaseKind) - set(OF_A_VERSION) - set(OF_A_QUESTION),
    }


def test_what_a_row_names_is_there():
    """Relations that readers follow, fields of the API; whatever is put in words is a question, with details that its form asks for."""
    assert str(queries.list_cases().query)  # each relation is one of a case
    for name, kind in KINDS.items():
        assert kind.takes_details == (name.value in CaseInput().fields)
        assert not (
            name in IN_WORDS
            and (kind.about is not CaseSubject.QUESTION or (kind.takes_details and not kind.in_words))
        )


@pytest.mark.django_db
def test_anybody_asks_for_a_waiver_a_ruling_or_a_change_of_a_view():
    """S49, issue 3, 3: the rest is put to the board by itself, administrators and whoever wrote it."""
    anybody = factories.an_account("anybody")
    may = set()
    for kind in CaseKind:
        try:
            permissions.check_can_open_case(anybody, Case(kind=kind, opened_by=anybody))
        except NotPermitted:
            continue
        may.add(kind)
    assert may == {CaseKind.WAIVER, CaseKind.EDGE_CASE, CaseKind.VIEW_CHANGE}
    assert may == {name for name, kind in KINDS.items() if kind.openers is Openers.ANYBODY}


@pytest.mark.parametrize("kind", CaseKind)
def test_which_seats_may_veto_which_kind(kind):
    """Design, board: each within its field; security's is the protection of data."""
    untouched = {
        CaseKind.EDGE_CASE: {SeatKind.SECURITY},
        CaseKind.YEARLY_REVIEW: {SeatKind.SECURITY},
        CaseKind.SEAT: VETO_SEATS,
        CaseKind.MISUSE: VETO_SEATS,
    }
    may = {seat for seat in SeatKind if permissions.can_veto(seat, Case(kind=kind))}
    assert may == VETO_SEATS - untouched.get(kind, set())
