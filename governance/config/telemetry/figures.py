"""What the installation says of itself, from the database and this machine: the same whichever worker is asked.

How much mail waits is not told, only whether it is stuck: a notice more would tell that somebody has appealed confidentially.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.db import Error as DatabaseError
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.registry import Collector

from governance.desk import installation_state, operating
from governance.installation.backups import age
from governance.sql_door import probe
from ground import clock
from ground.errors import DomainError
from ground.models import Heartbeat

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SOURCE_STATES = ("fresh", "stale", "faulty", "absent")

Read = Callable[[], Iterator[Gauge]]


class FiguresCollector(Collector):
    """All figures but those of requests. Where the database is away, it says so and leaves out what stands there."""

    def collect(self) -> Iterator[Gauge]:
        for read in OF_THIS_MACHINE:
            yield from read()
        try:
            told = [gauge for read in OF_THE_DATABASE for gauge in read()]
        except DatabaseError:
            told = []
        yield _gauge("database_up", "Whether the database answers (1) or not (0).", float(bool(told)))
        yield from told


def _gauge(name: str, text: str, value: float) -> Gauge:
    return Gauge(f"metric_charter_{name}", text, value=value)


def _disk() -> Iterator[Gauge]:
    disk = operating.read_disk()
    yield _gauge("disk_free_bytes", "Free bytes where VAR_DIR lies.", disk.free)
    yield _gauge("disk_size_bytes", "All bytes there.", disk.total)


def _certificates() -> Iterator[Gauge]:
    terms = list(operating.list_certificates())
    if terms:
        soonest = min(each.seconds_left for each in terms)
        text = "Seconds until the first of CERTIFICATE_FILES ends; 0 where one has ended or cannot be read."
        yield _gauge("certificate_seconds_left", text, soonest)


def _clock() -> Iterator[Gauge]:
    """Of each scan and the beat by its newest sign; their names are words of ours."""
    texts = {
        "scan_last_sign_age_seconds": "Seconds since a scan, or the beat, gave its last sign of life.",
        "scan_overdue_seconds": "For how many seconds its next sign is overdue; 0 in time.",
        "scan_failed_things": "How many things its last pass could not do.",
    }
    at, overdue, failed = gauges = [
        Gauge(f"metric_charter_{name}", text, labels=["scan"]) for name, text in texts.items()
    ]
    now = clock.now()
    for each in Heartbeat.objects.order_by("scan", "-due_at").distinct("scan"):
        at.add_metric([each.scan], (now - each.at).total_seconds())
        overdue.add_metric([each.scan], max(0.0, (now - each.due_at).total_seconds()))
        failed.add_metric([each.scan], each.failed)
    yield from gauges


def _log() -> Iterator[Gauge]:
    lag = operating.read_log_lag()
    yield _gauge("log_waiting_entries", "Entries of the log that wait for their place.", lag.waiting)
    yield _gauge(
        "log_oldest_waiting_seconds", "For how many seconds the oldest of them has waited.", lag.oldest
    )
    promised = "For how many seconds an entry may wait, as receipts promise."
    yield _gauge("log_promise_seconds", promised, settings.LEDGER_PROMISE_SECONDS)
    yield _gauge("log_unsigned_entries", "Entries with a place that no signed state covers.", lag.unsigned)
    if lag.signed_before is not None:
        text = "Seconds since the newest state of the log was signed."
        yield _gauge("log_checkpoint_age_seconds", text, lag.signed_before)


def _sources() -> Iterator[Gauge]:
    sources = installation_state.list_sources()
    counts = Counter(map(_judge_source, sources))
    gauge = Gauge(
        "metric_charter_sources", "Described sources as they were last looked at.", labels=["state"]
    )
    for state in SOURCE_STATES:
        gauge.add_metric([state], counts[state])
    yield gauge
    newest = [each.newest_at for each in sources if each.newest_at]
    if newest:
        age = (clock.now() - min(newest)).total_seconds()
        yield _gauge(
            "source_newest_row_age_seconds", "Age of the newest row of the source furthest behind.", age
        )


def _judge_source(source: installation_state.SourceState) -> str:
    if not source.connected:
        return "absent"
    return "faulty" if source.faults else "stale" if source.stale else "fresh"


def _mail() -> Iterator[Gauge]:
    mail = installation_state.judge_mail()
    yield _gauge("mail_stuck", "Whether a notice has waited for its mail for more than an hour.", mail.stuck)
    text = "Whether a mail about a password has waited for more than an hour."
    yield _gauge("password_mail_stuck", text, mail.passwords_stuck)
    yield _gauge("mail_failed", "Whether some notice older than an hour could not be mailed.", mail.failed)


def _sql_door() -> Iterator[Gauge]:
    place = settings.OPERATING.sql_door
    if place.port:
        text = "Whether the SQL door answers (1) or not (0)."
        yield _gauge("sql_door_up", text, probe.is_open(place.reached_at, place.port))


def _backups() -> Iterator[Gauge]:
    if settings.BACKUP_FOLDER:
        text = "Seconds since the last whole backup; since 1970 where there is none that can be read."
        yield _gauge("backup_age_seconds", text, (clock.now() - (_find_backup() or EPOCH)).total_seconds())


def _find_backup() -> datetime | None:
    try:
        return age.find_last()
    except (DomainError, OSError):
        return None


# What else is to be told is one function more: in the first what needs no database.
OF_THIS_MACHINE: tuple[Read, ...] = (_disk, _certificates, _sql_door, _backups)
OF_THE_DATABASE: tuple[Read, ...] = (_clock, _log, _sources, _mail)
