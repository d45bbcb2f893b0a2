"""The page of docs/ that shows how a charter moves, drawn from the one table of transitions."""

from charter.registry.states import CHARTER_TRANSITIONS, StandingChoices

PAGE = "docs/reference/charter-states.md"

_HEAD = """\
# Where a charter can stand

Generated from `charter/registry/states.py` by `manage.py state_diagram`. Do not edit.

A charter version never changes; only where it stands does. A move that has no arrow is refused, whoever asks for it.
A version becomes active by a passed case of the review board and by nothing else; the database holds to that too.

"""


def render_charter_states() -> str:
    """The page in Markdown, with a Mermaid state diagram and the same as a table."""
    return _HEAD + "```mermaid\n" + _diagram() + "```\n\n" + _table()


def _diagram() -> str:
    lines = ["stateDiagram-v2", f"    [*] --> {StandingChoices.DRAFT.value}"]
    for old in StandingChoices:
        targets = CHARTER_TRANSITIONS.after(old)
        lines += [f"    {old.value} --> {new.value}" for new in targets]
        lines += [] if targets else [f"    {old.value} --> [*]"]
    return "\n".join(lines) + "\n"


def _table() -> str:
    lines = ["| from | to |", "| --- | --- |"]
    for old in StandingChoices:
        words = ", ".join(new.value for new in CHARTER_TRANSITIONS.after(old)) or "nowhere: it has ended"
        lines.append(f"| {old.value} | {words} |")
    return "\n".join(lines) + "\n"
