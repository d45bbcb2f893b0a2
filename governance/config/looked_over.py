"""What the doctor says of a part."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple


class PartState(StrEnum):
    """How a part is: as it should be, worth a look, or something that keeps it from its work."""

    OK = "ok"
    NOTE = "note"
    FAULT = "FAULT"


class LookedOver(NamedTuple):
    """One part: how it is, a sentence, and what to do; nothing where nothing is."""

    part: str
    state: PartState
    sentence: str
    remedy: str = ""


Check = Callable[[], Iterator[LookedOver]]
