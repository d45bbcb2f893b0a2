"""What the rules in force change against those that a reader acknowledged last, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from charter.registry.models import RulebookVersion
from charter.rules import ChangeKind, compare_rulebooks
from governance.board.screens.rulebook_summary import ChangesSummary, read_rulebook, summarise_changes
from governance.training.models import Acknowledgement

MEANS = {
    ChangeKind.ADDED: gettext_lazy("A new rule. What it stops, it stops for everybody."),
    ChangeKind.DROPPED: gettext_lazy("This is no longer a rule. What it stopped, it does not stop any more."),
    ChangeKind.REWORDED: gettext_lazy("Only its words have changed. It stops what it stopped before."),
    ChangeKind.CONDITION: gettext_lazy("It does not stop the same as before. Read what it says now."),
}


@dataclass(frozen=True)
class RulesSince:
    """What changed since the version that a reader acknowledged; nothing that can be told where not `comparable`."""

    number: int
    changes: tuple[ChangesSummary, ...]
    comparable: bool


def compare_acknowledged(
    acknowledged: Acknowledgement | None, version: RulebookVersion | None
) -> RulesSince | None:
    """What changed since an acknowledgement; None where there is none, or it is of these very rules.

    A statement for each version of the rules at first, and none afterwards: both are kept as they are written.
    """
    if acknowledged is None or version is None or acknowledged.rulebook_version_id == version.pk:
        return None
    old, new = read_rulebook(acknowledged.rulebook_version_id), read_rulebook(version.pk)
    found = compare_rulebooks(old, new) if old and new else ()
    return RulesSince(
        acknowledged.rulebook_version.number,
        tuple(summarise_changes(each, MEANS) for each in found),
        bool(old and new),
    )
