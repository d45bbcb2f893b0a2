"""Whether the process lives, and whether the house can answer."""

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse
from kombu import Connection

from charter.registry.models import RulebookVersion
from charter.registry.states import RulebookState
from ground.problems import json_response


def healthz(_: HttpRequest) -> HttpResponse:
    """The process answers."""
    return json_response({"status": "ok"})


def readyz(_: HttpRequest) -> HttpResponse:
    """Each part that an answer needs: 200 when all are there, 503 naming those that are not."""
    parts = {"database": _database(), "rulebook": _rulebook(), "broker": _broker()}
    ready = all(parts.values())
    told = {name: "ok" if there else "missing" for name, there in parts.items()}
    return json_response({"status": "ready" if ready else "not ready", "parts": told}, 200 if ready else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _rulebook() -> bool:
    try:
        return RulebookVersion.objects.filter(state=RulebookState.IN_FORCE).exists()
    except DatabaseError:
        return False


def _broker() -> bool:
    """Whether the broker takes connections; the file-system broker is there when its folder is."""
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        return (settings.VAR_DIR / "celery" / "queue").is_dir()
    try:
        with Connection(settings.CELERY_BROKER_URL, connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except Exception:  # whatever a transport raises, the broker is not there
        return False
    return True
