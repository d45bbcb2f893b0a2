"""Where the settings find the database, the counts, the broker's folders and the log's tiles. From the environment as well."""

import os
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from governance.installation import environment_file
from governance.installation.loopback import are_of_this_machine, is_of_this_machine
from ground.embedded import cluster

env = environ.Env()


def heed_installation(var_dir: Path) -> None:
    """Let the environment have what `manage.py setup` kept, where it does not say so itself."""
    try:
        environment_file.heed(var_dir, os.environ)
    except environment_file.FileRefused as refused:
        raise ImproperlyConfigured(str(refused)) from refused


def is_alone(address: str, hosts: list[str]) -> bool:
    """Whether the site is reached from this machine alone. Raises ImproperlyConfigured where it is, and others have a name for it."""
    alone = is_of_this_machine(address)
    if alone and not are_of_this_machine(hosts):
        raise ImproperlyConfigured(
            "Set BASE_URL to one of HTTPS: ALLOWED_HOSTS names this site for other machines."
        )
    return alone


def database(url: str) -> dict[str, object]:
    """Connection settings from a libpq URL; the socket folder may stand in `?host=`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgresql:// — PostgreSQL is the only database."
        )
    settings: dict[str, object] = env.db_url_config(parts._replace(query="").geturl())
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    settings["HOST"] = query.pop("host", settings.get("HOST", ""))
    settings["PORT"] = query.pop("port", settings.get("PORT", ""))
    settings["ENGINE"] = "django.db.backends.postgresql"
    settings["ATOMIC_REQUESTS"] = False
    settings["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    settings["CONN_HEALTH_CHECKS"] = True
    settings["OPTIONS"] = {**query, "application_name": "metric-charter", **preparing()}
    return settings


def shared_cache(url: str) -> str:
    """The address of the Redis that keeps counts; none where PostgreSQL keeps them."""
    if url and not _is_of_redis(url):
        raise ImproperlyConfigured(
            "CACHE_URL must be the address of a Redis, such as redis://cache:6379/0. Without it PostgreSQL keeps the counts."
        )
    return url


def _is_of_redis(url: str) -> bool:
    try:
        parts = urlsplit(url)
        number = parts.path.strip("/") or "0"
        return (
            parts.scheme in {"redis", "rediss"}
            and bool(parts.hostname)
            and parts.port != 0
            and number.isdecimal()
        )
    except ValueError:  # a port that is no number
        return False


def tiles_storage() -> dict[str, dict[str, object]]:
    """Where the log's tiles are written as files too: a folder, or any storage of Django's with its options as JSON.

    Such as storages.backends.s3.S3Storage of django-storages; nowhere unless the environment says so.
    """
    if backend := env("LEDGER_TILES_STORAGE", default=""):
        return {"log": {"BACKEND": backend, "OPTIONS": env.json("LEDGER_TILES_OPTIONS", default={})}}
    if folder := env("LEDGER_TILES_FOLDER", default=""):
        return {"log": {"BACKEND": "audits.ledger.publishing.TileFolder", "OPTIONS": {"location": folder}}}
    return {}


def broker_folders(folder: Path) -> dict[str, str]:
    """Where the file-system broker keeps what is sent and what is done."""
    names = {"data_folder_in": "queue", "data_folder_out": "queue", "processed_folder": "done"}
    return {key: str(folder / name) for key, name in {**names, "control_folder": "control"}.items()}


def preparing() -> dict[str, int | None]:
    """How psycopg prepares the statements that ask for it (ground/statements.py); the ORM's bind in the client and never do.

    Without a threshold it prepares nothing, whatever is asked, and Django gives none. DATABASE_PREPARE=false is for poolers
    that hand each transaction another connection and do not keep prepared statements apart.
    """
    return {"prepare_threshold": 5 if env.bool("DATABASE_PREPARE", default=True) else None}


def embedded_url(var_dir: Path, role: str = cluster.RUNTIME) -> str:
    """Where the runtime role, or another, finds the embedded server of a folder, whether or not it runs yet."""
    folder = var_dir / "postgres"
    if cluster.runtime_path(folder).exists() and cluster.is_known(folder, role):
        return cluster.address(folder, role)
    return f"postgresql://{role}@/{cluster.DATABASE}?host={quote(str(folder / 'run'), safe='')}"
