"""Sources as YAML files, one a file, read with the line of every key and written so that they read well. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from charter.registry.source_descriptions import SourceDescription
from ground.strict_yaml import Tree, dump_yaml, nearest_line


class SourceFile(Struct, frozen=True):
    """A source as it stands in a file. `lines` holds the line of every key, dotted as in messages."""

    name: str
    description: SourceDescription
    lines: Mapping[str, int]

    def line_of(self, field: str) -> int:
        """The line of a key, or of the nearest one above it that the file has."""
        return nearest_line(self.lines, field)


def read_source(text: str | bytes, *, name: str) -> SourceFile:
    """Read one source; BadInput names file, line and key."""
    tree = Tree(text, name)
    return SourceFile(name, tree.read_as(SourceDescription), tree.lines)


def dump_source(description: SourceDescription) -> str:
    """The source as YAML; `read_source` reads the same description back."""
    return dump_yaml(description)
