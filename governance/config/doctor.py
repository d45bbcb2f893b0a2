"""Looks an installation over: each part in a sentence, with a remedy where something is the matter. It changes nothing."""

import shutil
import smtplib
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import django
from django.conf import settings
from django.core.mail import get_connection
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from audits.ledger import keys
from charter.measures import sources
from charter.measures.warehouse.connecting import is_connected, open_warehouse
from charter.registry.models import Source
from governance.config import health
from governance.config.doctor_backups import look_at_backups
from governance.config.doctor_sign_in import look_at_accounts, look_at_providers
from governance.config.doctor_sql_door import look_at_sql_door
from governance.config.looked_over import Check, LookedOver, PartState
from governance.installation import environment_file
from governance.notices.models import Notice
from governance.notices.states import Mail
from ground import heartbeats
from ground.errors import DomainError

OLDEST_POSTGRESQL = 150000
LEAST_FREE_BYTES = 1024**3
MOST_SKEW_SECONDS = 5.0


def look() -> Iterator[LookedOver]:
    """Every part, one after the other. What asks the database is left out while that does not answer."""
    yield from _versions()
    yield from _files()
    yield from _keys()
    yield from _disk()
    yield from _broker()
    yield from _mail()
    yield from look_at_providers()
    yield from look_at_backups()
    yield from look_at_sql_door()
    answers = list(_database())
    yield from answers
    if all(each.state is not PartState.FAULT for each in answers):
        for check in _OF_DATABASE:
            yield from _guarded(check)


def _guarded(check: Check) -> Iterator[LookedOver]:
    """What a check finds; that the database refused it, where that is what comes of it."""
    try:
        yield from check()
    except DatabaseError as error:
        part = check.__name__.lstrip("_")
        line = str(error).splitlines()[0]
        yield LookedOver(
            part, PartState.FAULT, f"The database refused to say: {line}", "Run `manage.py setup` again."
        )


def _versions() -> Iterator[LookedOver]:
    python = ".".join(map(str, sys.version_info[:3]))
    made_from = settings.BASE_DIR / ".venv" / "requirements.lock"
    lock = settings.BASE_DIR / "requirements.lock"
    if made_from.exists() and made_from.read_bytes() != lock.read_bytes():
        sentence = (
            "The environment in .venv was made from another requirements.lock than the one that is here."
        )
        yield LookedOver("versions", PartState.FAULT, sentence, "Run `make env`, and start again.")
    else:
        yield LookedOver("versions", PartState.OK, f"Python {python}, Django {django.get_version()}.")


def _files() -> Iterator[LookedOver]:
    told = environment_file.find(settings.VAR_DIR)
    if told is not None:
        yield LookedOver("settings", PartState.OK, f"{told} is its owner’s alone.")
    elif not settings.DEBUG:
        yield LookedOver(
            "settings", PartState.OK, "The environment says all that an installation must be told."
        )
    if settings.DEBUG:
        sentence = "DEBUG is on: faults are shown to whoever meets them. That is for the demo and for tests."
        yield LookedOver("settings", PartState.NOTE, sentence, "Unset DEBUG where people work with this.")
    elif settings.STATIC_ROOT is None or not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        sentence = "Style sheets and scripts were not gathered, so that pages fail."
        yield LookedOver(
            "static files", PartState.FAULT, sentence, "Run `manage.py collectstatic --noinput`."
        )


