"""The page of docs/ that lists the built-in rules with their examples, made from the rules and by running them. Pure."""

from collections.abc import Iterator

from charter.rules import Rule, examples
from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.vocabulary import Outcome, Waivable

PAGE = "docs/reference/rules.md"

_HEAD = """\
# The rules

Generated from `charter/rules/builtin/*.cedar` and `charter/rules/examples/` by `manage.py rulebook table`. Do not edit.

Each rule is a policy in [Cedar](https://www.cedarpolicy.com/). A use is allowed where the one permit, `USE`, allows it and
no rule stops it. Every rule that stops a use is named, with what to do instead. The examples were run when this page was
made, and each got the verdict that stands beside it; the page *Rules* of a running site runs them again for its reader.

AR14 stands for its words: it is the permit said as a refusal, so it never stops what `USE` would allow. Each other rule has a case that
it alone decides.

"""
_SAYS = {Outcome.PERMIT: "allowed", Outcome.DENY: "not allowed", Outcome.REFER: "sent to the board"}


def render_rule_table() -> str:
    """The page in Markdown: a table of all rules, then each with its reason, its fix, its examples and its policy."""
    book = builtin_rulebook()
    rows = "".join(
        f"| [{rule.id}](#{rule.id.lower()}) | {_waiver(rule)} | {rule.text} |\n" for rule in book.rules
    )
    table = f"| id | waivable | plain text |\n| --- | --- | --- |\n{rows}\n"
    return _HEAD + table + "\n".join(map(_section, (book.permit, *book.rules)))


def _section(rule: Rule) -> str:
    lines = [f"## {rule.id}", "", f"**{rule.title}.** {rule.text}", "", f"{rule.why} {rule.fix}", ""]
    tried = [f"- {said}" for said in _tried(rule)]
    policy = ["```cedar", builtin_rulebook().cedar[rule.id], "```", ""]
    return "\n".join([*lines, *tried, *([""] if tried else []), *policy])


def _tried(rule: Rule) -> Iterator[str]:
    for example in examples.list_examples(rule.id):
        tried = examples.run(example, builtin_rulebook())
        here = f" {tried.own_match.here}" if tried.own_match else ""
        yield f"{_SAYS[tried.verdict.outcome]}: {example.says}{here}"


def _waiver(rule: Rule) -> str:
    return "by the board" if rule.waivable is Waivable.BOARD else "never"
