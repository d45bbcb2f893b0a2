"""Settings of operating it: figures for Prometheus, the form of log lines, certificates that are watched, where the SQL door
is. All off until told."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured

LEAST_TOKEN = 32
HERE = "127.0.0.1"
LINE, JSON = "line", "json"


class SqlDoorPlace(NamedTuple):
    """Where the SQL door listens, with its PEM files; `port` is 0 where none is meant to be open."""

    host: str = HERE
    port: int = 0
    certificate: str = ""
    key: str = ""

    @property
    def reached_at(self) -> str:
        """The host to ask whether it is open: one that listens on all addresses is asked on this machine."""
        return HERE if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - it is read, and nothing listens by it


class OperatingSettings(NamedTuple):
    """What the environment says of it: a blank token is no door at all."""

    token: str
    folder: Path
    log_format: str
    certificates: tuple[Path, ...]
    sql_door: SqlDoorPlace = SqlDoorPlace()

    @property
    def middleware(self) -> list[str]:
        """What counts requests and writes a line of each; nothing where neither is asked for, so that it costs nothing."""
        asked = self.token or self.log_format == JSON
        return ["governance.config.telemetry.requests.TelemetryMiddleware"] if asked else []


def read_operating(said: Mapping[str, str], var_dir: Path) -> OperatingSettings:
    """What the environment says. Raises ImproperlyConfigured where it cannot be meant."""
    token = said.get("PROMETHEUS_TOKEN", "")
    if token and len(token) < LEAST_TOKEN:
        raise ImproperlyConfigured(
            f"Set PROMETHEUS_TOKEN to {LEAST_TOKEN} characters or more that nobody can guess."
        )
    log_format = said.get("LOG_FORMAT", "") or LINE
    if log_format not in {LINE, JSON}:
        raise ImproperlyConfigured(f"LOG_FORMAT is {LINE} or {JSON}.")
    certificates = [each.strip() for each in said.get("CERTIFICATE_FILES", "").split(",") if each.strip()]
    folder = Path(said.get("PROMETHEUS_FOLDER", "") or var_dir / "telemetry")
    return OperatingSettings(token, folder, log_format, tuple(map(Path, certificates)), read_sql_door(said))


def read_sql_door(said: Mapping[str, str]) -> SqlDoorPlace:
    """Where the SQL door is to be. Raises ImproperlyConfigured for a port that is none."""
    port = said.get("SQL_DOOR_PORT", "") or "0"
    if not (port.isascii() and port.isdigit() and int(port) <= 65535):
        raise ImproperlyConfigured("SQL_DOOR_PORT is a number from 1 to 65535, or 0 for no SQL door.")
    names = ("SQL_DOOR_CERTIFICATE", "SQL_DOOR_KEY")
    return SqlDoorPlace(
        said.get("SQL_DOOR_HOST", "") or HERE, int(port), *(said.get(each, "") for each in names)
    )


def read_logging(said: Mapping[str, str], operating: OperatingSettings) -> dict[str, Any]:
    """Django's LOGGING: lines for people, or an object of JSON a line."""
    formatters: dict[str, dict[str, str]] = {
        LINE: {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        JSON: {"()": "governance.config.telemetry.lines.JsonFormatter"},
    }
    # Otherwise the web server says of each request that waits for a thread how many wait.
    loggers: dict[str, dict[str, Any]] = {"waitress.queue": {"level": "ERROR"}}
    if (
        operating.log_format == JSON
    ):  # Django writes lines of its own besides, with addresses, where DEBUG is on
        loggers |= {name: {"handlers": [], "propagate": True} for name in ("django", "django.server")}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": formatters,
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": operating.log_format}},
        "root": {"handlers": ["console"], "level": said.get("LOG_LEVEL", "") or "INFO"},
        "loggers": loggers,
    }
