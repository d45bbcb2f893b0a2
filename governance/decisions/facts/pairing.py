"""Metrics that stand beside those asked for: each is decided by its own charter, and raises nobody's verdict (S26, S73)."""

from collections.abc import Iterable, Mapping

import msgspec
from django.utils.translation import gettext as _
from msgspec import Struct, field
from msgspec.structs import replace

from charter import rules
from charter.measures.rows import Row
from charter.registry import queries as registry
from charter.registry.queries import GoverningVersion
from charter.rules import Rulebook, words
from charter.rules.facts import Facts
from charter.rules.request import Request
from charter.rules.vocabulary import Outcome


class Pair(Struct, frozen=True):
    """A metric to stand beside `beside`, with the facts of the same question about it; none where it cannot be asked."""

    metric: str
    beside: tuple[str, ...]
    governing: GoverningVersion | None = None
    facts: Facts | None = None


class Paired(Struct, frozen=True):
    """What stands beside: rows where its own charter permits the use, else a sentence that says why not."""

    metric: str
    name: str
    version: int | None
    beside: tuple[str, ...] = field(name="with")
    verdict: Outcome = Outcome.DENY
    rules: tuple[str, ...] = ()
    because: str = ""
    rows: tuple[Row, ...] = ()

    @property
    def permitted(self) -> bool:
        return self.verdict is Outcome.PERMIT

    @property
    def recorded(self) -> dict[str, object]:
        """What the decision keeps of it: all but the rows, whose hash it holds."""
        return {name: value for name, value in msgspec.to_builtins(self).items() if name != "rows"}


def find_counters(governing: Iterable[GoverningVersion]) -> dict[str, tuple[str, ...]]:
    """The metrics that the charters want beside them and that are not asked for, each with those that want it."""
    governing = tuple(governing)
    asked = {each.metric for each in governing}
    found: dict[str, tuple[str, ...]] = {}
    for each in governing:
        counter = registry.load_document(each.version_id).what.counter_metric
        if counter is not None and counter not in asked:
            found[counter] = (*found.get(counter, ()), each.metric)
    return found


def ask_beside(request: Request, pairs: Mapping[str, object]) -> Request:
    """The same question about what stands beside: asked together with the metrics that it was asked of."""
    return replace(request, metrics=(*request.metrics, *pairs))


def judge_pair(pair: Pair, rulebook: Rulebook) -> Paired:
    """Decide a pair by its own charter, as any other use."""
    name = pair.metric.replace("-", " ")
    if pair.facts is None or pair.governing is None:
        because = _("%(name)s would stand beside it, but it cannot be asked for now.") % {
            "name": words.sentence(name)
        }
        return Paired(pair.metric, words.sentence(name), None, pair.beside, because=because)
    verdict = rules.decide((pair.facts,), rulebook)
    told = Paired(
        metric=pair.metric,
        name=pair.facts.charter.name,
        version=pair.governing.number,
        beside=pair.beside,
        verdict=verdict.outcome,
        rules=tuple(dict.fromkeys(match.id for match in verdict.rules)),
    )
    if verdict.permits:
        return told
    because = _("%(name)s would stand beside it, but its values may not be shown for this. %(here)s") % {
        "name": told.name,
        "here": verdict.rules[0].here,
    }
    return replace(told, because=because)
