"""Migration operations that `makemigrations` writes beside Django's own (see `autodetector`)."""

from abc import abstractmethod
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, ClassVar

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor as Editor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.compiler import Trigger
from psycopg import sql

from ground.schema import declared
from ground.schema.declared import Named


class CreateTables(Operation):
    """All tables of an app at once, so that the state of all models is worked out once and not anew for each.

    The CreateModels are whole: constraints, indexes and triggers are in their options.
    """

    serialization_expand_args = ["models"]
    reduces_to_sql = True

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Editor, from_state: Any, to_state: Any
    ) -> None:
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)
        for trigger in self._triggers(of_proxies=True):  # pgtrigger adds those of the rest with their tables
            schema_editor.execute(trigger.install_sql, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: Editor, from_state: Any, to_state: Any
    ) -> None:
        for trigger in [*self._triggers(of_proxies=True), *self._triggers(of_proxies=False)]:
            schema_editor.execute(trigger.uninstall_sql, params=None)
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def _triggers(self, *, of_proxies: bool) -> Iterator[Trigger]:
        for model in self.models:
            if model.options.get("proxy", False) == of_proxies:
                yield from model.options.get("triggers", [])

    def describe(self) -> str:
        return "Create the app's tables"

    @property
    def migration_name_fragment(self) -> str:
        return "tables"


class Declared(Operation):
    """Brings the database from what an app declared `former`ly to what it declares `now`, and back."""

    reduces_to_sql = True
    module: ClassVar[str]  # where apps declare it
    says: ClassVar[str]

    def __init__(self, now: Mapping[str, Any], former: Mapping[str, Any] | None = None) -> None:
        self.now, self.former = now, former or {}

    @classmethod
    @abstractmethod
    def models(cls, module: ModuleType) -> Iterable[Named]:
        """The models that a module declares something about."""

    @classmethod
    @abstractmethod
    def read(cls, module: ModuleType, chosen: Container[Named]) -> dict[str, Any]:
        """What a module declares about the chosen ones of its models, by table and column."""

    @abstractmethod
    def change(self, editor: Editor, former: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        """Bring the database from the one to the other."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models are as they were."""

    def database_forwards(
        self, app_label: str, schema_editor: Editor, from_state: Any, to_state: Any
    ) -> None:
        self.change(schema_editor, self.former, self.now)

    def database_backwards(
        self, app_label: str, schema_editor: Editor, from_state: Any, to_state: Any
    ) -> None:
        self.change(schema_editor, self.now, self.former)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.now, *([self.former] if self.former else [])], {}

    def describe(self) -> str:
        return self.says

    @property
    def migration_name_fragment(self) -> str:
        return self.module


