"""What goes beyond the clauses of an agreement: held to charters, settings and sources. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from charter.registry.document import CharterDocument
from charter.registry.invasiveness import estimate_days
from charter.rules import words
from governance.agreements.agreement_text import AgreementText, Clause, ClauseBounds, SettingBound


def list_bounds(text: AgreementText, metric: str = "") -> Iterator[Clause]:
    """The clauses that bind anything; those about one metric, where it is named."""
    for clause in text.clauses:
        if clause.binds != ClauseBounds() and (not metric or text.is_about(metric)):
            yield clause


def say_beyond(document: CharterDocument, binds: ClauseBounds) -> list[str]:
    """In sentences, what a charter allows beyond a clause. Which systems it reads is held to `systems` elsewhere."""
    return [*_levels(document, binds), *_decisions(document, binds), *_kept(document, binds)]


def _levels(document: CharterDocument, binds: ClauseBounds) -> Iterator[str]:
    beyond = [grain for grain in document.what.grains if binds.levels and grain not in binds.levels]
    if beyond:
        levels = words.listed(words.level(grain) for grain in beyond)
        yield _("It has values by %(levels)s.") % {"levels": levels}


def _decisions(document: CharterDocument, binds: ClauseBounds) -> Iterator[str]:
    allowed = list(dict.fromkeys(use.decision for use in document.which_decisions.allowed))
    beyond = [
        each for each in allowed if each in binds.never or (binds.decisions and each not in binds.decisions)
    ]
    if beyond:
        named = words.listed(words.spoken(each) for each in beyond)
        yield _("It may be used for %(decisions)s.") % {"decisions": named}


def _kept(document: CharterDocument, binds: ClauseBounds) -> Iterator[str]:
    asked = (
        (document.how_long.facts, binds.facts_kept, _("It keeps facts for %(long)s.")),
        (document.how_long.values, binds.values_kept, _("It keeps values for %(long)s.")),
    )
    for long, most, sentence in asked:
        if long and most and estimate_days(long) > estimate_days(most):
            yield sentence % {"long": words.duration(long)}


def say_settings_beyond(values: Mapping[str, Any], binds: ClauseBounds) -> Iterator[tuple[str, str]]:
    """Each setting, among `values`, that a clause contradicts: its key, and what the clause says of it."""
    for bound in binds.settings:
        if bound.key in values and not _keeps(values[bound.key], bound):
            yield bound.key, say_bound(bound)


def _keeps(value: Any, bound: SettingBound) -> bool:
    if not isinstance(value, int | float):
        return True  # a setting that is no number is bound by no clause; services refuse to write one
    return not (
        (bound.at_least is not None and value < bound.at_least)
        or (bound.at_most is not None and value > bound.at_most)
    )


def say_bound(bound: SettingBound) -> str:
    """What a clause says of a setting: `at least 8`."""
    parts = [
        sentence % {"number": f"{limit:g}"}
        for limit, sentence in (
            (bound.at_least, _("at least %(number)s")),
            (bound.at_most, _("at most %(number)s")),
        )
        if limit is not None
    ]
    return words.listed(parts)


def say_binds(binds: ClauseBounds) -> Iterator[str]:
    """What a clause binds, in sentences."""
    for named, sentence in (
        (binds.systems, _("Only these systems are read: %(named)s.")),
        ([words.level(each) for each in binds.levels], _("Values exist only by %(named)s.")),
        ([words.spoken(each) for each in binds.decisions], _("It may be used only for %(named)s.")),
        ([words.spoken(each) for each in binds.never], _("It is never used for %(named)s.")),
    ):
        if named:
            yield sentence % {"named": words.listed(named)}
    for long, sentence in (
        (binds.facts_kept, _("Facts are kept for %(long)s at most.")),
        (binds.values_kept, _("Values are kept for %(long)s at most.")),
    ):
        if long:
            yield sentence % {"long": words.duration(long)}
    for bound in binds.settings:
        yield _("The setting “%(key)s” is %(bound)s.") % {"key": bound.key, "bound": say_bound(bound)}
