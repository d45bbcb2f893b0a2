"""A product that has moved on under the rules in force."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from charter import rules
from charter.registry import queries
from charter.rules import builtin_rules, rulebook


@contextmanager
def upgraded_house(folder: Path) -> Iterator[None]:
    """A later version of the product, whose schema knows one more fact; whatever was compiled before is forgotten."""
    for name, text in rules.builtin_files().items():
        more = text.replace("type Use = {", "type Use = {\n  weather?: Long,")
        (folder / name).write_text(more if name == rulebook.SCHEMA else text, encoding="utf-8")
    with patch.object(rulebook, "BUILTIN", folder):
        _forget()
        try:
            yield
        finally:
            _forget()


def _forget() -> None:
    for remembered in (
        rulebook.builtin_schema,
        rulebook._compile,
        rulebook.charter_handle,
        builtin_rules.builtin_rulebook,
        queries._compiled,
        queries.load_rulebook_as_written,
    ):
        remembered.cache_clear()
