"""Which migrations a database has had, and whether this version knows them as they were then."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from governance.installation.backups.errors import BackupRefused


def describe(applied: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Applied migrations as a manifest tells them. Raises BackupRefused where this version does not know one."""
    known = list_known()
    told = {f"{app}.{name}": known.get(f"{app}.{name}") for app, name in applied}
    if strange := [name for name, digest in told.items() if digest is None]:
        raise BackupRefused(
            f"The database has had {strange[0]}, which this version does not know: it is another’s. Back it up with the version "
            "that runs on it.",
            code="backup_of_newer",
        )
    return {name: digest or "" for name, digest in told.items()}


def check_known(migrations: Mapping[str, str]) -> None:
    """Raise BackupRefused where a backup was made by a newer version, or by one whose migrations said something else."""
    known = list_known()
    if newer := [name for name in migrations if name not in known]:
        raise BackupRefused(
            f"This backup was made by a newer version: it has had {newer[0]}"
            f"{f' and {len(newer) - 1} more' if len(newer) > 1 else ''}, which this one does not know. Install that version, then "
            "restore.",
            code="backup_newer",
        )
    if other := [name for name, digest in migrations.items() if digest and digest != known[name]]:
        raise BackupRefused(
            f"This backup was made by a version whose migration {other[0]} says something else. Restore it with that version.",
            code="backup_of_other",
        )


def list_known() -> dict[str, str]:
    """This version's migrations, “app.name” to the SHA-256 of ours and blank for those of libraries. Asks no database."""
    return {
        f"{app}.{name}": _hash(migration.__module__)
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
    }


def _hash(module: str) -> str:
    """Of a module of this project: a library may write its own anew."""
    path = Path(settings.BASE_DIR).joinpath(*module.split(".")).with_suffix(".py")
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
