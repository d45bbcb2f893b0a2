"""How old the last backup is, where a folder of backups is told: one word for the doctor, the page and Prometheus."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from governance.desk.troubles import Trouble
from governance.installation.backups.manifest import find_newest
from ground import clock
from ground.errors import DomainError

OLD = timedelta(hours=36)
REMEDY = "Run `manage.py backup`, and see why whatever runs it each night does not."


def find_last() -> datetime | None:
    """When the newest whole backup of BACKUP_FOLDER was made; None where there is none. Raises DomainError, OSError."""
    newest = find_newest(Path(settings.BACKUP_FOLDER))
    return newest.manifest.made_at if newest else None


def list_troubles() -> Iterator[Trouble]:
    """What is the matter with backups, for the administrator's page; nothing where no folder is told."""
    if not settings.BACKUP_FOLDER:
        return
    try:
        made_at = find_last()
    except (DomainError, OSError) as error:
        yield Trouble("backups", str(error), "Look at that folder, and take another backup.")
        return
    if made_at is None:
        yield Trouble("backups", f"There is no whole backup in {settings.BACKUP_FOLDER}.", REMEDY)
    elif clock.now() - made_at > OLD:
        yield Trouble("backups", describe(made_at), REMEDY)


def describe(made_at: datetime) -> str:
    hours = (clock.now() - made_at) // timedelta(hours=1)
    return f"The last one is of {made_at:%-d %B %Y, %H:%M} UTC, {hours} hours ago."
