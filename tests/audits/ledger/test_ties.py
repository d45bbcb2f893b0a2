"""What the log tells of is written with an entry of its kind in the same transaction, or not at all (issue 9).

Each table is attacked alone: as the runtime role, in plain SQL, with all that else holds its rows taken away as the owner, in the
test's own transaction. That services pass is what every other test shows, as the database looks at all ties when it ends.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from audits.ledger.events import Event
from audits.ledger.ties import ON_THE_LOG, Tie, told
from governance.training.events import AttemptBegun
from ground.ids import new_id
from tests import factories, on_the_log
from tests.ground.test_grants import read_declared

WORDS = {"insert": "INSERT", "update": "UPDATE", "delete": "DELETE"}

# Tables that the runtime role writes and the log does not tell of, whole or by the way they are written, and why.
UNTOLD = {
    "ledger.Entry": "The log itself.",
    "ledger.Payload insert": "The log itself.",
    "ledger.Outbox": "The log itself.",
    "ledger.LogPlace": "The log itself.",
    "ledger.FullTile": "The log itself.",
    "ledger.SignedCheckpoint": "The log itself.",
    "ledger.WitnessState": "What the sequencer last heard of each witness, every few seconds; what they signed is in the log.",
    "people.Session": "Who is signed in, and nothing that is governed; it is written at each sign-in and while it is used.",
    "people.SecondStep update": "Which code was used last, and which recovery codes are left, whose use is on the log.",
    "people.AccountMail": "Mails about passwords that wait to be sent; what they are about is on the log.",
    "about_me.LeaverMail": "Mails to private addresses that wait to be sent; what they are about is on the log.",
    "appeals.AppealDraft": "What somebody writes and has not filed; that they write it is on no log.",
    "decisions.KeptAnswer delete": "Answers kept for who asks again go after an hour; the decision stays on the log.",
    "axes.AccessAttempt": "Failed sign-ins, which are counted and forgotten.",
    "axes.AccessAttemptExpiration": "As attempts.",
    "axes.AccessFailureLog": "As attempts.",
    "axes.AccessLog": "As attempts.",
}


def read_ties() -> dict[type[Model], dict[str, Tie]]:
    """By model, the ties of how its rows are written."""
    found: dict[type[Model], dict[str, Tie]] = {}
    for model in apps.get_models(include_auto_created=True):
        for each in getattr(model._meta, "triggers", []):
            if isinstance(each, Tie):
                found.setdefault(model, {})[each.word] = each
    return found


TIES = [(model, word) for model, ties in read_ties().items() for word in ties]


def list_rights() -> Iterator[str]:
    """What the runtime role may do to tables, in words such as "people.Person insert"."""
    for model, may in read_declared().items():
        for word, privilege in WORDS.items():
            if privilege in may.privileges or (word == "update" and may.update):
                yield f"{model._meta.label} {word}"


def test_whatever_may_be_written_is_told_or_says_why_not():
    """Issue 9: clearances, terms, cohorts and sources could be written with nothing on the log. Each table is one or the other."""
    tied = {f"{model._meta.label} {word}" for model, word in TIES}
    untold = {right for right in list_rights() if right in UNTOLD or right.split()[0] in UNTOLD}
    assert tied | untold == set(list_rights())
    assert not tied & untold


def test_no_excuse_outlives_its_reason():
    """One that excuses nothing would excuse the next."""
    rights = set(list_rights())
    used = {
        line for line in UNTOLD if line in rights or any(right.startswith(f"{line} ") for right in rights)
    }
    assert used == set(UNTOLD)


@pytest.mark.parametrize(("model", "word"), TIES, ids=lambda part: getattr(part, "__name__", part))
@pytest.mark.django_db
def test_nothing_is_written_that_the_log_does_not_tell(model, word):
    """Issue 9: as the runtime role, in plain SQL, each table that is governed."""
    table = model._meta.db_table
    strip(table, but=f"pgtrigger_{table}_{ON_THE_LOG}_{word}")
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        write(model, word)
        run(f'SET CONSTRAINTS "pgtrigger_{table}_{ON_THE_LOG}_{word}" IMMEDIATE')
    cause: Any = refused.value.__cause__
    assert (cause.diag.constraint_name, cause.diag.table_name) == (ON_THE_LOG, table)


def strip(table: str, *, but: str) -> None:
    """Take away what else holds the rows of a table: its constraints and its other triggers."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")
    for name in column(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('u', 'x', 'c')",
        table,
    ):
        factories.as_owner(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
    for name in column(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass AND indisunique"
        " AND NOT indisprimary AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)", table
    ):  # fmt: skip
        factories.as_owner(f"DROP INDEX {name}")
    for name in column(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgname <> %s", table, but
    ):  # fmt: skip
        factories.as_owner(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')


def write(model: type[Model], word: str) -> None:
    """Insert a row of made-up values, and change or remove it where that is what is tried."""
    table = model._meta.db_table
    columns = read_columns(table)
    names, values = ", ".join(columns), ", ".join(MADE.get(kind, "'x'") for kind in columns.values())
    run(f"INSERT INTO {table} ({names}) VALUES ({values})")
    if word == "delete":
        run(f"DELETE FROM {table}")
    if word == "update":
        name = find_watched(model)
        kind = columns[name]
        run(f"UPDATE {table} SET {name} = {OTHER.get(kind) or MADE.get(kind, QUOTED)}")


def read_columns(table: str) -> dict[str, str]:
    """The columns that a row is written with, quoted, and their types."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(attname), format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass"
            " AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
            [table],
        )
        return dict(cursor.fetchall())


def find_watched(model: type[Model]) -> str:
    """A column that the runtime role may update and the tie watches."""
    declared = next(may for each, may in read_declared().items() if each is model)
    watched = str(read_ties()[model]["update"].operation)
    columns = [str(model._meta.get_field(name).column) for name in declared.update]  # type: ignore[union-attr]
    return next(each for each in columns if " OF " not in watched or each in watched)


QUOTED = "'y'"
# Values of each type, and others.
MADE = {
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "'2026-01-01'",
    "date": "'2026-01-01'",
    "boolean": "false",
    "smallint": "1",
    "integer": "1",
    "bigint": "1",
    "double precision": "1",
    "jsonb": "'[1]'",
    "smallint[]": "'{1}'",
    "text[]": "'{x}'",
    "uuid[]": "'{}'",
    "character varying[]": "'{x}'",
}
OTHER = {
    "timestamp with time zone": "'2026-01-02'",
    "date": "'2026-01-02'",
    "boolean": "true",
    "smallint": "2",
    "integer": "2",
    "bigint": "2",
    "double precision": "2",
    "jsonb": "'[2]'",
    "smallint[]": "'{2}'",
    "character varying[]": "'{y}'",
}


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def column(statement: str, *given: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [value for (value,) in cursor.fetchall()]


GRANT = "INSERT INTO people_rolegrant (id, user_id, role, valid_from) VALUES ('{id}', '{user}', '{role}', '2026-01-01')"


def commit() -> None:
    """Look at all that would be looked at when the transaction ends."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.django_db
class TestWhatAccountsForARow:
    """Issue 9: an entry about another row, of another kind, that says something else, or of another transaction does not."""

    @pytest.fixture
    def ana(self):
        return factories.an_account("ana")

    def tell(self, ana: Any, **other: Any) -> None:
        said = {
            "user": ana.pk,
            "role": "admin",
            "team": None,
            "value_stream": None,
            "valid_from": "2026-01-01",
        }
        event = {**said, "valid_to": None, "grant": self.grant, **other}
        on_the_log.append(
            "people.role.granted", str(event["grant"]), {k: v for k, v in event.items() if k != "grant"}
        )

    @pytest.mark.parametrize("other", [None, {"grant": new_id()}, {"role": "hr"}, {"user": new_id()}])
    def test_it_tells_of_this_row(self, ana, other):
        self.grant = new_id()
        with pytest.raises(DatabaseError, match="no entry of the log"), transaction.atomic():
            if other is not None:
                self.tell(ana, **other)
            run(GRANT.format(id=self.grant, user=ana.pk, role="admin"))
            commit()

    def test_one_that_tells_of_it_does(self, ana):
        """What plain SQL can forge together: a row with its entry, which says then what the row says."""
        self.grant = new_id()
        self.tell(ana)
        run(GRANT.format(id=self.grant, user=ana.pk, role="admin"))
        commit()

    def test_an_entry_counts_for_its_own_transaction(self, ana):
        self.grant = new_id()
        self.tell(ana)
        factories.as_owner(f"UPDATE ledger_outbox SET xact = '3' WHERE about = '{self.grant}'")
        with pytest.raises(DatabaseError, match="no entry of the log"), transaction.atomic():
            run(GRANT.format(id=self.grant, user=ana.pk, role="admin"))
            commit()


def test_what_is_sealed_is_not_read():
    """A tie that would ask what a sealed entry says fails when it is declared, and so does one to an event that names no row."""
    with pytest.raises(TypeError, match="sealed"):
        told(AttemptBegun, says={"attempt": "{row}.id"})

    class Nameless(Event):
        pass

    with pytest.raises(TypeError, match="Nameless"):
        told(Nameless)
