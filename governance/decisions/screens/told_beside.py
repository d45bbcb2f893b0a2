"""What apps above the line tell beside an answer on its page; it changes neither the answer nor its receipt."""

from collections.abc import Callable, Sequence

from charter.registry.models import CharterVersion
from charter.rules.request import Request

# Something beside the values of a question, by the charters of its metrics: a value with the name of its `template`, or None.
BesidePart = Callable[[Request, Sequence[CharterVersion]], object | None]

_PARTS: list[BesidePart] = []


def tell_beside_answers(part: BesidePart) -> None:
    """Let another app tell something beside every answer for which `part` finds something."""
    if part not in _PARTS:
        _PARTS.append(part)


def list_beside(asked: Request, versions: Sequence[CharterVersion]) -> list[object]:
    """What stands beside the values of a question."""
    return [told for part in _PARTS if (told := part(asked, versions))]
