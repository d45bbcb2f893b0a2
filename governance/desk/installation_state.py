"""What an administrator sees of how the product runs: counts, moments and reasons, and nobody's values or cases.

Nothing here tells that somebody has just filed a confidential appeal: a notice more or a page of a table would.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import django
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from msgspec import Struct

from audits.ledger.models import Entry
from charter.measures.models import PublishingRun, SourceSurvey
from charter.measures.sources import is_stale
from governance.notices.models import Notice
from governance.notices.states import Mail
from governance.people.events import OrganisationImported
from governance.people.models import AccountKind, AccountMail, User
from ground import clock, statements
from ground.models import Heartbeat

# How much of what goes on and on is shown.
LAST = 10
# Sizes are told in steps of so many bytes.
A_STEP = 16 * 2**20
_SIZES = """
SELECT relname, pg_total_relation_size(oid) FROM pg_class
 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_total_relation_size(oid) >= %s ORDER BY 2 DESC LIMIT 5
"""
# Mail goes out each minute: what has waited longer than this is stuck.
STUCK = timedelta(hours=1)


class AccountCounts(Struct, frozen=True):
    """How many accounts there are of people in use, and of those how many never set a password."""

    people: int
    without_password: int
    machines: int


class SourceState(Struct, frozen=True):
    """One source as it was last looked at."""

    slug: str
    connected: bool
    newest_at: datetime | None
    stale: bool
    faults: int
    unmatched: int


class JobState(Struct, frozen=True):
    """One job of the clock: its last sign of life, and whether the next is overdue."""

    name: str
    at: datetime
    took: float | None
    failed: int
    overdue: bool


class MailState(Struct, frozen=True):
    """Whether mail is stuck, whether some could not be mailed, and whether mails about passwords are stuck."""

    stuck: bool
    failed: bool
    passwords_stuck: bool


def count_accounts() -> AccountCounts:
    # Django writes an exclamation mark and something random where there is no password.
    never = Q(password__startswith="!") | Q(password="")  # noqa: S106 - the lack of one
    human = User.objects.filter(kind=AccountKind.HUMAN, is_active=True)
    counts = human.aggregate(people=Count("pk"), without=Count("pk", filter=never))
    machines = User.objects.filter(kind=AccountKind.MACHINE, is_active=True).count()
    return AccountCounts(counts["people"], counts["without"], machines)


def list_imports() -> list[datetime]:
    """When the organisation was last imported, newest first; who did, the log says."""
    found = Entry.objects.filter(kind=OrganisationImported.kind).order_by("-at")
    return list(found.values_list("at", flat=True)[:LAST])


def list_sources() -> list[SourceState]:
    surveys = SourceSurvey.objects.select_related("source").annotate(names=Count("unmatched"))
    now = clock.now()
    return [
        SourceState(
            slug=each.source.slug,
            connected=each.connected,
            newest_at=each.newest_at,
            stale=is_stale(each, each.source.cadence, now),
            faults=len(each.faults),
            unmatched=each.names,
        )
        for each in surveys.order_by("source__slug")
    ]


def list_runs() -> QuerySet[PublishingRun]:
    """The last publishing runs: when, by whom, how many values they wrote, and why one failed."""
    return PublishingRun.objects.select_related("started_by").order_by("-started_at")[:LAST]


def list_jobs() -> Iterator[JobState]:
    """Each job once, by its newest sign."""
    newest = Heartbeat.objects.order_by("scan", "-due_at").distinct("scan")
    now = clock.now()
    for each in newest:
        yield JobState(each.scan, each.at, each.took, each.failed, each.due_at < now)


def judge_mail() -> MailState:
    before = clock.now() - STUCK
    old = Notice.objects.filter(given_at__lte=before)
    return MailState(
        stuck=old.filter(mail=Mail.WAITING).exists(),
        failed=old.filter(mail=Mail.FAILED).exists(),
        passwords_stuck=AccountMail.objects.filter(queued_at__lte=timezone.now() - STUCK).exists(),
    )


def read_sizes() -> tuple[int, list[tuple[str, int]]]:
    """Bytes of the whole database, and of its five largest tables of a step or more; in whole steps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        whole = int(cursor.fetchone()[0])
        cursor.execute(_SIZES, [A_STEP])
        return _in_steps(whole), [(str(name), _in_steps(int(size))) for name, size in cursor.fetchall()]


def read_versions() -> str:
    """What the product stands on, as a reader names it."""
    [(postgresql,)] = statements.fetch("SHOW server_version", {})
    return f"Django {django.get_version()}, PostgreSQL {postgresql.split()[0]}"


def _in_steps(size: int) -> int:
    return size // A_STEP * A_STEP
