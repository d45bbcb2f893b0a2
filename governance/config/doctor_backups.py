"""How old the last backup is, where a folder of backups is told."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from governance.config.looked_over import LookedOver, PartState
from governance.installation.backups.manifest import find_newest
from ground import clock
from ground.errors import DomainError

OLD = timedelta(hours=36)
_REMEDY = "Run `manage.py backup`, and see why whatever runs it each night does not."


def look_at_backups() -> Iterator[LookedOver]:
    """Asks no database; nothing where no folder is told."""
    if not settings.BACKUP_FOLDER:
        return
    folder = Path(settings.BACKUP_FOLDER)
    try:
        newest = find_newest(folder)
    except (DomainError, OSError) as error:
        yield LookedOver(
            "backups", PartState.FAULT, str(error), "Look at that folder, and take another backup."
        )
        return
    if newest is None:
        yield LookedOver("backups", PartState.FAULT, f"There is no whole backup in {folder}.", _REMEDY)
        return
    age = clock.now() - newest.manifest.made_at
    sentence = f"The last one is of {newest.manifest.made_at:%Y-%m-%d %H:%M} UTC, {age // timedelta(hours=1)} hours ago."
    if age > OLD:
        yield LookedOver("backups", PartState.FAULT, sentence, _REMEDY)
    else:
        yield LookedOver("backups", PartState.OK, sentence)
