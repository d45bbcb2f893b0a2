"""Workflow commands of GitHub, by which a pipeline shows a remark beside a line of a change. Pure."""


def annotate(command: str, text: str, **place: str) -> str:
    """One command (`error`, `warning` or `notice`) with its text and its place: `file`, `line`, `title`."""
    listed = ",".join(f"{name}={_escape(value, ':,')}" for name, value in place.items())
    return f"::{command} {listed}::{_escape(text)}"


def say_count(number: int, noun: str) -> str:
    """So many of something, as in “1 error” and “1,200 errors”."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _escape(text: str, also: str = "") -> str:
    """Text as workflow commands want it: per cent signs and line breaks encoded, and in properties `:` and `,`."""
    for letter in f"%\r\n{also}":
        text = text.replace(letter, f"%{ord(letter):02X}")
    return text
