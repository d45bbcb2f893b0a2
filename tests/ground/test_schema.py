"""What the database keeps by itself: declared with the apps, brought by migrations, undone by them, and no way around."""

import os
import subprocess
import sys

import pgtrigger
import psycopg
import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from governance.board.models import Ballot
from governance.board.states import SeatKind, Vote
from governance.decisions import on_disk as decisions_on_disk
from governance.training import data_versions as training_versions
from governance.training import grants as training_grants
from governance.training.models import Attempt
from ground.grants import READ
from ground.schema.autodetector import Autodetector
from ground.schema.operations import BumpDataVersions, Declared, RuntimeMay, StoreAs
from tests import databases, factories

IN_PUBLIC = "relnamespace = 'public'::regnamespace"
# Everything that a database is made of, by name.
CATALOGUE = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default, generation_expression "
    "FROM information_schema.columns WHERE table_schema = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT pg_get_functiondef(f.oid), proacl::text FROM pg_proc f JOIN pg_language l ON l.oid = prolang "
    "WHERE pronamespace = 'public'::regnamespace AND lanname NOT IN ('c', 'internal')",
    "tables": f"SELECT relname, relacl::text, reloptions::text FROM pg_class WHERE {IN_PUBLIC} AND relkind IN ('r', 'S')",
    "column grants": "SELECT attrelid::regclass::text, attname, attacl::text FROM pg_attribute JOIN pg_class c "
    f"ON c.oid = attrelid WHERE {IN_PUBLIC} AND attacl IS NOT NULL",
    "default grants": "SELECT defaclobjtype::text, defaclacl::text FROM pg_default_acl",
}


def migrate(url: str, *where: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "migrate", *where, "--verbosity", "0", "--skip-checks"]
    environment = {**os.environ, "DATABASE_URL": url}
    return subprocess.run(
        command, check=False, cwd=databases.PROJECT, env=environment, text=True, capture_output=True
    )


def catalogue(url: str) -> dict[str, list]:
    with psycopg.connect(url) as reader:
        return {what: sorted(reader.execute(sql).fetchall(), key=str) for what, sql in CATALOGUE.items()}


@pytest.mark.proof(whole=True)
def test_undone_and_done_again_the_database_is_the_same(server):
    """Issue 8, item 5: tables, constraints, triggers, functions and grants go and come back as they were."""
    with databases.copy(server) as name:
        url = databases.owner_url(server, name)
        before = catalogue(url)
        assert migrate(url, "ground", "zero").returncode == 0
        empty = catalogue(url)
        assert {table.split("_")[0] for table, *_rest in empty.pop("tables")} == {"auth", "axes", "django"}
        assert not any(empty[what] for what in ("triggers", "functions", "column grants", "default grants"))
        assert migrate(url).returncode == 0
        assert catalogue(url) == before


def test_a_database_of_older_migrations_is_told_what_to_do(server):
    """Issue 8, item 5: a demo from before says in one sentence how to begin anew."""
    with databases.copy(server) as name:
        url = databases.owner_url(server, name)
        with psycopg.connect(url) as older:
            older.execute("DELETE FROM django_migrations WHERE app = 'ground'")
        refused = migrate(url)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1 and "make clean" in refused.stderr


@pytest.mark.django_db
def test_no_session_switches_a_trigger_off(by):
    """Security: the library's own switch (`pgtrigger.ignore`) would let whoever serves requests pass a promise by."""
    member = factories.a_board()[SeatKind.HR]
    ballot = Ballot(
        case=factories.an_open_case(), seat=factories.a_seat(SeatKind.HR), user=member, vote=Vote.APPROVE
    )
    ignored = pgtrigger.ignore("board.Ballot:cast_sealed")
    with ignored, pytest.raises(IntegrityError, match="cast sealed"), transaction.atomic():
        ballot.save(force_insert=True)


def detected() -> dict[str, list[Declared]]:
    """The operations that `makemigrations` would write now, by app."""
    loader = MigrationLoader(None)
    found = Autodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    return {label: [each for one in made for each in one.operations] for label, made in found.items()}


def statements(*, undo: bool, operation: Declared) -> str:
    """What an operation tells the database."""
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        run = operation.database_backwards if undo else operation.database_forwards
        run("training", editor, None, None)
    return "\n".join(editor.collected_sql)


def test_nothing_declared_waits_for_a_migration():
    """Issue 8, item 5: what apps declare is what migrations bring."""
    assert detected() == {}


@pytest.mark.django_db
def test_a_changed_grant_becomes_a_migration_that_can_be_undone(monkeypatch):
    """Issue 8, item 5: nobody writes it by hand; one table changes, and changes back."""
    monkeypatch.setitem(training_grants.GRANTS, Attempt, READ)
    ((operation,),) = detected().values()
    assert isinstance(operation, RuntimeMay)
    done, undone = (statements(undo=undo, operation=operation) for undo in (False, True))
    assert 'GRANT SELECT ON "training_attempt"' in done and "GRANT UPDATE" not in done
    assert 'GRANT UPDATE ("ended_at") ON "training_attempt"' in undone
    assert "training_attemptanswer" not in done + undone


@pytest.mark.django_db
def test_a_table_more_under_a_data_version_becomes_a_migration_that_can_be_undone(monkeypatch):
    """Issue 8, item 2: which tables change a data version is its app's word alone."""
    (version,) = training_versions.DATA_VERSIONS
    wider = version._replace(changed_by={**version.changed_by, Attempt: ("ended_at",)})
    monkeypatch.setattr(training_versions, "DATA_VERSIONS", [wider])
    ((operation,),) = detected().values()
    assert isinstance(operation, BumpDataVersions)
    done, undone = (statements(undo=undo, operation=operation) for undo in (False, True))
    assert 'UPDATE OF "ended_at" OR DELETE ON "training_attempt"' in done and done.count("TRIGGER") == 1
    assert undone.startswith('DROP TRIGGER bump_data_version ON "training_attempt"')


@pytest.mark.django_db
def test_a_changed_table_on_disk_becomes_a_migration_that_can_be_undone(monkeypatch):
    """How tables lie on disk is declared with their app, as its grants are."""
    monkeypatch.setattr(decisions_on_disk, "ON_DISK", {})
    ((operation,),) = detected().values()
    assert isinstance(operation, StoreAs)
    done, undone = (statements(undo=undo, operation=operation) for undo in (False, True))
    assert done.strip() == 'ALTER TABLE "decisions_decisionrecord" RESET ("toast_tuple_target");'
    assert undone.strip() == 'ALTER TABLE "decisions_decisionrecord" SET ("toast_tuple_target" = 384);'
