"""Whether the process lives, and whether the house can answer."""

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse
from kombu import Connection

from charter.registry import rulebooks
from charter.registry.queries import RULES_OUTDATED
from ground.problems import json_response

OK, MISSING, OUTDATED = "ok", "missing", "outdated"


def healthz(_: HttpRequest) -> HttpResponse:
    """The process answers."""
    return json_response({"status": "ok"})


def readyz(_: HttpRequest) -> HttpResponse:
    """Each part that an answer needs: 200 when all are there, 503 naming those that are not.

    Rules that this version cannot work out answer nothing either, but keep 200, with the status `limited`: taken out of
    service, the board could not reach the pages on which it passes new ones.
    """
    parts = {"database": _database(), "rulebook": _rulebook(), "broker": _broker()}
    told: dict[str, object] = {"status": "ready", "parts": parts}
    if MISSING in parts.values():
        return json_response({**told, "status": "not ready"}, 503)
    if OUTDATED in parts.values():
        return json_response({**told, "status": "limited", "detail": str(RULES_OUTDATED)})
    return json_response(told)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return MISSING
    return OK


def _rulebook() -> str:
    try:
        version = rulebooks.in_force()
        if version is None:
            return MISSING
        return OUTDATED if rulebooks.is_outdated(version.pk) else OK
    except DatabaseError:
        return MISSING


def _broker() -> str:
    return OK if _broker_is_there() else MISSING


def _broker_is_there() -> bool:
    """Whether the broker takes connections; the file-system broker is there when its folder is."""
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        return (settings.VAR_DIR / "celery" / "queue").is_dir()
    try:
        with Connection(settings.CELERY_BROKER_URL, connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except Exception:  # whatever a transport raises, the broker is not there
        return False
    return True
