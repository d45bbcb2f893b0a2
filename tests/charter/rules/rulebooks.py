"""Rulebooks made of the built-in files and one more."""

from charter import rules
from charter.rules.rulebook import Rulebook

ANNOTATIONS = {
    "id": "ORG01",
    "title": "No exports in spring",
    "text": "No exports in spring.",
    "why": "Spring is for looking.",
    "fix": "Look at the values here.",
    "family": "ours",
    "effect": "deny",
    "waivable": "never",
}


def policy(condition: str, head: str = "forbid", **annotations: str | None) -> str:
    """Return one policy as text; an annotation that is None is left out."""
    given = {**ANNOTATIONS, **annotations}
    lines = [f'@{name}("{value}")' for name, value in given.items() if value is not None]
    return "\n".join([*lines, f'{head} (principal, action == Action::"use", resource) {condition};'])


def files_with(*policies: str) -> dict[str, str]:
    return {**rules.builtin_files(), "ours.cedar": "\n\n".join(policies)}


def builtin_with(*policies: str) -> Rulebook:
    return rules.compile_rulebook(files_with(*policies))
