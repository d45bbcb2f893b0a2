"""What comes after an answer or a refusal: each next question as a button, offered where it would be allowed."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from charter.registry.screens.page_context import badge
from charter.rules import Outlook, words
from charter.rules.asking import PERSON_GRAINS
from charter.rules.request import MOST_METRICS, Request
from charter.rules.vocabulary import Role, View
from governance.decisions.facts import repairing
from governance.decisions.facts.outlook import Ahead
from governance.decisions.rows.comparing import Earlier
from governance.decisions.screens import answers
from governance.decisions.screens.ask_choices import AskChoices
from governance.decisions.screens.possible_uses import describe_lacking
from governance.people.requests import PageRequest
from governance.ui import questions

Page = dict[str, object]
Fields = list[tuple[str, str]]

RELIABILITY = "slo-compliance"  # what stands beside delivery metrics first (S24)
# Whoever decides something with a metric may keep the question as a view.
KEEP = (Role.MANAGER, Role.VALUE_STREAM_LEAD, Role.LEADERSHIP, Role.METRIC_OWNER, Role.HR)


def list_next(request: PageRequest, asked: Request, can: AskChoices, *, rows: bool) -> Page:
    """What can be done with an answer: asked again, held against earlier months, kept, taken away, completed."""
    with_reliability = _add(asked, RELIABILITY) if RELIABILITY in can.names else None
    ahead = Ahead.read([asked, with_reliability or asked], by=request.user)
    found: Page = {"again": list_fields(asked, rows=True), "keep_url": _keep_url(request, asked)}
    if rows:
        exported = replace(asked, export=True)
        found["export"] = list_fields(exported, rows=True) if _may_ask(ahead, exported) else None
        found["earlier"] = {
            each.value: [*list_fields(asked, rows=True), ("earlier", each.value)] for each in Earlier
        }
    if with_reliability and _may_ask(ahead, with_reliability):
        found["with_reliability"] = list_fields(with_reliability, rows=rows)
    return found


def _may_ask(ahead: Ahead, request: Request) -> bool:
    outlook = ahead.foresee(request)
    return outlook.permits and not outlook.lacks


def _add(asked: Request, metric: str) -> Request | None:
    """The question with one more metric; None where it has it, or is full."""
    if metric in asked.metrics or len(asked.metrics) >= MOST_METRICS:
        return None
    return replace(asked, metrics=(*asked.metrics, metric))


def _keep_url(request: PageRequest, asked: Request) -> str:
    """Where a question is kept as a view, for those who may and of what a view holds."""
    plain = asked.view is View.DIAGNOSTIC and asked.grain not in PERSON_GRAINS and len(asked.cohorts) == 1
    if not plain or not any(map(badge(request).holds, KEEP)):
        return ""
    parts = [("metrics", slug) for slug in asked.metrics]
    parts += [("decision", asked.decision.value), ("grain", asked.grain.value), ("cohort", asked.cohorts[0])]
    return f"{reverse('view-new')}?{urlencode([*parts, ('period', asked.period.value)])}"


def find_way_on(request: PageRequest, asked: Request, can: AskChoices, *, rows: bool) -> Page:
    """What the question lacks, else the smallest change to it that would be allowed; its decision stays."""
    ahead = Ahead.read([asked], by=request.user)
    outlook = ahead.foresee(asked, thorough=True)
    if outlook.permits and outlook.lacks:
        return {
            "outlook": outlook,
            "repair": None,
            "lacks": describe_lacking(outlook, can.names),
            "add_label": _label_adding(outlook, can.names),
            "again": list_fields(outlook.request, rows=rows),
            "add_url": f"{reverse('ask')}?{questions.to_query(outlook.request)}",
        }
    repair = repairing.find_repair(ahead, asked)
    return {
        "repair": repair,
        "repair_lead": answers.introduce_repair(repair, asked) if repair else "",
        "repair_url": answers.query_of_repair(repair) if repair else "",
    }


def _label_adding(outlook: Outlook, names: Mapping[str, str]) -> str:
    """`Add change failure rate and SLO compliance, and ask again`; with what is ticked, where something is to be affirmed."""
    if not outlook.other and not outlook.adds:
        return _("Affirm what is ticked, and ask again")
    added = words.listed(words.inside(names[slug]) for slug in (*outlook.other, *outlook.adds))
    return _("Add %(metrics)s, and ask again") % {"metrics": added}


def list_fields(asked: Request, *, rows: bool) -> list[tuple[str, str]]:
    """A question as the fields of a form that asks it at once."""
    fields = [
        (name, value) for name, values in QueryDict(questions.to_query(asked)).lists() for value in values
    ]
    return [*fields, ("ask" if rows else "check", "on")]
