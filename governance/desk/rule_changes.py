"""What the rules in force change against those that a reader acknowledged last, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from charter.registry.models import RulebookVersion
from charter.rules import ChangeKind, changes
from governance.desk.views.board.rulebooks import Told, told, written
from governance.training.models import Acknowledgement

MEANS = {
    ChangeKind.ADDED: gettext_lazy("A new rule. What it stops, it stops for everybody."),
    ChangeKind.DROPPED: gettext_lazy("This is no longer a rule. What it stopped, it does not stop any more."),
    ChangeKind.REWORDED: gettext_lazy("Only its words have changed. It stops what it stopped before."),
    ChangeKind.CONDITION: gettext_lazy("It does not stop the same as before. Read what it says now."),
}


@dataclass(frozen=True)
class Since:
    """What changed since the version that a reader acknowledged; nothing that can be told where not `comparable`."""

    number: int
    changes: tuple[Told, ...]
    comparable: bool


def since(acknowledged: Acknowledgement | None, version: RulebookVersion | None) -> Since | None:
    """What changed since an acknowledgement; None where there is none, or it is of these very rules.

    A statement for each version of the rules at first, and none afterwards: both are kept as they are written.
    """
    if acknowledged is None or version is None or acknowledged.rulebook_version_id == version.pk:
        return None
    old, new = written(acknowledged.rulebook_version_id), written(version.pk)
    found = changes(old, new) if old and new else ()
    return Since(
        acknowledged.rulebook_version.number, tuple(told(each, MEANS) for each in found), bool(old and new)
    )
