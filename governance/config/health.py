"""Whether the process lives, and whether it can answer and its clock goes."""

from threading import Lock
from typing import NamedTuple

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse
from kombu.connection import Connection

from audits.ledger import store, witnesses
from charter.registry import rulebooks
from charter.registry.queries import RULES_OUTDATED
from ground import heartbeats
from ground.errors import Conflict
from ground.heartbeats import Still
from ground.problems import json_response

OK, MISSING, OUTDATED, STILL, LATE = "ok", "missing", "outdated", "standing still", "late"
AWAY, REFUSING = "away", "refusing"


def healthz(_: HttpRequest) -> HttpResponse:
    """The process answers."""
    return json_response({"status": "ok"})


def readyz(_: HttpRequest) -> HttpResponse:
    """Each part that an answer needs, and the clock: 200 when all are there, 503 naming those that are not.

    Anybody may ask, and to look takes long where a part does not answer: so one looks at a time, and whoever asks meanwhile
    is told what was last seen.
    """
    if _looking.acquire(blocking=not _seen):
        try:
            _seen[:] = [_look()]
        finally:
            _looking.release()
    told, status = _seen[0]
    return json_response(told, status)


_looking = Lock()
_seen: list[tuple[dict[str, object], int]] = []  # the answer that was last given


def _look() -> tuple[dict[str, object], int]:
    """What is told, with its status.

    The log is late where an entry has waited for its place longer than is promised on receipts.

    The clock stands still where the beat, or a scan, has given no sign of life in its time: each is named with the worker
    that gave the last, and when.

    Where witnesses are asked, each that gives no cosignature is named. That too keeps 200: what waits is that further states
    of the log are published, and no answer waits for that.

    Rules that this version cannot work out answer nothing either, but keep 200, with the status `limited`: taken out of
    service, the board could not reach the pages on which it passes new ones.
    """
    parts = {"database": _database(), "rulebook": read_rulebook(), "broker": _broker(), "log": read_log()}
    still = _standing_still()
    parts["clock"] = STILL if still else OK if still is not None else MISSING
    told: dict[str, object] = {"status": "ready", "parts": parts}
    if still:
        told["standing_still"] = [each._asdict() for each in still]
    if (seen := read_witnesses()).word:
        parts["witnesses"], told["witnesses"] = seen.word, seen.troubles
    if {MISSING, STILL, LATE} & set(parts.values()):
        return {**told, "status": "not ready"}, 503
    if OUTDATED in parts.values():
        return {**told, "status": "limited", "detail": str(RULES_OUTDATED)}, 200
    if {AWAY, REFUSING} & set(parts.values()):
        return {**told, "status": "limited", "detail": _UNWITNESSED}, 200
    return told, 200


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return MISSING
    return OK


def read_rulebook() -> str:
    try:
        version = rulebooks.find_rulebook_in_force()
        if version is None:
            return MISSING
        return OUTDATED if rulebooks.is_outdated(version.pk) else OK
    except DatabaseError:
        return MISSING


def read_log() -> str:
    try:
        return LATE if store.is_late() else OK
    except DatabaseError:
        return MISSING


class SeenWitnesses(NamedTuple):
    """One word of them all, blank where none is asked for, and what is the matter with each that gives no cosignature."""

    word: str
    troubles: list[dict[str, str]]


_UNWITNESSED = "Further states of the log are not published until its witnesses cosign them. Answers are given all the same."


def read_witnesses() -> SeenWitnesses:
    """How the witnesses stand that this installation's policy names."""
    try:
        policy = witnesses.find_policy()
        if not policy.asks:
            return SeenWitnesses("", [])
        standings = list(witnesses.list_standings(policy))
    except Conflict as error:
        return SeenWitnesses(AWAY, [{"name": "", "trouble": error.detail}])
    except DatabaseError:
        return SeenWitnesses(MISSING, [])
    troubles = [{"name": each.name, "trouble": each.trouble} for each in standings if each.trouble]
    if any(each.refuses for each in standings):
        return SeenWitnesses(REFUSING, troubles)
    return SeenWitnesses(AWAY if witnesses.is_waiting(policy, standings) else OK, troubles)


def _standing_still() -> list[Still] | None:
    """What stands still; None where the database cannot say."""
    try:
        return heartbeats.standing_still()
    except DatabaseError:
        return None


def _broker() -> str:
    return OK if is_broker_there() else MISSING


def is_broker_there() -> bool:
    """Whether the broker takes connections; the file-system broker is there when its folder is."""
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        return (settings.VAR_DIR / "celery" / "queue").is_dir()
    try:
        with Connection(settings.CELERY_BROKER_URL, connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except Exception:  # whatever a transport raises, the broker is not there
        return False
    return True
