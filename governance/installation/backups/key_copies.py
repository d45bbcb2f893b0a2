"""The keys of an installation, and what it was told, copied apart from its database. They are put back by hand."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from audits.ledger import keyfiles
from governance.installation import environment_file, kept


def copy_keys(folder: Path) -> None:
    """Copy the keys, the settings and the answers into a folder, each a file that its owner alone reads. Raises OSError."""
    for name, path in list_secrets():
        keyfiles.place(folder / name, path.read_bytes())


def list_secrets() -> Iterator[tuple[str, Path]]:
    """What belongs to an installation and is not in its database: the name of each in a copy, and where it lies."""
    yield "ledger.pem", settings.LEDGER_SIGNING_KEY_FILE
    yield "sealing.key", settings.LEDGER_SEALING_KEY_FILE
    yield "appeals.key", settings.APPEALS_KEY_FILE
    for path in (environment_file.place(settings.VAR_DIR), kept.answers_path(settings.VAR_DIR)):
        if path.exists():
            yield path.name, path
    if settings.LEDGER_POLICY_FILE:
        yield "witnesses.policy", Path(settings.LEDGER_POLICY_FILE)
