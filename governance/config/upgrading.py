"""A new version's tables and files, between two looks at the installation: nothing is begun where it is not whole, and it is said where it ended."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping

from django.conf import settings

from governance.config.doctor import look
from governance.config.looked_over import LookedOver, PartState
from governance.installation.backups import age
from ground import clock
from ground.errors import Conflict, Unavailable

# What a new version is expected to find otherwise, and mends: its tables wait, and with them what reads them; its style sheets are not gathered.
MENDED = frozenset({"tables", "static files"})

Say = Callable[[str], object]


def upgrade(*, owner: str, without_backup: bool, say: Say) -> None:
    """Look, migrate as the owner, gather static files, look again. Safe to run again; what is done already does nothing.

    `owner` is the libpq URL of the tables' owner. Raises Conflict where it must not begin, with nothing changed, and
    Unavailable where a step failed or something is the matter afterwards.
    """
    check_can_upgrade(owner, without_backup=without_backup)
    say("Migrating the database, as its owner ...")
    _run({"DATABASE_URL": owner}, "migrate", "--noinput", "--verbosity", "0")
    if settings.STATIC_ROOT is not None:
        say("Gathering style sheets and scripts ...")
        _run({}, "collectstatic", "--noinput", "--verbosity", "0")
    # In a process of its own, which knows nothing of what was there before.
    _run({}, "doctor", failed="Something is the matter after the upgrade; what stands above says what to do.")
    say(
        "The tables are those of this version. Exchange the web servers one after the other now, then the others."
    )


def check_can_upgrade(owner: str, *, without_backup: bool) -> None:
    """Raise Conflict, with each fault, where an upgrade must not begin."""
    if not owner:
        raise Conflict(
            "Name the owner of the tables in DATABASE_OWNER_URL: whoever runs the product may change none of them."
        )
    if not without_backup:
        _check_backup()
    faults = [each for each in look() if each.state is PartState.FAULT and each.part not in MENDED]
    if faults:
        raise Conflict(
            f"Mend these first, nothing was changed: {'; '.join(_tell(faults))}", code="upgrade_refused"
        )


def _check_backup() -> None:
    made_at = age.find_last() if settings.BACKUP_FOLDER else None
    if made_at is None or clock.now() - made_at > age.OLD:
        said = age.describe(made_at) if made_at else "There is none in BACKUP_FOLDER."
        raise Conflict(
            f"No backup is young enough to go back to. {said} Run `manage.py backup`, or say --without-backup where one was taken otherwise.",
            code="upgrade_refused",
        )


def _tell(faults: list[LookedOver]) -> Iterator[str]:
    for each in faults:
        yield f"{each.part}: {each.sentence} {each.remedy}".strip()


def _run(told: Mapping[str, str], *words: str, failed: str = "") -> None:
    """One of our own commands to its end; what it says goes where ours does."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
    if subprocess.run(command, env={**kept, **told}, check=False).returncode:
        raise Unavailable(
            failed
            or f"`manage.py {words[0]}` failed; what it said stands above. Mend that, and run this again."
        )
