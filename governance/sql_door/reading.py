"""Statements as clients send them, to what they ask of governed views; or a refusal. Pure.

A few forms are read, each with the query inside it: SELECT, EXPLAIN, cursors, PREPARE, COPY to the client, transactions and harmless
settings. What is not one of them is refused, so that nothing depends on what a parser makes of it.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from governance.sql_door.lexing import Lexeme, StatementText, split
from governance.sql_door.queries import Query, read_query
from governance.sql_door.refusals import NotAllowed, refuse_form
from governance.sql_door.vocabulary import SETTINGS, SHOWN, may_set

MOST_STATEMENTS = 20  # in one text
_LONGEST_TEXT = 50_000  # letters, which a parser in plain Python reads in a second


class Form(StrEnum):
    """What a statement does to its session."""

    QUERY = "query"
    DECLARE = "declare"
    FETCH = "fetch"
    CLOSE = "close"
    PREPARE = "prepare"
    EXECUTE = "execute"
    DEALLOCATE = "deallocate"
    RESET = "reset"
    PLAIN = "plain"


class SqlStatement(Struct, frozen=True):
    """One statement: its form, the query inside it, and the cursor or prepared statement that it names; empty for all of them."""

    form: Form
    query: Query = Query()
    name: str = ""


@lru_cache(maxsize=500)
def read_statements(text: str) -> tuple[SqlStatement, ...]:
    """The statements of a text, none for an empty one. Raises NotAllowed."""
    if len(text) > _LONGEST_TEXT:
        raise NotAllowed(
            refuse_form("This statement is too long to be read.", "Ask for less in one statement.")
        )
    found = tuple(_read(piece) for piece in split(text))
    if len(found) > MOST_STATEMENTS:
        raise NotAllowed(
            refuse_form(f"A text holds {MOST_STATEMENTS} statements at most.", "Send them one by one.")
        )
    return found


def _read(piece: StatementText) -> SqlStatement:
    first = piece.words[0]
    reader = _READERS.get(first.says) if first.kind in ("word", "other") else None
    if reader is None:
        raise NotAllowed(refuse_form(f"{piece.spell(1).upper()[:40]} is not done here."))
    return reader(piece)


def _read_query(piece: StatementText) -> SqlStatement:
    return SqlStatement(Form.QUERY, read_query(piece.query_from(0)))


_EXPLAIN = re.compile(r"explain( \( [a-z ,_]* \)|( analyze)?( verbose)?)$")


def _read_explain(piece: StatementText) -> SqlStatement:
    """EXPLAIN with its options: what it explains is decided as if it ran, since with ANALYZE it does."""
    place = 1
    if piece.words[1:2] and piece.words[1].says == "(":
        place = 1 + next(
            (at for at, each in enumerate(piece.words[1:], 1) if each.says == ")"), len(piece.words)
        )
    while place < len(piece.words) and piece.words[place].says in ("analyze", "verbose"):
        place += 1
    if not _EXPLAIN.match(piece.spell(place)) or place >= len(piece.words):
        raise NotAllowed(refuse_form("This is no form of EXPLAIN that is read here."))
    return SqlStatement(Form.QUERY, _read_inner(piece, place))


def _read_inner(piece: StatementText, place: int, until: int | None = None) -> Query:
    if place >= len(piece.words) or piece.words[place].says not in _QUERIES:
        raise NotAllowed(refuse_form("Inside of this only a query may stand."))
    return read_query(piece.query_from(place, until))


_CURSOR = re.compile(r"(binary |insensitive |asensitive |scroll |no scroll )*cursor( without hold)? for$")


def _read_declare(piece: StatementText) -> SqlStatement:
    place = next((at for at, each in enumerate(piece.words) if each.says == "for" and each.kind == "word"), 0)
    said = " ".join(each.says for each in piece.words[2 : place + 1])
    if place < 3 or not piece.words[1].is_name or not _CURSOR.match(said):
        raise NotAllowed(
            refuse_form("This is no form of DECLARE that is read here: cursors end with their transaction.")
        )
    return SqlStatement(Form.DECLARE, _read_inner(piece, place + 1), piece.words[1].says)


_FETCHED = re.compile(
    r"(fetch|move)( (next|prior|first|last|all|forward|backward|forward all|backward all|(absolute |relative |forward |backward )?(- )?\d+))?( from| in)?$"
)


def _read_fetch(piece: StatementText) -> SqlStatement:
    said = " ".join(each.says for each in piece.words[:-1])
    if not piece.words[-1].is_name or not _FETCHED.match(said):
        raise NotAllowed(refuse_form("This is no form of FETCH that is read here."))
    return SqlStatement(Form.FETCH, name=piece.words[-1].says)


def _read_close(piece: StatementText) -> SqlStatement:
    if len(piece.words) != 2 or not piece.words[1].is_name:
        raise NotAllowed(refuse_form("Name the cursor that is to be closed."))
    return SqlStatement(Form.CLOSE, name="" if piece.words[1].says == "all" else piece.words[1].says)


def _read_prepare(piece: StatementText) -> SqlStatement:
    """PREPARE name (types) AS query; types are names of types alone."""
    place = next((at for at, each in enumerate(piece.words) if each.says == "as" and each.kind == "word"), 0)
    types = piece.words[2:place]
    plain = all(each.kind in ("word", "number") or each.says in "(),[]" for each in types)
    if place < 2 or not piece.words[1].is_name or not plain:
        raise NotAllowed(refuse_form("This is no form of PREPARE that is read here."))
    return SqlStatement(Form.PREPARE, _read_inner(piece, place + 1), piece.words[1].says)


def _read_execute(piece: StatementText) -> SqlStatement:
    """EXECUTE name (values); values are written out, as an expression might ask for more."""
    values = piece.words[2:]
    plain = all(
        each.kind in ("text", "number") or each.says in ("(", ")", ",", "-", "null", "true", "false")
        for each in values
    )
    if len(piece.words) < 2 or not piece.words[1].is_name or not plain:
        raise NotAllowed(refuse_form("EXECUTE takes a name, and values that are written out."))
    return SqlStatement(Form.EXECUTE, name=piece.words[1].says)


def _read_deallocate(piece: StatementText) -> SqlStatement:
    names = [each for each in piece.words[1:] if each.says != "prepare"]
    if len(names) != 1 or not names[0].is_name:
        raise NotAllowed(refuse_form("Name the statement that is to be forgotten."))
    return SqlStatement(Form.DEALLOCATE, name="" if names[0].says == "all" else names[0].says)


_COPIED = re.compile(
    r"""to stdout( with)?( csv( header)?| \( (format (text|csv|binary)|header( true| false)?|delimiter '[^'\\]'|null '[\w\\]*'|quote '[^\\]'|encoding 'utf-?8'|force_quote \*)( , (format (text|csv|binary)|header( true| false)?|delimiter '[^'\\]'|null '[\w\\]*'|quote '[^\\]'))* \))?$""",
    re.IGNORECASE,
)


def _read_copy(piece: StatementText) -> SqlStatement:
    """COPY (query) TO STDOUT with a few options. It takes values out, so the line is told that it is an export."""
    end = _find_closing(piece)
    said = " ".join(each.says for each in piece.words[end + 1 :])
    if end < 3 or not _COPIED.match(said):
        raise NotAllowed(
            refuse_form(
                "Only COPY (SELECT …) TO STDOUT is done here, with a format, a header and a delimiter."
            )
        )
    return SqlStatement(Form.QUERY, replace(_read_inner(piece, 2, end), export=True))


def _find_closing(piece: StatementText) -> int:
    """The place of the bracket that closes the one in second place; 0 where there is none."""
    depth = 0
    for at, each in enumerate(piece.words):
        if each.kind == "other":
            depth += {"(": 1, ")": -1}.get(each.says, 0)
        if at and not depth:
            return at if at > 1 else 0
    return 0


_TRANSACTIONS = re.compile(
    r"""(begin( work| transaction)?|start transaction)( ,?\ ?(isolation level (read committed|repeatable read|serializable|read uncommitted)|read only|read write|(not )?deferrable))*
    |(commit|end|rollback|abort)(\ work|\ transaction)?(\ and\ no\ chain)?
    |savepoint\ \S+|release(\ savepoint)?\ \S+|rollback(\ work|\ transaction)?\ to(\ savepoint)?\ \S+""".replace(
        "\n    ", ""
    ),
)


def _read_transaction(piece: StatementText) -> SqlStatement:
    if not _TRANSACTIONS.fullmatch(piece.spell(20)):
        raise NotAllowed(refuse_form("This is no form of a transaction that is read here."))
    return SqlStatement(Form.RESET if piece.words[0].says in ("rollback", "abort") else Form.PLAIN)


_SESSION = re.compile(
    r"set (session characteristics as transaction|transaction)( ,?\ ?(isolation level (read committed|repeatable read|serializable)|read only|read write))+"
)


def _read_set(piece: StatementText) -> SqlStatement:
    said = piece.spell(20)
    if _SESSION.fullmatch(said):
        return SqlStatement(Form.PLAIN)
    words = [each for each in piece.words[1:] if each.says not in ("session", "local")]
    name, values = _read_setting(words)
    value = " ".join(each.says.strip("'") for each in values)
    plain = all(
        each.kind in ("word", "text", "number", "name") or each.says in (",", "-", "+") for each in values
    )
    if not values or not plain or not may_set(name, value):
        raise NotAllowed(
            refuse_form(f"{name or 'This'} is not set here.", "Set it in your tool, or leave it as it is.")
        )
    return SqlStatement(Form.PLAIN)


def _read_setting(words: list[Lexeme]) -> tuple[str, list[Lexeme]]:
    said = [each.says for each in words]
    if said[:2] == ["time", "zone"]:
        return "timezone", words[2:]
    if said[:1] == ["names"]:
        return "client_encoding", words[1:]
    if len(said) > 2 and said[1] in ("to", "="):
        return said[0].lower(), words[2:]
    return said[0] if said else "", []


def _read_show(piece: StatementText) -> SqlStatement:
    name = "".join(each.says for each in piece.words[1:]).lower()
    name = {"transactionisolationlevel": "transaction_isolation", "timezone": "timezone"}.get(name, name)
    if name not in SHOWN:
        raise NotAllowed(refuse_form(f"{name[:60] or 'This'} is not shown here."))
    return SqlStatement(Form.PLAIN)


def _read_reset(piece: StatementText) -> SqlStatement:
    name = piece.words[1].says if len(piece.words) == 2 else ""
    if name != "all" and name not in SETTINGS:
        raise NotAllowed(refuse_form("This is not reset here."))
    return SqlStatement(Form.RESET)


def _read_discard(piece: StatementText) -> SqlStatement:
    """What pools of connections send between two users of one; the connection stays one account's."""
    if piece.spell() not in ("discard all", "discard plans", "discard temp", "discard sequences"):
        raise NotAllowed(refuse_form("This is not discarded here."))
    return SqlStatement(Form.DEALLOCATE)


def _read_unlisten(piece: StatementText) -> SqlStatement:
    if piece.spell() != "unlisten *":
        raise NotAllowed(refuse_form("Nobody is listened to here."))
    return SqlStatement(Form.PLAIN)


_QUERIES = ("select", "with", "values", "table", "(")
_READERS: Mapping[str, Callable[[StatementText], SqlStatement]] = {
    **dict.fromkeys(_QUERIES, _read_query),
    **dict.fromkeys(
        ("begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release"), _read_transaction
    ),
    "explain": _read_explain,
    "declare": _read_declare,
    "fetch": _read_fetch,
    "move": _read_fetch,
    "close": _read_close,
    "prepare": _read_prepare,
    "execute": _read_execute,
    "deallocate": _read_deallocate,
    "copy": _read_copy,
    "set": _read_set,
    "show": _read_show,
    "reset": _read_reset,
    "discard": _read_discard,
    "unlisten": _read_unlisten,
}