def _keys() -> Iterator[LookedOver]:
    try:
        keys.check_keys()
    except DomainError as missing:
        yield LookedOver("keys", PartState.FAULT, missing.detail, "Nothing is answered without its keys.")
        return
    open_to_others = [path for path in _key_files() if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    for path in open_to_others:
        sentence = f"{path} can be read by others than its owner."
        yield LookedOver(
            "keys",
            PartState.FAULT,
            sentence,
            f"chmod 600 {path}, and exchange it where somebody may have read it.",
        )
    if not open_to_others:
        yield LookedOver(
            "keys", PartState.OK, "All three are there, and their owner’s alone. Back them up apart."
        )


def _key_files() -> tuple[Path, ...]:
    return (settings.LEDGER_SIGNING_KEY_FILE, settings.LEDGER_SEALING_KEY_FILE, settings.APPEALS_KEY_FILE)


def _disk() -> Iterator[LookedOver]:
    usage = shutil.disk_usage(settings.VAR_DIR if settings.VAR_DIR.exists() else settings.BASE_DIR)
    free = f"{usage.free / 1024**3:,.1f} GiB of {usage.total / 1024**3:,.1f} are free at {settings.VAR_DIR}."
    if usage.free < LEAST_FREE_BYTES:
        yield LookedOver("disk", PartState.FAULT, free, "Make room: PostgreSQL stops where it cannot write.")
    else:
        yield LookedOver("disk", PartState.OK, free)


def _broker() -> Iterator[LookedOver]:
    scheme = settings.CELERY_BROKER_URL.partition("://")[0]
    if health.is_broker_there():
        yield LookedOver("broker", PartState.OK, f"It is there ({scheme}).")
    else:
        remedy = (
            "Start the worker, which makes its folder."
            if scheme == "filesystem"
            else "Start it, or see CELERY_BROKER_URL."
        )
        yield LookedOver(
            "broker", PartState.FAULT, f"It is not there ({scheme}): nothing happens by itself.", remedy
        )


def _mail() -> Iterator[LookedOver]:
    if settings.EMAIL_BACKEND.rpartition(".")[2] != "EmailBackend" or "smtp" not in settings.EMAIL_BACKEND:
        sentence = "Mails go to no server, so that notices and links for passwords reach nobody."
        yield LookedOver(
            "mail",
            PartState.NOTE,
            sentence,
            "Name a mail server: `mail` in the answers of `manage.py setup`.",
        )
        return
    try:
        with get_connection():
            place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
            yield LookedOver("mail", PartState.OK, f"The mail server {place} takes connections.")
    except (OSError, smtplib.SMTPException) as error:
        sentence = f"The mail server {settings.EMAIL_HOST}:{settings.EMAIL_PORT} does not: {error}"
        yield LookedOver("mail", PartState.FAULT, sentence, "Start it, or see EMAIL_HOST and EMAIL_PORT.")


def _database() -> Iterator[LookedOver]:
    begun = time.monotonic()
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int, current_setting('server_version')"
            )
            number, version = cursor.fetchone()
    except DatabaseError as error:
        line = str(error).strip().splitlines()[0]
        yield LookedOver(
            "database",
            PartState.FAULT,
            f"It does not answer: {line}",
            "Start it with `make start`, or see DATABASE_URL.",
        )
        return
    spent = (time.monotonic() - begun) * 1000
    if number < OLDEST_POSTGRESQL:
        yield LookedOver(
            "database",
            PartState.FAULT,
            f"PostgreSQL {version} is too old.",
            "Move to PostgreSQL 15 or newer.",
        )
    else:
        yield LookedOver("database", PartState.OK, f"PostgreSQL {version} answers in {spent:.0f} ms.")


def _tables() -> Iterator[LookedOver]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        sentence = f"{len(waiting)} migrations wait, the first is {waiting[0][0]}."
        yield LookedOver(
            "tables",
            PartState.FAULT,
            sentence,
            "Run `manage.py setup` again, or `manage.py migrate` as the owner.",
        )
    else:
        yield LookedOver("tables", PartState.OK, "They are as this version wants them.")


_ROLE = """
SELECT current_user, rolsuper OR rolcreaterole OR rolbypassrls,
       has_table_privilege('ledger_entry', 'DELETE') OR has_table_privilege('ledger_entry', 'UPDATE')
  FROM pg_roles WHERE rolname = current_user
"""


def _roles() -> Iterator[LookedOver]:
    with connection.cursor() as cursor:
        cursor.execute(_ROLE)
        name, mighty, rewrites = cursor.fetchone()
    if mighty or rewrites:
        sentence = f"The product runs as “{name}”, who may change the log."
        remedy = "Run it as the runtime role (RUNTIME_ROLE, DATABASE_URL); the owner is for `migrate` alone."
        yield LookedOver("roles", PartState.FAULT, sentence, remedy)
    else:
        yield LookedOver("roles", PartState.OK, f"The product runs as “{name}”, who cannot change the log.")


