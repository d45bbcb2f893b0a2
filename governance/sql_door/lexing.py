"""A text as PostgreSQL cuts it into words, as far as is needed to tell statements apart and to read those that no query parser knows. Pure."""

import re
from collections.abc import Iterator

from msgspec import Struct

from governance.sql_door.refusals import NotAllowed, refuse_form

_LEXEMES = re.compile(
    r"""
    (?P<blank>\s+|--[^\n\r]*)
    | (?P<comment>/\*)
    | (?P<escaped>[eE]'(?:[^'\\]|''|\\.)*')
    | (?P<text>'(?:[^']|'')*')
    | (?P<name>"(?:[^"]|"")+")
    | (?P<dollar>\$(?:[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*)?\$)
    | (?P<parameter>\$\d+)
    | (?P<number>\d[\w.]*|\.\d\w*)
    | (?P<word>[A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*)
    | (?P<end>;)
    | (?P<other>[^'"])
    """,
    re.VERBOSE | re.DOTALL,
)
_UNICODE_ESCAPE = re.compile(r"""\b[uU]&\s*['"]""")
_COMMENT_PART = re.compile(r"/\*|\*/")
_SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class Lexeme(Struct, frozen=True):
    """One word of a text: what kind it is, what it says (a name in small letters unless it is quoted), and where it stands."""

    kind: str
    says: str
    start: int
    end: int

    @property
    def is_name(self) -> bool:
        return self.kind in ("word", "name")


class StatementText(Struct, frozen=True):
    """One statement of a text, and its words."""

    text: str
    words: tuple[Lexeme, ...]

    def spell(self, most: int = 6) -> str:
        """Its first words, with a blank between each."""
        return " ".join(each.says for each in self.words[:most])

    def query_from(self, place: int, until: int | None = None) -> str:
        """The query from a word on, up to another word, which is not in it; its parameters are written as `:p1`.

        A parser may take `$1, $` for the beginning of a text.
        """
        words, at, parts = self.words[place:until], self.words[place].start, list[str]()
        for each in words:
            if each.kind == "parameter":
                parts += [self.text[at : each.start], f":p{each.says[1:]}"]
                at = each.end
        return "".join([*parts, self.text[at : words[-1].end]])


def fold_name(name: str) -> str:
    """A name as PostgreSQL folds it: letters of ASCII alone, so that no other letter becomes one of them."""
    return name.translate(_SMALL)


def split(text: str) -> Iterator[StatementText]:
    """The statements of a text. Raises NotAllowed for one that has no end, or whose names are written in escapes."""
    if _UNICODE_ESCAPE.search(text):
        raise NotAllowed(
            refuse_form(
                "Names and texts in Unicode escapes are not read here.", "Write the letters themselves."
            )
        )
    words, lexemes = list[Lexeme](), _lex(text)
    for each in lexemes:
        if each.kind != "end":
            words.append(each)
            continue
        if words:
            yield StatementText(text, tuple(words))
        words = []
    if words:
        yield StatementText(text, tuple(words))


def _lex(text: str) -> Iterator[Lexeme]:
    at = 0
    while at < len(text):
        found = _LEXEMES.match(text, at)
        if found is None:
            raise NotAllowed(refuse_form("A quotation in this statement has no end."))
        kind, start = str(found.lastgroup), at
        at = _find_end(text, found)
        if kind not in ("blank", "comment"):
            yield Lexeme(*_say(kind, text[start:at]), start, at)


def _find_end(text: str, found: "re.Match[str]") -> int:
    if found.lastgroup == "comment":
        return _end_comment(text, found.end())
    if found.lastgroup == "dollar":
        end = text.find(found[0], found.end())
        if end < 0:
            raise NotAllowed(refuse_form("A quotation in this statement has no end."))
        return end + len(found[0])
    return found.end()


def _end_comment(text: str, at: int) -> int:
    depth = 1
    while depth:
        part = _COMMENT_PART.search(text, at)
        if part is None:
            raise NotAllowed(refuse_form("A comment in this statement has no end."))
        depth, at = depth + (1 if part[0] == "/*" else -1), part.end()
    return at


def _say(kind: str, said: str) -> tuple[str, str]:
    if kind == "word":
        return kind, fold_name(said)
    if kind == "name":
        return kind, said[1:-1].replace('""', '"')
    if kind in ("escaped", "dollar"):
        return "text", said
    return kind, said
