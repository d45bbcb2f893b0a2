"""What whoever serves requests may write is what some service writes, table by table and column by column (issue 9)."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Model

from ground.grants import READ, WRITE, May
from ground.schema import declared
from tests.ground.rights import Right, find_used

# `importing/writing.py` writes what `differences.py` finds, of whichever model a difference is (test_import.py runs as this role).
_BY_IMPORT = "The import, whose writer names no model."
# Rights that no function names, and who uses them all the same.
UNSEEN = {
    "people.ValueStream INSERT": _BY_IMPORT,
    "people.Membership INSERT": _BY_IMPORT,
    "people.Membership DELETE": _BY_IMPORT,
    "people.ReportingLine INSERT": _BY_IMPORT,
    "people.ReportingLine DELETE": _BY_IMPORT,
    "people.Person UPDATE": "The import writes what the columns of its files are called.",
    "people.Team UPDATE": "The import, as for persons.",
    "people.Circumstances UPDATE": "`keep_history` writes the columns that a constant of its module lists.",
    "decisions.KeptCharter INSERT": "`keep_charters` writes what charters say in a statement of its own.",
    "programme.Programme UPDATE": "Settings are named by their key; the database holds each to a case.",
    "programme.DecisionKind UPDATE": "As settings of the programme.",
    "people.CohortTeam": "`cohort.teams.set`, where a cohort is registered.",
    "people.User UPDATE last_login": "Django, at each sign-in.",
    "people.Session": "Django, at each sign-in and sign-out, by `session_store.py`.",
    "axes": "django-axes counts failed sign-ins and forgets them.",
    "ledger": "Entries, payloads and their place in the queue come in one statement of `ledger.append`.",
    "registry.Source UPDATE": "`describe_source` writes the fields of a description, which a constant of its module lists.",
}
# Tables of the ground, whose grants its one migration says; and those of no model: Django's list of migrations, and knox's
# table, in whose place ours stands.
GROUND = {
    "ground_heartbeat": WRITE,
    "ground_count": WRITE,
    "django_migrations": READ,
    "data_version": READ,
    "knox_authtoken": READ,
}
WORDS = ("INSERT", "DELETE", "UPDATE")


def read_declared() -> dict[type[Model], May]:
    return {
        declared.model(named): may
        for _label, module in declared.modules("grants")
        for named, may in module.GRANTS.items()
    }


def list_rights(model: type[Model], may: May) -> Iterator[Right]:
    """The rights of a declaration, one by one."""
    for word in WORDS:
        if word in may.privileges:
            fields = [field.name for field in model._meta.concrete_fields] if word == "UPDATE" else [""]
            yield from (Right(model._meta.label, word, field) for field in fields)
    yield from (Right(model._meta.label, "UPDATE", field) for field in may.update)


def is_excused(right: Right) -> str | None:
    """The line of UNSEEN that speaks of a right."""
    said = " ".join(filter(None, right))
    return next((line for line in UNSEEN if said == line or said.startswith((f"{line} ", f"{line}."))), None)


@pytest.fixture(scope="module")
def unused() -> list[Right]:
    """The declared rights that no function of ours is seen to use."""
    used = find_used()
    rights = [right for model, may in read_declared().items() for right in list_rights(model, may)]
    return [right for right in rights if right not in used]


def test_no_right_is_there_that_no_service_uses(unused):
    """Issue 9: clearances, terms, cohorts and sources could be changed by whoever serves requests; no service does."""
    assert not [" ".join(right) for right in unused if not is_excused(right)]


def test_no_excuse_outlives_its_reason(unused):
    """A line that excuses nothing would excuse the next."""
    assert set(map(is_excused, unused)) - {None} == set(UNSEEN)


def test_the_proof_can_fail():
    """Rights too many are seen: that what a case asks be changed, and whom a term is of."""
    assert not find_used() & {
        Right("board.Case", "UPDATE", "question"),
        Right("board.Waiver", "DELETE"),
        Right("registry.Clearance", "UPDATE", "passed"),
        Right("people.User", "UPDATE", "is_superuser"),
        Right("registry.Clearance", "DELETE"),
    }


def test_every_table_says_what_may_be_written():
    """Issue 9: what is not said is not given, but each is said, so that nobody has to guess."""
    models = {each._meta.concrete_model for each in apps.get_models(include_auto_created=True)}
    assert {each._meta.db_table for each in models} - set(GROUND) == {
        each._meta.db_table for each in read_declared()
    }


@pytest.mark.django_db
def test_the_database_grants_what_is_declared_and_no_more():
    """Issue 9: compared with the catalogue, column by column."""
    want = {model._meta.db_table: may for model, may in read_declared().items()} | GROUND
    for table, may in want.items():
        model = next((each for each in read_declared() if each._meta.db_table == table), None)
        columns = set(declared.columns(model, may.update)) if model else set()
        assert held(table) == (set(may.privileges.split(", ")), columns), table
    assert set(all_tables()) == set(want)


def held(table: str) -> tuple[set[str], set[str]]:
    """The privileges of the runtime role on a table, and on single columns of it."""
    role = settings.RUNTIME_ROLE
    of_table = rows(
        "SELECT privilege_type FROM information_schema.role_table_grants WHERE grantee = %s AND table_name = %s",
        role,
        table,
    )
    of_columns = rows(
        "SELECT a.attname FROM pg_attribute a, aclexplode(a.attacl) g WHERE a.attrelid = %s::regclass AND g.grantee = %s::regrole",
        table, role,
    )  # fmt: skip
    return set(of_table), set(of_columns)


def all_tables() -> list[str]:
    return rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")


def rows(statement: str, *given: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [value for (value,) in cursor.fetchall()]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE board_term SET valid_from = '2020-01-01'",
        "DELETE FROM board_term",
        "UPDATE registry_clearance SET passed = true",
        "UPDATE registry_source SET slug = 'other'",
        "DELETE FROM registry_source",
        "DELETE FROM people_cohort",
        "UPDATE people_user SET is_superuser = true",
        "UPDATE people_user SET person_id = NULL",
        "UPDATE people_rolegrant SET role = 'admin'",
        "INSERT INTO auth_group (name) VALUES ('board')",
        "INSERT INTO people_user_user_permissions (user_id, permission_id) VALUES (gen_random_uuid(), 1)",
        "UPDATE board_levelbar SET for_it = 0",
        "UPDATE programme_programme SET slug = 'other'",
        "CREATE TABLE public.mine (id int)",
    ],
)
def test_what_no_service_does_is_denied(statement):
    """Issue 9: the attacks, as the runtime role."""
    with pytest.raises(Exception, match="permission denied"):
        rows(statement)
