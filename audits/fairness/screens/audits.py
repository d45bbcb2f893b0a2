"""Fairness audits: the list, one audit with its chart and tables, judging it, and the tasks that follow for HR."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audits.fairness import permissions, queries, services, wording
from audits.fairness.models import FairnessAudit, OutcomeSet
from audits.fairness.screens import chart
from audits.fairness.screens.forms import CloseTaskForm, HarmForm
from audits.fairness.screens.tables import FairnessFilter, FairnessTable, TaskFilter, TaskTable
from audits.fairness.states import QUESTIONS, AuditedAttribute, FairnessState, HarmAnswer, HarmHypothesis
from charter.rules.vocabulary import DecisionType
from governance.people.requests import PageRequest
from governance.ui import narrowing, questions, sheets
from governance.ui.lists import turn_table

_DRAWN = 12  # groups of a chart; the table has them all
A_PAGE = 25


def audits(request: PageRequest) -> HttpResponse:
    """The audits that the reader may see, and what waits for them."""
    works = permissions.works_on_audits(request.user)
    narrowed = FairnessFilter(request.GET, queryset=queries.list_audits(request.user))
    table = FairnessTable(narrowed.qs)
    table.caption = _("Audits, newest first")
    turn_table(request, table, A_PAGE)
    given: dict[str, Any] = {
        "waiting": [(each, _name(each)) for each in queries.list_waiting()] if works else [],
        "hands_in": permissions.can(permissions.check_can_hand_in, request.user),
        "sees_tasks": permissions.can(permissions.check_can_see_tasks, request.user),
        "works": works,
    }  # fmt: skip
    return narrowing.show(request, "fairness/audits.html", narrowed, table, **given)


def audits_csv(request: PageRequest) -> HttpResponseBase:
    """The audits that the page would list, all of them."""
    narrowed = FairnessFilter(request.GET, queryset=queries.list_audits(request.user))
    narrowing.check_readable(narrowed)
    return sheets.stream_table("fairness-audits.csv", FairnessTable(narrowed.qs), request)


def audit(request: PageRequest, key: UUID) -> HttpResponse:
    """One audit: in words for everybody, with chart and tables for auditors, HR and the board."""
    found = queries.get_audit(key, by=request.user)
    numbers = permissions.reads_numbers(request.user)
    groups = [_show(each) for each in found.results["groups"]]
    told = [each for each in groups if each.get("people") is not None]
    given: dict[str, Any] = {
        "audit": found,
        "decision": _name(found.outcomes),
        "found": wording.find_in_words(found.results),
        "recorded": [(AuditedAttribute(name).label, count) for name, count in found.results["recorded"].items()],
        "groups": groups if numbers else [each for each in groups if each["finding"] != "not_ruled_out"],
        "numbers": numbers,
        "unlisted": found.results["compared"] - len(groups) if numbers else 0,
        "unnamed": found.results["unnamed"],
        "told": told,
        "metrics": [(each, wording.say_context(each)) for each in found.metrics.all()],
        "answers": _list_answers(found),
        "judges": found.state == FairnessState.OPEN and permissions.can(permissions.check_can_judge, request.user, found),
        "figure": _figure(told, wording.find_in_words(found.results)) if numbers and told else None,
    }  # fmt: skip
    return render(request, "fairness/audit.html", given)


def _name(outcomes: OutcomeSet) -> str:
    return questions.name_decision(DecisionType(outcomes.decision))


def _show(group: dict[str, Any]) -> dict[str, Any]:
    return {
        **group,
        "name": wording.name_group(group),
        "by": wording.name_attributes(group),
        "says": wording.FINDINGS[group["finding"]],
    }


def _list_answers(found: FairnessAudit) -> list[dict[str, Any]]:
    """Each hypothesis with its question and, where there is one, its answer."""
    given = found.answers
    return [
        {
            "word": each.value,
            "question": QUESTIONS[each],
            "answer": HarmAnswer(given[each.value]["answer"]).label if each.value in given else "",
            "evidence": given[each.value]["evidence"] if each.value in given else "",
        }
        for each in HarmHypothesis
    ]


def _figure(told: list[dict[str, Any]], finding: str) -> dict[str, Any]:
    """The first groups as a chart in two widths."""
    drawn = told[:_DRAWN]
    wide, narrow = (
        mark_safe(chart.draw(drawn, finding, width))  # noqa: S308 (drawn by us, of numbers and escaped names)
        for width in (560, 360)
    )
    return {"finding": finding, "wide": wide, "narrow": narrow}


def harm(request: PageRequest, key: UUID, word: str) -> HttpResponse:
    """One hypothesis of an audit that is being judged; the next one follows."""
    found = queries.get_audit(key, by=request.user)
    permissions.check_can_judge(request.user, found)
    if word not in HarmHypothesis.values:
        raise Http404
    hypothesis = HarmHypothesis(word)
    form = HarmForm(
        request.POST if request.method == "POST" else None, initial=found.answers.get(hypothesis.value)
    )
    if request.method == "POST" and form.accepted(
        lambda: services.answer_harm(
            audit=found,
            hypothesis=hypothesis,
            answer=HarmAnswer(form.cleaned_data["answer"]),
            evidence=form.cleaned_data["evidence"],
            by=request.user,
        )
    ):
        found.refresh_from_db()
        left = [each.value for each in HarmHypothesis if each.value not in found.answers]
        return redirect("fairness-harm", key, left[0]) if left else redirect("fairness-audit", key)
    given: dict[str, Any] = {
        "form": form,
        "audit": found,
        "title": QUESTIONS[hypothesis],
        "number": list(HarmHypothesis).index(hypothesis) + 1,
        "of": len(HarmHypothesis),
    }
    return render(request, "fairness/harm.html", given, status=form.status)


def conclude(request: PageRequest, key: UUID) -> HttpResponse:
    """Conclude an audit, once it was said what that does."""
    found = queries.get_audit(key, by=request.user)
    permissions.check_can_judge(request.user, found)
    if request.method == "POST":
        concluded = services.conclude_audit(audit=found, by=request.user)
        messages.success(
            request,
            _("Concluded: the audit is passed.")
            if concluded.state == FairnessState.PASSED
            else _("Concluded: the audit is flagged, and clears nothing."),
        )
        return redirect("fairness-audit", key)
    return render(request, "fairness/conclude.html", {"audit": found, "flagged": services.is_flagged(found)})


def tasks(request: PageRequest) -> HttpResponse:
    """What HR has to look into: managers whose ratings stand apart from those of equal evidence."""
    narrowed = TaskFilter(request.GET, queryset=queries.list_tasks(request.user))
    table = TaskTable(narrowed.qs)
    table.caption = _("Tasks")
    turn_table(request, table, A_PAGE)
    return narrowing.show(request, "fairness/tasks.html", narrowed, table)


def tasks_csv(request: PageRequest) -> HttpResponseBase:
    """The tasks that the page would list, all of them, as a table to take away."""
    narrowed = TaskFilter(request.GET, queryset=queries.list_tasks(request.user))
    narrowing.check_readable(narrowed)
    return sheets.stream_table("tasks.csv", TaskTable(narrowed.qs), request)


def task(request: PageRequest, key: UUID) -> HttpResponse:
    """One task, to be closed with what was done."""
    found = queries.get_task(key, by=request.user)
    form = CloseTaskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.close_task(task=found, done=form.cleaned_data["done"], by=request.user)
    ):
        messages.success(request, _("Closed."))
        return redirect("fairness-tasks")
    given: dict[str, Any] = {
        "task": found,
        "form": form,
        "closes": found.closed_at is None
        and permissions.can(permissions.check_can_close, request.user, found),
    }
    return render(request, "fairness/task.html", given, status=form.status)


@require_POST
def run(request: PageRequest, key: UUID) -> HttpResponse:
    """Run the audit of outcomes that wait."""
    outcomes = queries.get_outcomes(key, by=request.user)
    found = services.run_audit(outcomes=outcomes, by=request.user)
    messages.success(request, _("The audit has run, and what was handed in is erased. Judge what it found."))
    return redirect("fairness-audit", found.pk)
