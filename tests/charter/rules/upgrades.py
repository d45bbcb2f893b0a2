"""A house that has moved on under the rules in force."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from charter import rules
from charter.registry import queries
from charter.rules import keeping, rulebook


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
