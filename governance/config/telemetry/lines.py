"""Log lines as JSON that hold no body, reason or name: numbers of a message are kept, its words from elsewhere are not.

Whatever is put into a message may have come from a request or a row: the path that was not found holds a person's key, an
error of the database the row that it refused, the mail server's the address. So the message is told as it is written in the
code, with “…” where a text was put in; an exception is told by its class and where it was raised.
"""

import logging
import time
import traceback
from functools import lru_cache
from numbers import Number
from typing import Any

from msgspec.json import Encoder

from governance.config.request_ids import current

OURS = ("audits.", "charter.", "governance.", "ground.")
# What callers of ours and libraries put beside a message, of which none names anybody.
_BESIDE = {"route": "route", "status": "status", "status_code": "status", "ms": "ms", "scan": "scan"}
# Of Celery's messages about tasks: their names are those of scans.
_OF_TASKS = {"name", "id", "runtime"}
LEFT_OUT = "…"


class JsonFormatter(logging.Formatter):
    """One object a line: at, level, logger, where, message, and where there is one request_id, route, status, ms, scan, error."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": f"{_second(int(record.created))}.{int(record.created % 1 * 1000):03}+00:00",
            "level": record.levelname,
            "logger": record.name,
            "where": f"{record.module}:{record.lineno}",
            "message": _word(record),
        }
        if request_id := current.get() or getattr(vars(record).get("request"), "request_id", ""):
            told["request_id"] = request_id
        beside = vars(record)
        for key, name in _BESIDE.items():
            if key in beside:
                told[name] = beside[key]
        if record.exc_info and (error := record.exc_info[1]):
            told["error"] = {"class": _name(error), "raised": _trace(error)}
        return _encode(told).decode()


_encode = Encoder(enc_hook=str).encode


@lru_cache(maxsize=8)
def _second(at: int) -> str:
    """The second of a line; many lines share one."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))


def _word(record: logging.LogRecord) -> str:
    """The message as the code has it; blank where a library has put it together itself."""
    if not record.args:
        return str(record.msg) if f"{record.name}.".startswith(OURS) else ""
    if isinstance(record.args, dict):
        kept = _OF_TASKS if record.name.startswith("celery") else set()
        put_in: Any = {key: value if key in kept else _blank(value) for key, value in record.args.items()}
    else:
        put_in = tuple(_blank(each) for each in record.args)
    try:
        return f"{str(record.msg) % put_in}"
    except (TypeError, ValueError, KeyError):  # such as %d of what is no number
        return str(record.msg)


def _blank(value: object) -> object:
    return value if isinstance(value, Number) else LEFT_OUT


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _trace(error: BaseException) -> list[str]:
    """Where it came through, the place that raised it last; no line of code and no value."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{each.filename}:{each.lineno} {each.name}" for each in frames[-20:]]