class RuntimeMay(Declared):
    """What the runtime role may do with tables: by table, the privileges and the columns that it may update."""

    module = "grants"
    says = "Say what the runtime role may do"

    @classmethod
    def models(cls, module: ModuleType) -> Iterable[Named]:
        return list(module.GRANTS)

    @classmethod
    def read(cls, module: ModuleType, chosen: Container[Named]) -> dict[str, Any]:
        return {
            declared.table(named): (may.privileges, declared.columns(named, may.update))
            for named, may in module.GRANTS.items()
            if named in chosen
        }

    def change(self, editor: Editor, former: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        for table in former.keys() - now.keys():
            _grant(editor, table, "SELECT", ())
        for table, grant in now.items():
            if grant != former.get(table):
                _grant(editor, table, *grant)


class BumpDataVersions(Declared):
    """Which writes change which data version: by data version and table, the columns whose update matters, none for all."""

    module = "data_versions"
    says = "Say which writes change which data version"

    @classmethod
    def models(cls, module: ModuleType) -> Iterable[Named]:
        return [named for version in module.DATA_VERSIONS for named in version.changed_by]

    @classmethod
    def read(cls, module: ModuleType, chosen: Container[Named]) -> dict[str, Any]:
        return {
            version.name: {
                declared.table(named): declared.columns(named, fields)
                for named, fields in version.changed_by.items()
                if named in chosen
            }
            for version in module.DATA_VERSIONS
            if any(named in chosen for named in version.changed_by)
        }

    def change(self, editor: Editor, former: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        was, is_now = _bumps(former), _bumps(now)
        for _name, table, _columns in sorted(was - is_now):
            _run(editor, "DROP TRIGGER bump_data_version ON {}", sql.Identifier(table))
        for name in former.keys() - now.keys():
            _run(editor, "DELETE FROM data_version WHERE name = {}", sql.Literal(name))
        for name in now.keys() - former.keys():
            _run(editor, "INSERT INTO data_version VALUES ({}, gen_random_uuid())", sql.Literal(name))
        for name, table, columns in sorted(is_now - was):
            of = sql.SQL(" OF {}").format(_listed(columns)) if columns else sql.SQL("")
            _run(
                editor,
                "CREATE TRIGGER bump_data_version AFTER INSERT OR UPDATE{} OR DELETE ON {} "
                "FOR EACH STATEMENT EXECUTE FUNCTION bump_data_version({})",
                of,
                sql.Identifier(table),
                sql.Literal(name),
            )


class StoreAs(Declared):
    """How tables lie on disk: by table, its storage parameters (CREATE TABLE ... WITH)."""

    module = "on_disk"
    says = "Say how tables lie on disk"

    @classmethod
    def models(cls, module: ModuleType) -> Iterable[Named]:
        return list(module.ON_DISK)

    @classmethod
    def read(cls, module: ModuleType, chosen: Container[Named]) -> dict[str, Any]:
        return {
            declared.table(named): dict(parameters)
            for named, parameters in module.ON_DISK.items()
            if named in chosen
        }

    def change(self, editor: Editor, former: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        for table in sorted(former.keys() | now.keys()):
            was, wanted = former.get(table, {}), now.get(table, {})
            for name in sorted(was.keys() - wanted.keys()):
                _run(editor, "ALTER TABLE {} RESET ({})", sql.Identifier(table), sql.Identifier(name))
            for name, value in sorted(wanted.items() - was.items()):
                _run(
                    editor,
                    "ALTER TABLE {} SET ({} = {})",
                    sql.Identifier(table),
                    sql.Identifier(name),
                    sql.Literal(value),
                )


class MakeFunctions(Declared):
    """Functions that do as the owner what whoever calls them may not: by name, arguments, result and PL/pgSQL body."""

    module = "owner_functions"
    says = "Make the owner's functions"

    @classmethod
    def models(cls, module: ModuleType) -> Iterable[Named]:
        return []

    @classmethod
    def read(cls, module: ModuleType, chosen: Container[Named]) -> dict[str, Any]:
        return {name: tuple(parts) for name, parts in module.FUNCTIONS.items()}

    def change(self, editor: Editor, former: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        role = sql.Identifier(settings.RUNTIME_ROLE)
        for name, parts in sorted(former.items()):
            if now.get(name) != parts:
                _run(editor, "DROP FUNCTION {}" + f"({parts[0]})", sql.Identifier(name))
        for name, (arguments, result, body) in sorted(now.items()):
            if former.get(name) == (arguments, result, body):
                continue
            made = (
                f"CREATE FUNCTION {name}({arguments}) RETURNS {result} LANGUAGE plpgsql SECURITY DEFINER "
                f"SET search_path = pg_catalog, public, pg_temp AS $$\n{body.strip()}\n$$"
            )
            editor.execute(made, params=None)
            called = f"{{}}({arguments})"
            _run(editor, f"REVOKE ALL ON FUNCTION {called} FROM PUBLIC", sql.Identifier(name))
            _run(editor, f"GRANT EXECUTE ON FUNCTION {called} TO {{}}", sql.Identifier(name), role)


def _bumps(versions: Mapping[str, Mapping[str, Sequence[str]]]) -> set[tuple[str, str, tuple[str, ...]]]:
    return {
        (name, table, tuple(columns))
        for name, tables in versions.items()
        for table, columns in tables.items()
    }


def _grant(editor: Editor, table: str, privileges: str, update: Sequence[str]) -> None:
    role = sql.Identifier(settings.RUNTIME_ROLE)
    _run(editor, "REVOKE ALL ON {} FROM {}", sql.Identifier(table), role)
    _run(editor, "GRANT " + privileges + " ON {} TO {}", sql.Identifier(table), role)
    if update:
        _run(editor, "GRANT UPDATE ({}) ON {} TO {}", _listed(update), sql.Identifier(table), role)


def _listed(columns: Sequence[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _run(editor: Editor, statement: str, *parts: sql.Composable) -> None:
    editor.execute(sql.SQL(statement).format(*parts).as_string(), params=None)
