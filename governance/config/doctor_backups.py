"""How old the last backup is, where a folder of backups is told."""

from collections.abc import Iterator

from django.conf import settings

from governance.config.looked_over import LookedOver, PartState
from governance.installation.backups import age


def look_at_backups() -> Iterator[LookedOver]:
    """Asks no database; nothing where no folder is told."""
    if not settings.BACKUP_FOLDER:
        return
    for each in (troubles := list(age.list_troubles())):
        yield LookedOver("backups", PartState.FAULT, each.sentence, each.remedy)
    if not troubles and (made_at := age.find_last()) is not None:
        yield LookedOver("backups", PartState.OK, age.describe(made_at))
