"""What differs between rulebooks, and what no rulebook may take from the built-in rules."""

import pytest

from charter import rules
from charter.rules import ChangeKind, compare_rulebooks
from charter.rules.builtin_rules import builtin_rulebook, find_losses
from tests.charter.rules.rulebooks import builtin_with, policy

EXPORT = "when { context.export }"


def altered(file: str, old: str, new: str) -> rules.Rulebook:
    """The built-in rules with one passage changed."""
    files = rules.builtin_files()
    assert files[file].count(old) == 1
    return rules.compile_rulebook({**files, file: files[file].replace(old, new)})


def without_file(name: str) -> rules.Rulebook:
    return rules.compile_rulebook(
        {file: text for file, text in rules.builtin_files().items() if file != name}
    )


def test_the_same_rules_differ_in_nothing():
    """Issue 4, item 1: comments and layout are no difference."""
    assert compare_rulebooks(builtin_rulebook(), builtin_rulebook()) == ()
    assert (
        compare_rulebooks(
            builtin_rulebook(),
            altered("looking.cedar", "context.hopped ||", "context.hopped // once more\n ||"),
        )
        == ()
    )


def test_each_change_is_told_by_its_kind():
    """Issue 4, item 1: the board sees what changes rule by rule, with the policies of those who read Cedar."""
    old = builtin_with(policy(EXPORT), policy(EXPORT, id="ORG02"), policy(EXPORT, id="ORG03"))
    stricter = policy("when { context.export || context.compare }", id="ORG03")
    new = builtin_with(policy(EXPORT, why="Because."), stricter, policy(EXPORT, id="ORG04"))
    found = {change.id: change for change in compare_rulebooks(old, new)}
    assert {name: change.kind for name, change in found.items()} == {
        "ORG01": ChangeKind.REWORDED,
        "ORG02": ChangeKind.DROPPED,
        "ORG03": ChangeKind.CONDITION,
        "ORG04": ChangeKind.ADDED,
    }
    assert found["ORG01"].new.why == "Because."
    assert found["ORG02"].new is None and found["ORG04"].old is None
    assert found["ORG02"].new_cedar == "" and EXPORT in found["ORG02"].old_cedar
    assert "context.compare" in found["ORG03"].new_cedar and "@" not in found["ORG03"].new_cedar


def test_what_a_rule_does_is_more_than_its_words():
    """DESIGN Rules: a rule that would be waived, or sent to the board, stops something else than before."""
    waiver = 'unless { context.waived.contains("ORG01") }'
    old, new = builtin_with(policy(EXPORT)), builtin_with(policy(f"{EXPORT} {waiver}", waivable="board"))
    assert [change.kind for change in compare_rulebooks(old, new)] == [ChangeKind.CONDITION]


def test_policies_are_shown_as_they_are_written():
    """Issue 4, item 1: policy text as Cedar; a semicolon or quote in words or comments cuts nothing off."""
    book = builtin_with(
        '// First; "so".\n'
        + policy("when {\n  context.export // here; and there\n}", why='It is; a \\"why\\".'),
        policy("when { context.compare }", id="ORG02"),
    )
    assert book.cedar["ORG01"] == (
        'forbid (principal, action == Action::"use", resource) when {\n  context.export // here; and there\n};'
    )
    assert book.cedar["ORG02"].endswith("when { context.compare };")
    assert all(
        text.startswith(("forbid (", "permit (")) and text.endswith(";")
        for text in builtin_rulebook().cedar.values()
    )


def test_adding_rules_takes_nothing_from_the_builtin_ones():
    """DESIGN Invariants: organisations add rules beside the built-in ones."""
    assert find_losses(builtin_rulebook()) == ()
    assert find_losses(builtin_with(policy(EXPORT))) == ()


@pytest.mark.parametrize(
    ("book", "rule", "says"),
    [
        (lambda: without_file("fairness.cedar"), "AR25", "every rulebook must have it"),
        (lambda: altered("fairness.cedar", "in-date, passed", "in-date"), "AR25", "the very words"),
        (lambda: altered("activity.cedar", "context.consequential", "context.combined"), "AR08", "must stop what"),
        (lambda: altered("looking.cedar", "context.hopped ||", "context.hopped &&"), "AR13", "must stop what"),
        (lambda: builtin_with(policy(EXPORT, id="AR30")), "AR30", "are for built-in rules"),
    ],
)  # fmt: skip
def test_a_rulebook_that_weakens_a_builtin_rule_says_where(book, rule, says):
    """DESIGN Invariants: an organisation can waive only what is waivable, and change nothing that is built in."""
    (found, *more) = find_losses(book())
    assert (found.policy, more) == (rule, [])
    assert found.file.endswith(".cedar") and says in found.problem
