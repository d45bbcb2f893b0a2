"""Log lines as JSON: what of a message is told."""

import ast
import json
import logging
import sys

import pytest

from governance.config.telemetry.lines import OURS, JsonFormatter
from tests import databases

LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def line(name: str, message: str, *args: object, **beside: object) -> dict:
    logger = logging.getLogger(name)
    record = logger.makeRecord(
        name, logging.WARNING, "here.py", 1, message, args, sys.exc_info(), extra=beside
    )
    return json.loads(JsonFormatter().format(record))


@pytest.mark.parametrize(
    ("name", "message", "args", "told"),
    [
        ("ground.scans", "%s: %d things", ("mail of anna", 3), "…: 3 things"),
        ("governance.notices.mailing", "Notice %s was not mailed: %s", (7, ValueError("anna")), "Notice 7 was not mailed: …"),
        ("django.request", "%s: %s", ("Not Found", "/people/anna"), "…: …"),
        ("django.security.DisallowedHost", "Invalid HTTP_HOST header: 'anna'", (), ""),
        ("celery.app.trace", "Task %(name)s raised %(exc)r", ({"name": "scans.mail", "exc": "anna"},), "Task scans.mail raised '…'"),
        ("ground.scans", "%d anna is no number", ("x",), "%d anna is no number"),
    ],
)  # fmt: skip
def test_a_message_is_told_without_the_texts_that_were_put_in(name, message, args, told):
    """Issue 19, 2: never a body, a reason or a name in a log line."""
    assert line(name, message, *args)["message"] == told


def test_an_error_is_told_by_its_class_and_where_it_was_raised():
    try:
        raise ValueError("Key (email)=(anna@example.org) already exists.")
    except ValueError:
        told = line("ground.scans", "%s", "x", scan="mail", person="anna")
    assert told["error"]["class"] == "builtins.ValueError" and told["scan"] == "mail"
    assert "test_lines.py" in told["error"]["raised"][-1]
    assert "anna" not in json.dumps(told)


def test_our_own_messages_are_constants():
    """A message put together before it is handed over would be told whole."""
    seen = 0
    for wing in OURS:
        for path in (databases.PROJECT / wing.rstrip(".")).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())) if "log" in path.read_text() else ():
                if isinstance(node, ast.Call) and _is_of_a_logger(node.func):
                    seen += 1
                    assert isinstance(node.args[0], ast.Constant), (path, node.lineno)
    assert seen > 15


def _is_of_a_logger(called: ast.expr) -> bool:
    return (
        isinstance(called, ast.Attribute)
        and called.attr in LEVELS
        and isinstance(called.value, ast.Name)
        and called.value.id in {"log", "logger"}
    )
