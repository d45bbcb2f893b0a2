"""What may be used for a decision as a whole, metric by metric, as the rules would decide for the reader today."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from charter.registry import queries as registry
from charter.registry.queries import MetricUses
from charter.registry.screens.page_context import today
from charter.rules import words
from charter.rules.vocabulary import DecisionType, Standing
from governance.decisions.screens import possible_uses
from governance.people.requests import PageRequest
from governance.ui.questions import FOR, name_decision
from ground import data_versions

A_PAGE = 40


@dataclass(frozen=True)
class MetricForDecision:
    """One metric for one decision: what would be answered, why, and where it is checked."""

    metric: MetricUses
    outcome: str
    says: str
    url: str


def decision(request: PageRequest, decision: str) -> HttpResponse:
    """Each metric that something governs, with the honest sentence where nothing may be used."""
    asked = _find_declared(decision)
    reader = possible_uses.read_reader(request.user, today(request))
    governed = [
        each
        for each in reader.metrics
        if each.standing in (Standing.ACTIVE, Standing.PILOT, Standing.SUSPENDED)
    ]
    listed = [each for each in governed if any(use.decision is asked for use in each.allowed)]
    foreseen = possible_uses.foresee_uses(
        reader, listed, decision=asked, among=listed[: possible_uses.MOST_OTHERS]
    )
    found = {each.metric.slug: each for each in foreseen}
    ordered = sorted(governed, key=lambda each: (each.slug not in found, each.name))
    page = Paginator([_tell(each, found.get(each.slug), asked) for each in ordered], A_PAGE)
    usable = [each for each in foreseen if each.outcome in ("permit", "if")]
    name = name_decision(asked)
    given = {
        "listed": page.get_page(request.GET.get("page")),
        "decision": asked.value,
        "name": name,
        "title": words.sentence(name),
        "for_it": str(FOR.get(asked) or name),
        "usable": len(usable),
        "asked_of_board": any(each.outcome == "refer" for each in foreseen),
        "lists": len(listed),
        "governed": len(governed),
        "check_url": f"{reverse('use-check')}?{urlencode({'decision': asked.value})}",
    }
    return render(request, "use_check/decision.html", given)


def _find_declared(slug: str) -> DecisionType:
    """A decision that the programme has declared. Raises Http404."""
    found = next((each for each in registry.read_decisions(data_versions.read()) if each.value == slug), None)
    if found is None:
        raise Http404
    return found


def _tell(
    metric: MetricUses, possible: possible_uses.PossibleMetric | None, asked: DecisionType
) -> MetricForDecision:
    url = f"{reverse('use-check')}?{urlencode({'decision': asked.value, 'metrics': metric.slug})}"
    if metric.standing is Standing.SUSPENDED:
        return MetricForDecision(metric, "withheld", "", url)
    if possible is None:
        return MetricForDecision(metric, "dash", "", url)
    use = next(iter(possible.uses), None)
    says = (use.lacks or use.why) if use is not None else ""
    return MetricForDecision(metric, possible.outcome, words.sentence(says), url)
