"""Rulebooks made of the house's files and one more, and a house that has moved on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from charter import rules
from charter.registry import queries
from charter.rules import keeping, rulebook
from charter.rules.rulebook import Rulebook

ANNOTATIONS = {
    "id": "ORG01",
    "title": "No exports in spring",
    "text": "No exports in spring.",
    "why": "Spring is for looking.",
    "fix": "Look at the values here.",
    "family": "ours",
    "effect": "deny",
    "waivable": "never",
}


def policy(condition: str, head: str = "forbid", **annotations: str | None) -> str:
    """Return one policy as text; an annotation that is None is left out."""
    given = {**ANNOTATIONS, **annotations}
    lines = [f'@{name}("{value}")' for name, value in given.items() if value is not None]
    return "\n".join([*lines, f'{head} (principal, action == Action::"use", resource) {condition};'])


def files_with(*policies: str) -> dict[str, str]:
    return {**rules.house_files(), "ours.cedar": "\n\n".join(policies)}


def house_with(*policies: str) -> Rulebook:
    return rules.compile_rulebook(files_with(*policies))


@contextmanager
def upgraded_house(folder: Path) -> Iterator[None]:
    """A later version of the house, whose schema knows one more fact; whatever was compiled before is forgotten."""
    for name, text in rules.house_files().items():
        more = text.replace("type Use = {", "type Use = {\n  weather?: Long,")
        (folder / name).write_text(more if name == rulebook.SCHEMA else text, encoding="utf-8")
    with patch.object(rulebook, "HOUSE", folder):
        _forget()
        try:
            yield
        finally:
            _forget()


def _forget() -> None:
    for remembered in (
        rulebook.house_schema,
        rulebook._compile,
        rulebook.charter_handle,
        keeping.house,
        queries._compiled,
        queries.rulebook_as_written,
    ):
        remembered.cache_clear()
