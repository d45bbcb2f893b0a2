"""How the installation runs, as whoever operates it must know: the log's lag, disk, certificates. Read alike by the page and by Prometheus."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.db.models import Count, Min
from msgspec import Struct

from audits.ledger import store
from audits.ledger.models import Outbox
from ground import clock


class LogLag(Struct, frozen=True):
    """How far the log is behind: entries without a place, seconds that the oldest has waited, and what is not yet signed.

    `signed_before` is how many seconds ago the newest state was signed; None where none was.
    """

    waiting: int
    oldest: float
    unsigned: int
    signed_before: float | None


class Disk(Struct, frozen=True):
    """Bytes at the folder of what varies (VAR_DIR)."""

    free: int
    total: int


class CertificateTerm(Struct, frozen=True):
    """A certificate that is watched, by the name of its file; `ends_at` is None where it cannot be read."""

    name: str
    ends_at: datetime | None

    @property
    def seconds_left(self) -> float:
        """Until it ends; 0 where it has, or cannot be read."""
        return max(0.0, (self.ends_at - clock.now()).total_seconds()) if self.ends_at else 0.0


def read_log_lag() -> LogLag:
    now = clock.now()
    queued = Outbox.objects.aggregate(number=Count("pk"), oldest=Min("queued_at"))
    newest = store.find_checkpoint()
    return LogLag(
        waiting=queued["number"],
        oldest=max(0.0, (now - queued["oldest"]).total_seconds()) if queued["oldest"] else 0.0,
        unsigned=store.count_places() - (newest.size if newest else 0),
        signed_before=(now - newest.signed_at).total_seconds() if newest else None,
    )


def read_disk() -> Disk:
    usage = shutil.disk_usage(settings.VAR_DIR if settings.VAR_DIR.exists() else settings.BASE_DIR)
    return Disk(usage.free, usage.total)


def list_certificates() -> Iterator[CertificateTerm]:
    """Those of CERTIFICATE_FILES, in its order; the first certificate of each file counts."""
    for path in settings.OPERATING.certificates:
        yield CertificateTerm(path.name, _read_end(path))


def _read_end(path: Path) -> datetime | None:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None
