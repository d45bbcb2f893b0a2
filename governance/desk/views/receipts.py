"""What one asked, the receipts of it, and whom to turn to when something is wrong."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from charter.registry import queries as registry
from charter.registry.models import CharterVersion, Metric
from charter.rules.vocabulary import Outcome
from governance.board import queries as board
from governance.decisions import permissions, receipts
from governance.decisions import queries as decisions
from governance.decisions.models import Decision, Referral
from governance.desk import checking, questions
from governance.desk.context import today
from governance.desk.openings import opens_to, signed_in
from governance.desk.templatetags.mc import OUTCOMES
from governance.desk.views.rules import CONTACT, NEXT_LEVEL

A_PAGE = 20


@opens_to(signed_in, stored=False)
def my_answers(request: HttpRequest) -> HttpResponse:
    """What the reader has asked, newest first, with the verdict and the receipt of each."""
    everything = decisions.asked_by(request.user)
    numbers = dict(everything.order_by().values_list("verdict").annotate(count=Count("pk")))
    verdict = request.GET.get("verdict", "")
    chosen = verdict if verdict in set(Outcome) else ""
    page = Paginator(everything.filter(verdict=chosen) if chosen else everything, A_PAGE).get_page(
        request.GET.get("page")
    )
    names = _names(slug for decision in page for slug in decision.metrics)
    given = {
        "page": page,
        "asked": [(each, questions.in_words(questions.stored(each.request), names)) for each in page],
        "verdict": chosen,
        "verdicts": [(word.value, OUTCOMES[word.value], numbers.get(word.value, 0)) for word in Outcome],
        "total": sum(numbers.values()),
    }
    return render(request, "desk/my_answers.html", given)


@opens_to(signed_in, stored=False)
def find(request: HttpRequest) -> HttpResponse:
    """A receipt by its number, for whoever holds one."""
    number = request.GET.get("number", "").strip()
    if not number:
        return render(request, "desk/find_receipt.html")
    try:
        return redirect("receipt", entry=UUID(number))
    except ValueError:
        error = _(
            "Enter the receipt’s number as it stands on the answer, such as 7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9"
        )
        return render(request, "desk/find_receipt.html", {"error": error, "number": number}, status=400)


@opens_to(signed_in, stored=False)
def receipt(request: HttpRequest, entry: UUID) -> HttpResponse:
    """One receipt with what it proves and how to check it oneself; for whoever may see the decision."""
    told = receipts.told_entry(entry, by=request.user)
    decision = decisions.decision_of_entry(entry, by=request.user)
    mine = decision.actor_id == request.user.pk
    given = {
        **told,
        "decision": decision,
        "question": _question(request, decision),
        "genuine": checking.is_genuine(told),
        "code": checking.code(told),
        "mine": mine,
        "of_me": permissions.was_looked_at(request.user, decision),
        "refers": mine and decision.verdict == Outcome.REFER,
        "referral": Referral.objects.filter(decision=decision).first() if mine else None,
    }
    return render(request, "desk/receipt.html", given)


@opens_to(signed_in, stored=False)
def contest(request: HttpRequest, decision: UUID) -> HttpResponse:
    """Whom to turn to about a decision, and which number to quote. Nothing is filed here, and the page says so."""
    found = decisions.decision(decision, by=request.user)
    bites = [bite for bite in found.bites if _asked_for(request, bite)] or found.bites
    given = {
        "decision": found,
        "question": _question(request, found),
        "bites": list({bite["id"]: bite for bite in bites}.values()),
        "contacts": _contacts(found, request.GET.get("metric", "")),
        "seats": _seats(request),
        "address": request.build_absolute_uri(reverse("receipt", args=[found.entry_id])),
    }
    return render(request, "desk/contest.html", given)


@opens_to(signed_in)
def dispute(request: HttpRequest) -> HttpResponse:
    """Whom to turn to about anything."""
    return render(request, "desk/dispute.html", {"seats": _seats(request)})


def _question(request: HttpRequest, decision: Decision) -> questions.Question:
    """What was asked, as the reader may know it: whoever was looked at learns of nobody else who was."""
    asked = questions.in_words(questions.stored(decision.request), _names(decision.metrics))
    if permissions.was_looked_at(request.user, decision):
        return replace(asked, whose=_("your work"))
    return asked


def _asked_for(request: HttpRequest, bite: dict) -> bool:
    rule, metric = request.GET.get("rule"), request.GET.get("metric")
    return bool(rule or metric) and rule in (None, bite["id"]) and metric in (None, bite["metric"])


def _contacts(decision: Decision, slug: str) -> list[dict[str, object]]:
    """Owner, contact and next level of each metric that was asked for, or of the one that is spoken of."""
    slugs = [slug] if slug in decision.metrics else decision.metrics
    found = Metric.objects.filter(slug__in=slugs).select_related("owner")
    numbers = {facts["charter"]["metric"]: facts["charter"]["version"] for facts in decision.facts}
    versions = CharterVersion.objects.filter(metric__in=found).values_list("metric__slug", "number", "pk")
    keys = {metric: key for metric, number, key in versions if numbers.get(metric) == number}
    return [
        {"metric": metric, "who": registry.document(keys[metric.slug]).who}
        for metric in found
        if metric.slug in keys
    ]


def _seats(request: HttpRequest) -> list[board.Holders]:
    """The seats that a question about the rules goes to, first and next."""
    held = {holders.seat: holders for holders in board.seats(today(request))}
    return [held[CONTACT], held[NEXT_LEVEL]]


def _names(slugs) -> dict[str, str]:
    return dict(Metric.objects.filter(slug__in=set(slugs)).values_list("slug", "name"))
