"""Metabase's parameters, optional parts, field filters, snippets and cards within SQL. After metabase.com/docs: SQL parameters. Pure."""

import re

from charter.panels.expanding.calls import MacroError, settle
from charter.panels.panel import Expanded, PanelVariable, SqlPanel

SNIPPET = "snippet:"
_TAG = re.compile(r"\{\{\s*(?P<name>[^{}]+?)\s*\}\}")
_CARD = re.compile(r"#(?P<id>[A-Za-z0-9_]+)(?:-.*)?$")


def expand_metabase(panel: SqlPanel) -> Expanded:
    """A native question with its optional parts in, as whoever fills them in sees it; MacroError where snippets never end."""
    unknown: dict[str, None] = {}
    made = settle(panel.sql, lambda text: _TAG.sub(lambda tag: _write(tag["name"], panel, unknown), text))
    if _TAG.search(made):
        raise MacroError("a snippet expands to itself")
    return Expanded((made.replace("[[", " ").replace("]]", " "),), tuple(unknown))


def name_card(number: object) -> str:
    """A question as a table that others read."""
    return "card_" + re.sub(r"\W+", "_", str(number))


def _write(name: str, panel: SqlPanel, unknown: dict[str, None]) -> str:
    if card := _CARD.fullmatch(name):
        return f"(SELECT * FROM {name_card(card['id'])})"
    known = panel.variables.get(name)
    if name.lower().startswith(SNIPPET):
        known = panel.variables.get(f"{SNIPPET} {name[len(SNIPPET) :].strip()}")
        if known is None:
            unknown[f"the {name}"] = None
        return known.chosen[0] if known and known.chosen else "TRUE"
    return _parameter(name, known)


def _parameter(name: str, known: PanelVariable | None) -> str:
    """A value that is filled in; a field filter is a condition on its column, which is called as the parameter where nothing says it."""
    kind = known.kind if known else "text"
    if kind.startswith("dimension"):
        column = known.chosen[0] if known and known.chosen else re.sub(r"\W+", "_", name)
        return "TRUE" if kind == "dimension date" else f"{column} = 'any'"
    if kind == "temporal-unit":
        return "TRUE"
    return {"number": "1", "date": "'2024-01-01'", "boolean": "TRUE"}.get(kind, "'any'")
