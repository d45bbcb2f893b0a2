"""Addresses of what pages speak of."""

from django.urls import reverse

from charter.rules.rulebook import ENGINE

PAGELESS = frozenset({ENGINE, "USE"})


def rule_url(rule: str) -> str:
    """The page of a rule; what no rule forbids but the engine or the missing permit has none."""
    return "" if rule in PAGELESS else reverse("rule", args=[rule])
