"""What changed between two versions of a charter, field by field, in words that a board member reads. Pure."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import groupby

from msgspec import Struct

from charter.registry.document import CharterDocument
from charter.registry.headings import CharterStatement, Heading, list_statements

_PIECE = re.compile(r"\s+|\S+")


class Piece(Struct, frozen=True):
    """A run of text that stands in both versions, or in one of them only."""

    text: str
    changed: bool


class Difference(Struct, frozen=True):
    """One field that says something else: `before` is empty where it is new, `after` where it was taken out."""

    heading: Heading
    field: str
    before: str
    after: str

    @property
    def pieces(self) -> tuple[list[Piece], list[Piece]]:
        """Both texts with the words marked that the other has not; unlike texts are marked as a whole."""
        old, new = _PIECE.findall(self.before), _PIECE.findall(self.after)
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        if matcher.ratio() < 0.5:
            return _whole(self.before), _whole(self.after)
        steps = matcher.get_opcodes()
        left = [Piece("".join(old[i:j]), kind != "equal") for kind, i, j, _, _ in steps if i < j]
        right = [Piece("".join(new[i:j]), kind != "equal") for kind, _, _, i, j in steps if i < j]
        return left, right


def find_differences(old: CharterDocument, new: CharterDocument) -> list[Difference]:
    """Every field that says something else in `new`, in the order of the headings."""
    before, after = _by_key(old), _by_key(new)
    found = [
        Difference(
            (after.get(key) or before[key]).heading,
            (after.get(key) or before[key]).label,
            before[key].words if key in before else "",
            after[key].words if key in after else "",
        )
        for key in dict.fromkeys((*before, *after))
        if (key in before and before[key].words) != (key in after and after[key].words)
    ]
    order = list(Heading)
    return sorted(found, key=lambda difference: order.index(difference.heading))


def group_by_heading(found: list[Difference]) -> Iterator[tuple[Heading, list[Difference]]]:
    """Differences under their headings."""
    return ((heading, list(group)) for heading, group in groupby(found, key=lambda each: each.heading))


def _by_key(document: CharterDocument) -> dict[str, CharterStatement]:
    return {entry.key: entry for entry in list_statements(document)}


def _whole(text: str) -> list[Piece]:
    return [Piece(text, True)] if text else []
