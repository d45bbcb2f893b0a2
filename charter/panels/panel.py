"""A panel: SQL that stands somewhere in a dashboard, a model or a file, before its macros are expanded. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class MacroLanguage(StrEnum):
    """Whose macros a statement may hold."""

    NONE = "none"
    GRAFANA = "grafana"
    SUPERSET = "superset"
    METABASE = "metabase"
    DBT = "dbt"


class PanelVariable(Struct, frozen=True):
    """What a viewer may choose: `chosen` as the file has it, `options` all that it names."""

    chosen: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    multi: bool = False
    kind: str = ""


class SqlPanel(Struct, frozen=True):
    """One text of SQL with where it stands. `is_model` where it makes a table for others to read, and shows nothing itself."""

    file: str
    line: int
    dashboard: str
    name: str
    sql: str
    dialect: str = ""
    language: MacroLanguage = MacroLanguage.NONE
    variables: Mapping[str, PanelVariable] = {}
    is_model: bool = False
    makes: str = ""  # the table that others read it as
    shown_in: str = ""  # the file of its dashboard, or the tool, where that is not its own file

    @property
    def board(self) -> tuple[str, str]:
        """Which dashboard it stands in: the file and the title."""
        return self.shown_in or self.file, self.dashboard


class ScanFault(Struct, frozen=True, order=True):
    """A file, or a part of one, that could not be looked at: its name, and why in a sentence."""

    file: str
    text: str
    line: int = 1


class Expanded(Struct, frozen=True):
    """A panel's statements with every macro expanded, one for each choice that makes another; and what stayed unknown."""

    statements: tuple[str, ...]
    unknown: tuple[str, ...] = ()