def _clock() -> Iterator[LookedOver]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        skew = abs(cursor.fetchone()[0] - time.time())
    if skew > MOST_SKEW_SECONDS:
        sentence = f"This machine and the database differ by {skew:.0f} seconds."
        yield LookedOver(
            "time",
            PartState.FAULT,
            sentence,
            "Let both keep time by NTP: terms, closings and receipts go by it.",
        )
    still = heartbeats.standing_still()
    for each in still:
        sentence = f"“{each.scan}” gives no sign of life" + (
            f" since {each.at:%Y-%m-%d %H:%M} UTC." if each.at else "."
        )
        yield LookedOver(
            "clock",
            PartState.FAULT,
            sentence,
            "Start the worker and the beat: `make start`, or your supervisor.",
        )
    if not still:
        yield LookedOver("clock", PartState.OK, "The beat and the worker give signs of life.")


def _log() -> Iterator[LookedOver]:
    if health.read_log() == health.OK:
        yield LookedOver("log", PartState.OK, "Entries get their places in time.")
    else:
        sentence = "Entries wait for their places for longer than receipts promise."
        yield LookedOver(
            "log", PartState.FAULT, sentence, "Start the sequencer: `manage.py ledger sequence`."
        )
    for each in health.read_witnesses().troubles:
        yield LookedOver(
            "witnesses",
            PartState.NOTE,
            f"{each['name']}: {each['trouble']}",
            "Ask whoever keeps that witness.",
        )


def _rules() -> Iterator[LookedOver]:
    word = health.read_rulebook()
    if word == health.OK:
        yield LookedOver("rules", PartState.OK, "The rules in force can be worked out.")
    elif word == health.OUTDATED:
        sentence = (
            "The rules in force are of another version of this product, so that every question is refused."
        )
        yield LookedOver(
            "rules", PartState.FAULT, sentence, "Let the board pass the new ones, on its page of rules."
        )
    else:
        yield LookedOver(
            "rules",
            PartState.FAULT,
            "No rules are in force.",
            "Begin the programme: an administrator does on the page of the board (/board), or `manage.py setup`.",
        )


def _failed_mail() -> Iterator[LookedOver]:
    failed = Notice.objects.filter(mail_attempts__gte=3).exclude(mail=Mail.SENT).count()
    if failed:
        sentence = f"{failed} notices could not be mailed in three tries or more."
        yield LookedOver(
            "notices",
            PartState.NOTE,
            sentence,
            "Look whether the mail server takes them, and at the addresses.",
        )


def _warehouse() -> Iterator[LookedOver]:
    if not is_connected():
        yield LookedOver(
            "warehouse",
            PartState.NOTE,
            "None is connected, so that no value can be worked out.",
            "Connect one on the page of the warehouse, or set WAREHOUSE_URL.",
        )
        return
    begun = time.monotonic()
    try:
        with open_warehouse() as opened:
            tables = opened.tables()
            faults = [
                sentence
                for source in Source.objects.all()
                if source.slug in tables
                for _field, sentence in sources.find_live_faults(source.read(), opened, tables)
            ]
            described = Source.objects.filter(slug__in=tables).count()
    except DomainError as error:
        yield LookedOver(
            "warehouse",
            PartState.FAULT,
            error.detail,
            "See WAREHOUSE_URL, and whether it can be reached from here.",
        )
        return
    for sentence in faults:
        yield LookedOver(
            "warehouse",
            PartState.FAULT,
            sentence,
            "Describe the source anew, or give the table its column back.",
        )
    if not faults:
        spent = time.monotonic() - begun
        yield LookedOver(
            "warehouse",
            PartState.OK,
            f"It has {len(tables)} tables, {described} of them described; seen in {spent:.1f} s.",
        )


_OF_DATABASE: tuple[Check, ...] = (
    _tables,
    _roles,
    _clock,
    _log,
    _rules,
    _failed_mail,
    _warehouse,
    look_at_accounts,
)
