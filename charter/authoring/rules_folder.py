"""A folder with an organisation's own rules, to be added to the built-in ones: read strictly and checked. Pure."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from charter import rules
from charter.authoring.linting import LintReport, Placed, judge_starters
from charter.registry import catalogue, examples
from charter.registry.finding import Finding, Severity
from charter.rules.builtin_rules import builtin_rulebook, find_losses
from charter.rules.proof.findings import find_unproved
from ground.errors import BadInput

ENDING = ".cedar"
LARGEST_FILE = 256 * 1024
WHOLE_FILE = "RB00"  # stands for a rule where a whole file is at fault
_FAMILY = re.compile(r"[a-z][a-z0-9_-]{0,39}")

_MEND = "Mend the rule, then check again."
_LEAVE_OUT = "Leave the built-in rules out of the folder: they are added to yours as they are."


def read_own_files(folder: Path) -> dict[str, str]:
    """Read every .cedar file in `folder`, hidden ones aside, by its name.

    Raises BadInput where there is no such folder or file, or a file that is too large, not UTF-8 or misnamed.
    """
    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}.", field="folder")
    paths = sorted(path for path in folder.glob(f"*{ENDING}") if not path.name.startswith("."))
    if not paths:
        raise BadInput(f"{folder} holds no rules: no file there ends in {ENDING}.", field="folder")
    return {path.name: _text(path) for path in paths}


def add_builtin_files(own: Mapping[str, str]) -> dict[str, str]:
    """The files of a whole rulebook: the built-in ones and these. A file that is called like a built-in one takes its place."""
    return {**rules.builtin_files(), **own}


def select_own_files(files: Mapping[str, str]) -> dict[str, str]:
    """The files of a rulebook that hold no built-in rule, whichever version of the product it was written for."""
    named = rules.builtin_files()
    stored = {name: text for name, text in files.items() if name not in named and name.endswith(ENDING)}
    return {name: text for name, text in stored.items() if not _ids(text) & builtin_rulebook().by_id.keys()}


def check_folder(folder: Path) -> LintReport:
    """All that stands in the way of adding the folder's rules to the built-in ones, by file and line.

    Examples of the starter catalogue's charters that the rules would change are warnings: an organisation may not have
    them in force.
    """
    own = read_own_files(folder)
    try:
        rulebook = rules.compile_rulebook(add_builtin_files(own))
    except rules.RulebookError as error:
        return _report(folder, own, (_error(each, _MEND) for each in error.findings))
    lost = [
        _error(each, _LEAVE_OUT if each.policy in builtin_rulebook().by_id else _MEND)
        for each in find_losses(rulebook)
    ]
    unproved = [] if lost else [_error(each, _MEND) for each in find_unproved(rulebook)]
    return _report(folder, own, [*lost, *unproved, *_changed_examples(rulebook)])


def _text(path: Path) -> str:
    if not _FAMILY.fullmatch(path.name.removesuffix(ENDING)):
        raise BadInput(f"{path}: name the file after its family, in small letters.", field="folder")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        text = content.decode("utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", field="folder") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8.", field="folder") from error
    if len(content) > LARGEST_FILE:
        raise BadInput(f"{path} is larger than {LARGEST_FILE // 1024} KiB.", field="folder")
    return text


def _ids(text: str) -> set[str]:
    return set(re.findall(r'@id\(\s*"([^"]*)"\s*\)', text))


def _changed_examples(rulebook: rules.Rulebook) -> Iterable[tuple[str, Finding]]:
    judged = judge_starters(rulebook, {})
    for slug, document in catalogue.read_starter_charters().items():
        for found in examples.find_mismatches(document, rulebook, judged.sources, others=judged.others):
            text = f"It would change {found.field} of the starter charter {slug}. {found.text}"
            fix = "While that charter is in force, such rules are refused."
            rule = next((each for each in rulebook.rules if each.id in found.text), rulebook.permit)
            yield f"{rule.family}{ENDING}", Finding(Severity.WARNING, rule.id, "", text, fix)


def _error(found: rules.RulebookFinding, fix: str) -> tuple[str, Finding]:
    text = found.problem[:1].upper() + found.problem[1:].rstrip(".") + "."
    return found.file, Finding(Severity.ERROR, found.policy or WHOLE_FILE, "", text, fix)


def _report(folder: Path, own: Mapping[str, str], found: Iterable[tuple[str, Finding]]) -> LintReport:
    placed = [_placed(folder, own, name, finding) for name, finding in found]
    return LintReport(len(own), tuple(sorted(placed, key=lambda each: (each.file, each.line))))


def _placed(folder: Path, own: Mapping[str, str], name: str, finding: Finding) -> Placed:
    """A finding on the line of its rule's id: in the folder where it can be, as only that can be mended."""
    if name not in own:
        name = next((file for file, text in own.items() if finding.rule in _ids(text)), name)
    before, found, _ = own.get(name, "").partition(f'@id("{finding.rule}")')
    return Placed(str(folder / name), before.count("\n") + 1 if found else 1, finding)
