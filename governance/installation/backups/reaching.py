"""Where a backup finds the database: the one that the environment names, or the embedded one, started where it does not run."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from governance.installation.supervising import Databases, find_databases
from ground import embedded


@contextmanager
def reached() -> Iterator[Databases]:
    """The addresses of the owner and of the runtime role, for as long as this lasts. Raises Conflict or EmbeddedError."""
    if (told := find_databases()).runtime:
        yield told
        return
    server = embedded.start(settings.VAR_DIR / "postgres")
    try:
        yield Databases(server.owner_dsn, server.runtime_dsn)
    finally:
        embedded.stop(server)
