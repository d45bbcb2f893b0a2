"""From a folder that nobody has put to the board to what recorded facts would read under it.

`rules/` holds rules of one's own beside the built-in ones, `charters/` charters of metrics, `settings.yaml` settings by key.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from charter import rules
from charter.authoring import rules_folder
from charter.authoring.folder import read_folder
from charter.programme import settings
from charter.registry.document import CharterDocument
from charter.registry.finding import Severity
from charter.registry.settings_check import check_settings
from charter.rules import Rulebook
from charter.rules.facts import Facts
from governance.decisions.replay.counting import AsProposed
from governance.decisions.replay.proposals import charters_otherwise, set_otherwise
from governance.decisions.replay.rebuilding import make_rebuild
from ground.errors import BadInput
from ground.strict_yaml import read_yaml

RULES, CHARTERS, SETTINGS = "rules", "charters", "settings.yaml"


def read_proposal(folder: Path, in_force: Rulebook) -> AsProposed:
    """What a folder proposes. Raises BadInput where it holds nothing of the three, and for what the board could not be asked."""
    parts = _list_parts(folder)
    rulebook = _read_rules(folder / RULES) if RULES in parts else in_force
    as_ifs = [charters_otherwise(_read_charters(folder / CHARTERS))] if CHARTERS in parts else []
    changes = _read_settings(folder / SETTINGS) if SETTINGS in parts else {}
    as_ifs.append(set_otherwise(changes))
    return AsProposed(rulebook, lambda facts: reduce(_apply, as_ifs, facts), make_rebuild(changes, in_force))


def hash_folder(folder: Path) -> str:
    """Of every file in its parts, by its path in the folder: a replay of the same goes on where it stopped."""
    hashed = hashlib.sha256()
    for path in sorted(path for part in _list_parts(folder) for path in _list_files(folder / part)):
        with path.open("rb") as content:
            inside = hashlib.file_digest(content, "sha256").hexdigest()
        hashed.update(f"{path.relative_to(folder)}\0{inside}\0".encode())
    return hashed.hexdigest()


def _list_parts(folder: Path) -> list[str]:
    parts = [part for part in (RULES, CHARTERS, SETTINGS) if (folder / part).exists()]
    for part in parts:
        if (folder / part).is_file() is not (part == SETTINGS):
            text = _("%(part)s is to be a file.") if part == SETTINGS else _("%(part)s is to be a folder.")
            raise BadInput(text % {"part": folder / part}, field="folder")
    if parts:
        return parts
    text = _("%(folder)s holds neither a folder of rules or charters nor settings.yaml.")
    raise BadInput(text % {"folder": folder}, field="folder")


def _apply(facts: Facts, change: Callable[[Facts], Facts]) -> Facts:
    return change(facts)


def _read_rules(folder: Path) -> Rulebook:
    report = rules_folder.check_folder(folder)
    for each in report.placed:
        if each.finding.level is Severity.ERROR:
            raise BadInput(f"{each.file}:{each.line}: {each.finding.text}", field=RULES)
    return rules.compile_rulebook(rules_folder.add_builtin_files(rules_folder.read_own_files(folder)))


def _read_settings(file: Path) -> Mapping[str, Any]:
    asked = read_yaml(file, dict[str, bool | int | float | str])
    changes, _former = settings.check_changes(asked, against=check_settings)
    return changes


def _read_charters(folder: Path) -> dict[str, CharterDocument]:
    found = read_folder(folder)
    found.check_is_whole()
    return found.documents


def _list_files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    else:
        yield from (path for path in place.rglob("*") if path.is_file())
