"""The page of docs/ that lists the events of the log, made from their registry."""

from collections.abc import Iterator
from itertools import groupby

from msgspec import NODEFAULT
from msgspec.structs import fields

from audits.ledger.events import Event, Retention, registered

PAGE = "docs/reference/events.md"

_HEAD = """\
# The events of the log

Generated from the `events.py` of each app by `manage.py ledger events`. Do not edit.

Every entry of the log is one of these events. Its payload has the keys named here and `by`, who did it; keys in brackets
are left out where there is nothing to say. *Open* entries may be read by whoever reads the log, *restricted* ones by those
they concern and by auditors, and *sealed* ones are encrypted and cannot be searched by who did it.

An entry's leaf stays in the log for good. How long its payload is kept depends on what it is kept for:

"""


def events_page() -> str:
    """The page in Markdown: the classes of retention, then the events of each app."""
    kept = "".join(f"- **{each.value}**. {each.label}.\n" for each in Retention)
    by_app = groupby(registered().values(), key=lambda event: event.kind.split(".")[0])
    return _HEAD + kept + "".join(_section(app, events) for app, events in by_app)


def _section(app: str, events: Iterator[type[Event]]) -> str:
    head = f"\n## {app}\n\n| kind | what a person reads | payload | who may read it | kept as |\n| --- | --- | --- | --- | --- |\n"
    return head + "".join(map(_row, events))


def _row(event: type[Event]) -> str:
    keys = ", ".join(
        f"`{each.encode_name}`" if each.default is NODEFAULT else f"[`{each.encode_name}`]"
        for each in fields(event)
    )
    seen = event.visibility.value
    if event.private_with:
        seen += f", restricted with a {event.private_with}"
    said = str(event.sentence) % {each.encode_name: f"*{each.encode_name}*" for each in fields(event)}
    return f"| `{event.kind}` | {said} | {keys} | {seen} | {event.retention.value} |\n"
