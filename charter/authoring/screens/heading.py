"""One heading a page, saved as one goes."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from charter.authoring import drafts, lint, permissions, submission
from charter.authoring.lint import Finding
from charter.authoring.lint.uses import SPEED_AND_VOLUME, VOLUME
from charter.authoring.models import Draft
from charter.authoring.readability import measure_readability
from charter.authoring.screens import pages
from charter.authoring.screens.forms.what import WhatForm
from charter.authoring.screens.progress import heading_url
from charter.registry import queries
from charter.registry.charter_facts import parse_document
from charter.registry.document import CharterDocument
from charter.registry.headings import Heading, is_begun, list_statements
from charter.registry.models import Metric
from charter.rules.vocabulary import Category
from governance.people.requests import PageRequest
from ground.errors import BadInput, Conflict
from ground.promises import promised

MOST_SUGGESTED = 5
MOST_OFFERED = 300  # metrics to choose from while one types
NAMING_METRICS = frozenset({Heading.WHAT, Heading.WHICH_DECISIONS})


def heading(request: PageRequest, draft_id: str, slug: str) -> HttpResponse:
    """GET shows a heading with what lint finds of it; POST saves it and goes where the button says."""
    draft = drafts.get_draft(draft_id)
    permissions.check_can_edit_draft(request.user, draft)
    here = next((each for each in Heading if each.slug == slug), None)
    if here is None:
        raise Http404
    document = parse_document(draft.document)
    data = _with_rules(request.POST, draft, document) if request.method == "POST" else None
    form = _form(here, data, document)
    if request.method != "POST":
        return _page(request, draft, document, form)
    if not form.is_valid():
        return _page(request, draft, document, form, status=400)
    return _save(request, draft, document, form)


def _save(request: PageRequest, draft: Draft, document: CharterDocument, form: pages.Form) -> HttpResponse:
    seen = request.POST.get("seen", "")
    try:
        drafts.save_heading(
            draft=draft, heading=form.heading, part=form.part, seen=seen, by=request.user, name=form.name
        )
    except Conflict as error:
        if error.code != "heading_changed":
            raise
        return _page(request, drafts.get_draft(draft.pk), document, form, status=409, conflict=error.detail)
    except BadInput as error:
        return _page(request, draft, document, form, status=400, conflict=error.detail)
    return _onwards(request, draft, form.heading)


def _onwards(request: PageRequest, draft: Draft, here: Heading) -> HttpResponse:
    """To the next heading, back to this one to see what lint finds, or to the list."""
    if "stay" in request.POST or "take" in request.POST:
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(heading_url(draft, here))
    order = list(Heading)
    if "leave" in request.POST:
        return HttpResponseRedirect(reverse("charter-draft", args=[draft.pk]))
    following = order[order.index(here) + 1 :]
    if following:
        return HttpResponseRedirect(heading_url(draft, following[0]))
    return HttpResponseRedirect(reverse("charter-check", args=[draft.pk]))


def _form(here: Heading, data: Any, document: CharterDocument) -> pages.Form:
    kind = pages.FORMS[here]
    if kind is WhatForm:
        registered = Metric.objects.filter(slug=document.metric).exists()
        return WhatForm(data, document=document, registered=registered)
    return kind(data, document=document)


def _page(
    request: PageRequest,
    draft: Draft,
    document: CharterDocument,
    form: pages.Form,
    *,
    status: int = 200,
    conflict: str = "",
) -> HttpResponse:
    here = form.heading
    current = parse_document(draft.document)
    found = (
        submission.lint_document(current, draft.programme)
        if is_begun(current, here) or "all" in request.GET
        else []
    )
    tried = (
        submission.try_examples(current, draft.programme)
        if here is Heading.EXAMPLES and status == 200
        else {}
    )
    found = [each for each in found if each.rule != "CH43"] if tried else found
    built, general = pages.lay_out_sections(form, found, notes=_notes(here, current), tried=tried)
    given = {
        "draft": draft,
        "name": current.name,
        "heading": here,
        "number": list(Heading).index(here) + 1,
        "of": len(Heading),
        "form": form,
        "problems": list(pages.list_problems(form)),
        "sections": built,
        "findings": general,
        "to_mend": _to_mend(form, found) if status == 200 else [],
        "metric_names": queries.list_names(MOST_OFFERED) if here in NAMING_METRICS else [],
        "rule_ids": [(rule.id, rule.title) for rule in queries.list_rules_in_force()]
        if here is Heading.EXAMPLES
        else [],
        "seen": drafts.hash_heading(draft, here),
        "conflict": conflict,
        "saved": [entry for entry in list_statements(current) if entry.heading is here]
        if status == 409
        else [],
        "last": here is list(Heading)[-1],
    }
    return render(request, "authoring/heading.html", given, status=status)


def _with_rules(given: QueryDict, draft: Draft, document: CharterDocument) -> QueryDict:
    """What was sent, with the rules that decided an example in place of those it named, where that was asked for."""
    row = given.get("take", "")
    name, _dash, number = row.rpartition("-")
    tried = (
        submission.try_examples(document, draft.programme).get(f"examples.{name}[{number}]") if row else None
    )
    if tried is None or not (rules := pages.list_deciding(tried)):
        return given
    changed = given.copy()
    changed[f"{row}-rules"] = ", ".join(rules)
    changed[f"{row}-verdict"] = promised(tried.result).verdict.outcome.value
    return changed


def _to_mend(form: pages.Form, found: Sequence[Finding]) -> list[tuple[Finding, str]]:
    """The errors of this heading, each with the id of what it speaks of, to stand first on the page."""
    errors = [each for each in lint.select_errors(found) if Heading.of(each.field) is form.heading]
    places = pages.list_anchors(form) if errors else {}
    return [(each, places.get(pages.find_nearest(each.field, places), "")) for each in errors]


def _notes(here: Heading, document: CharterDocument) -> dict[str, Sequence[str]]:
    """What helps to fill in single fields."""
    if here is not Heading.WHAT:
        return {}
    reads = measure_readability(document.what.definition)
    return {
        "definition": [_("How it reads: %(words)s.") % {"words": reads.words}] if reads else [],
        "counter_metric": _counter_prompt(document),
    }


def _counter_prompt(document: CharterDocument) -> list[str]:
    """S26: what counts speed or volume is asked for the metric that shows what it may cost."""
    what = document.what
    volume = what.measure is not None and what.measure.aggregation in VOLUME
    if what.counter_metric or not (what.category in SPEED_AND_VOLUME or volume):
        return []
    fitting = queries.list_metrics_of((Category.QUALITY, Category.RELIABILITY), but=document.metric)
    names = [f"{metric.slug} ({metric.name})" for metric in fitting[:MOST_SUGGESTED]]
    prompt = _(
        "This metric is about speed or volume. What would get worse if people pushed it? Name that metric."
    )
    return [prompt, _("These may fit: %(names)s.") % {"names": ", ".join(names)}] if names else [prompt]
