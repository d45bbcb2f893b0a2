"""Triggers as models declare them: django-pgtrigger's, without its switch.

The library's functions let any session pass them by (`SET pgtrigger.ignore`), the runtime role's included. A promise of the
database must hold against that role, so ours are compiled without it. Their search path is fixed, so that no temporary
table of a session stands in for ours, and undoing one removes its function too.
"""

from typing import Any

import pgtrigger
from pgtrigger import compiler

from ground.transitions import Transitions

_TEMPLATE = """
CREATE OR REPLACE FUNCTION {pgid}() RETURNS trigger LANGUAGE plpgsql%s
SET search_path = pg_catalog, public, pg_temp AS $$
{declare}
BEGIN
{func}
END $$;
REVOKE ALL ON FUNCTION {pgid}() FROM PUBLIC;
DROP TRIGGER IF EXISTS {pgid} ON {table};
CREATE {constraint} TRIGGER {pgid} {when} {operation} ON {table} {timing}
    FOR EACH {level} {condition} EXECUTE FUNCTION {execute};
COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
"""


class TriggerSql(compiler.UpsertTriggerSql):
    """A function and its trigger. Migrations keep its parts; what becomes of them changes for all that are applied later."""

    def get_template(self) -> str:
        return _TEMPLATE % ""


class DefinerSql(TriggerSql):
    """The same, where the function does what whoever writes the row may not."""

    def get_template(self) -> str:
        return _TEMPLATE % " SECURITY DEFINER"


class StatementSql(TriggerSql):
    """The same, of a trigger that looks at all rows of a statement at once."""

    def get_template(self) -> str:
        return super().get_template().replace("FOR EACH", "{referencing} FOR EACH")


class CompiledTrigger(compiler.Trigger):
    """A trigger as migrations keep it."""

    @property
    def uninstall_sql(self) -> str:
        return f"{super().uninstall_sql} DROP FUNCTION IF EXISTS {self.sql.pgid}();"


class Trigger(pgtrigger.Trigger):
    """A rule that the database keeps for a table; `definer` lets its function write what the writer of the row may not."""

    definer = False

    def __init__(self, *, definer: bool = False, **parts: Any) -> None:
        self.definer = definer
        super().__init__(**parts)

    # The models are classes, where the library's hints say instances.
    def get_pgid(self, model: Any) -> str:
        """Its name and its function's, after the table: the library's own begins so as well."""
        return f"pgtrigger_{model._meta.db_table}_{self.name}"

    def compile(self, model: Any) -> CompiledTrigger:
        """What migrations keep of it."""
        kind = DefinerSql if self.definer else StatementSql if self.referencing else TriggerSql
        sql = kind(
            pgid=self.get_pgid(model),
            declare=self.render_declare(model),
            func=self.render_func(model).strip("\n"),
            table=model._meta.db_table,
            when=self.when,
            operation=self.operation,
            level=self.level,
            condition=self.render_condition(model),
            **({"referencing": str(self.referencing)} if self.referencing else {}),
            **(
                {"constraint": "CONSTRAINT", "timing": f"DEFERRABLE INITIALLY {self.timing}"}
                if self.timing
                else {}
            ),
        )
        return CompiledTrigger(name=self.name, sql=sql)


def refuse(message: str, name: str) -> str:
    """The statement that refuses a row, as a check constraint of this name would."""
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';"


def outside(transitions: Transitions[Any], column: str) -> pgtrigger.Condition:
    """Of an update: that it moves a row in a way that the table of transitions does not let it move."""
    moves = ", ".join(f"('{old.value}', '{new.value}')" for old, new in transitions)
    return pgtrigger.Condition(
        f"OLD.{column} <> NEW.{column} AND (OLD.{column}, NEW.{column}) NOT IN ({moves})"
    )
