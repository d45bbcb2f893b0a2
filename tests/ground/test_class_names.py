"""A class name says one thing in the whole product (issue 8, 1)."""

import ast
from collections import defaultdict
from pathlib import Path

from django.conf import settings

WINGS = ("audits", "charter", "governance", "ground")

# Names by which Django finds a class, so that many modules have one.
CONVENTIONS = {
    "Meta": "the options of a model, form, table or filter",
    "Command": "a management command",
    "Migration": "a migration",
    "Media": "the files of a form's widgets",
}


def find_names(root: Path) -> dict[str, list[str]]:
    """Where each class is defined, nested ones too, by its name."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(each for wing in WINGS for each in (root / wing).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(f"{path.relative_to(root)}:{node.lineno}")
    return found


def find_twice(root: Path) -> dict[str, list[str]]:
    """The names that stand more than once, and where."""
    return {
        name: places
        for name, places in find_names(root).items()
        if len(places) > 1 and name not in CONVENTIONS
    }


def test_no_class_name_has_two_meanings():
    """Issue 8, 1: no class name stands in two modules with two meanings."""
    assert find_twice(Path(settings.BASE_DIR)) == {}


def test_the_walk_sees_names_that_stand_twice(tmp_path):
    """The proof can fail: private and nested classes count, Django's own conventions do not."""
    for app in ("charter", "governance"):
        (tmp_path / app).mkdir()
        code = "class Row:\n    class Meta: ...\n    class Inner: ...\nclass _Plan: ...\n"
        (tmp_path / app / "rows.py").write_text(code, encoding="utf-8")
    assert find_twice(tmp_path) == {
        "Row": ["charter/rows.py:1", "governance/rows.py:1"],
        "Inner": ["charter/rows.py:3", "governance/rows.py:3"],
        "_Plan": ["charter/rows.py:4", "governance/rows.py:4"],
    }
