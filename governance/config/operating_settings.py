"""Settings of operating it: figures for Prometheus, the form of log lines, certificates that are watched. All off until told."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured

LEAST_TOKEN = 32
LINE, JSON = "line", "json"


class OperatingSettings(NamedTuple):
    """What the environment says of it: a blank token is no door at all."""

    token: str
    folder: Path
    log_format: str
    certificates: tuple[Path, ...]

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
    return OperatingSettings(token, folder, log_format, tuple(map(Path, certificates)))


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
