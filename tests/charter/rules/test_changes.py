"""What a new rulebook changes, told to those who acknowledged the old one."""

import pytest

from charter import rules
from charter.rules import changes
from charter.rules.changes import ChangeKind
from tests.charter.rules.rulebooks import files_with, policy

HOUSE = rules.house_files()


def edited(name: str, old: str, new: str) -> dict[str, str]:
    """The house's files with one passage of one file replaced."""
    assert old in HOUSE[name]
    return {**HOUSE, name: HOUSE[name].replace(old, new)}


def kinds(later: dict[str, str], earlier: dict[str, str] = HOUSE) -> dict[str, tuple[ChangeKind, ...]]:
    return {change.id: change.kinds for change in changes.between(earlier, later)}


def test_a_rule_added_and_a_rule_dropped_are_told():
    """AR24: a new rulebook asks again with what changed; a rule more, a rule less."""
    more = files_with(policy("when { context.export }"))
    assert kinds(more) == {"ORG01": (ChangeKind.ADDED,)}
    (dropped,) = changes.between(more, HOUSE)
    assert (dropped.kinds, dropped.title, dropped.after) == (
        (ChangeKind.DROPPED,),
        "No exports in spring",
        None,
    )


@pytest.mark.parametrize(
    ("name", "old", "new", "rule", "expected"),
    [
        ("rankings.cedar", "Remove the order.", "Leave the order out.", "AR04", ChangeKind.REWORDED),
        ("rankings.cedar", '@title("No quotas, no curves")', '@title("No curves")', "AR17", ChangeKind.REWORDED),
        ("people.cedar", "context.metrics < 2", "context.metrics < 3", "AR07", ChangeKind.CONDITION),
        ("looking.cedar", '@effect("refer")', '@effect("deny")', "AR13", ChangeKind.FORCE),
    ],
)  # fmt: skip
def test_a_change_is_told_by_its_kind(name, old, new, rule, expected):
    """AR24: reworded, biting other questions, or of another force; and no other rule is named."""
    assert kinds(edited(name, old, new)) == {rule: (expected,)}


def test_a_rule_may_change_in_several_ways():
    """AR24: nothing hides behind a new wording."""
    files = edited("people.cedar", "context.metrics < 2", "context.metrics < 3")
    files["people.cedar"] = files["people.cedar"].replace("two metrics and qualitative", "three metrics and")
    (change,) = changes.between(HOUSE, files)
    assert change.kinds == (ChangeKind.CONDITION, ChangeKind.REWORDED)
    ((part, before, after),) = change.reworded
    assert part == "text" and "two metrics" in before and "three metrics" in after
    assert "context.metrics < 2" in change.before.policy.replace("(", "").replace(")", "")


def test_what_says_and_does_the_same_is_no_change():
    """AR24: comments, spacing, order and the file a rule stands in are nobody's business to read again."""
    commented = {**HOUSE, "use.cedar": "// Read again.\n\n" + HOUSE["use.cedar"].replace("\n", "\n\n")}
    moved = dict(HOUSE)
    moved["use.cedar"] += "\n" + moved.pop("activity.cedar")
    assert kinds(commented) == kinds(moved) == kinds(HOUSE) == {}


def test_an_earlier_rulebook_is_read_though_its_schema_is_gone():
    """AR24: after an upgrade of the house the old rules no longer compile, and still have to be compared with."""
    earlier = {**HOUSE, "schema.cedarschema": "entity Other;"}
    with pytest.raises(rules.RulebookError):
        rules.compile_rulebook(earlier)
    assert changes.between(earlier, HOUSE) == ()
