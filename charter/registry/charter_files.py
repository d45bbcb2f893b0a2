"""Charters as YAML files: read strictly, with file, line and key in every error; written so that they read well."""

from collections.abc import Mapping

from msgspec import Struct

from charter.registry.document import CharterDocument
from ground.strict_yaml import Tree, dump_yaml, nearest_line, parse_yaml


class CharterFile(Struct, frozen=True):
    """A charter as it stands in a file. `lines` holds the line of every key, dotted as in messages."""

    name: str
    document: CharterDocument
    lines: Mapping[str, int]

    def line_of(self, field: str) -> int:
        """The line of a key, or of the nearest one above it that the file has."""
        return nearest_line(self.lines, field)


def read_charter(text: str | bytes, *, name: str) -> CharterFile:
    """Read one charter from YAML, with where everything stands.

    `name` is the file's, for messages. Raises BadInput whose sentence and extras (`file`, `line`) and `field` name
    where the fault is.
    """
    tree = Tree(text, name)
    return CharterFile(name, tree.read_as(CharterDocument), tree.lines)


def parse_charter(text: str | bytes, *, name: str) -> CharterDocument:
    """The charter alone; otherwise as `read_charter`."""
    return parse_yaml(text, CharterDocument, name=name)


def dump_charter(document: CharterDocument) -> str:
    """The charter as YAML, block style, without what is empty; `parse_charter` reads the same document back."""
    return dump_yaml(document)
