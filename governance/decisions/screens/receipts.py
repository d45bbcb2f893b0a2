"""What one asked, the receipts of it, and whom to turn to when something is wrong."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from audits.ledger.keys import list_verifiers
from charter.registry import queries as registry
from charter.registry.models import CharterVersion, Metric
from charter.registry.screens.page_context import today
from charter.rules.vocabulary import Outcome
from governance.board import queries as board
from governance.board.rules_now import CONTACT, NEXT_LEVEL
from governance.decisions import naming, permissions
from governance.decisions import queries as decisions
from governance.decisions.doors import receipts
from governance.decisions.models import DecisionRecord, Referral
from governance.decisions.screens import receipt_check
from governance.decisions.screens.answers_form import AnswersForm
from governance.decisions.services.receipts import list_charters
from governance.people.pseudonyms import KnownNames
from governance.people.requests import PageRequest
from governance.ui import questions, sheets
from governance.ui.narrowing import check_form_readable
from governance.ui.templatetags.mc import OUTCOMES
from ground.errors import Conflict
from ground.paging import ByPlace

A_PAGE = 20


def my_answers(request: PageRequest) -> HttpResponse:
    """What the reader has asked, with the verdict and the receipt of each: searched, dated, sorted and in pages."""
    everything = decisions.list_asked_by(request.user)
    form = AnswersForm(request.GET)
    narrowing = form.narrowing
    of_any = decisions.narrow_asked(everything, replace(narrowing, verdicts=()))
    numbers = dict(of_any.order_by().values_list("verdict").annotate(count=Count("pk")))
    form.offer_counted(numbers)
    listed = ByPlace(decisions.narrow_asked(everything, narrowing), A_PAGE).get_page(request.GET.get("page"))
    names = _names(slug for decision in listed for slug in decision.metrics)
    given = {
        "form": form,
        "listed": listed,
        "asked": [(each, naming.put_own_in_words(each, names)) for each in listed],
        "is_narrowed": form.is_narrowing,
    }
    return render(request, "decisions/my_answers.html", given, status=200 if form.is_valid() else 400)


def my_answers_csv(request: PageRequest) -> HttpResponseBase:
    """What the reader asked, as narrowed on the page, as a table to take away; questions and verdicts, no values."""
    form = AnswersForm(request.GET)
    check_form_readable(form)
    found = decisions.narrow_asked(decisions.list_asked_by(request.user), form.narrowing)
    header = ["receipt", "asked", "decision", "metrics", "groups", "answer", "rules"]
    return sheets.stream_csv("my-answers.csv", header, map(_as_row, found.iterator(chunk_size=500)))


def _as_row(decision: DecisionRecord) -> list[object]:
    return [
        decision.entry_id,
        decision.at.isoformat(timespec="seconds"),
        decision.use,
        " ".join(decision.metrics),
        " ".join(decision.cohorts),
        str(OUTCOMES[decision.verdict]),
        " ".join(decision.rules),
    ]


def find_receipt(request: PageRequest) -> HttpResponse:
    """A receipt by its number, for whoever holds one."""
    number = request.GET.get("number", "").strip()
    if not number:
        return render(request, "decisions/find_receipt.html")
    try:
        return redirect("receipt", entry=UUID(number))
    except ValueError:
        error = _(
            "Enter the receipt’s number as it stands on the answer, such as 7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9"
        )
        return render(request, "decisions/find_receipt.html", {"error": error, "number": number}, status=400)


def receipt(request: PageRequest, entry: UUID) -> HttpResponse:
    """One receipt with what it proves and how to check it oneself; for whoever may see the decision."""
    told = receipts.serialize_entry(entry, by=request.user)
    decision = decisions.get_decision_of_entry(entry, by=request.user)
    mine = decision.actor_id == request.user.pk
    by_name = permissions.sees_names(request.user, decision)
    given = {
        **{name: told[name] for name in ("receipt", "leaf", "public_key", "decided", "void")},
        "decision": decision,
        "question": _question(request, decision),
        "asker": decision.actor.name if by_name else naming.call_asker(decision),
        "by_name": by_name,
        "genuine": receipt_check.is_genuine(told),
        "place": told["index"],
        "size": told["size"],
        "stands": told["index"] is not None and receipt_check.stands_in_log(told, list_verifiers()),
        "code": receipt_check.write_check_code(told),
        "mine": mine,
        "of_me": permissions.was_looked_at(request.user, decision),
        "refers": mine and decision.verdict == Outcome.REFER,
        "referral": Referral.objects.filter(decision=decision).first() if mine else None,
    }
    return render(request, "decisions/receipt.html", given)


def proof(request: PageRequest, entry: UUID) -> HttpResponse:
    """The receipt as one file that anybody checks without us; 409 while its entry waits for its place in the log."""
    told = receipts.serialize_entry(entry, by=request.user)
    if told["index"] is None:
        raise Conflict(
            _("This entry waits for its place in the log. Try again in some seconds."), code="not_sequenced"
        )
    response = HttpResponse(receipt_check.write_proof_file(told), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receipt-{entry}.tlog-proof"'
    return response


def contest(request: PageRequest, decision: UUID) -> HttpResponse:
    """Whom to turn to about a decision, which number to quote, and the way to an appeal."""
    found = decisions.get_decision(decision, by=request.user)
    matches = [match for match in found.matches if _asked_for(request, match)] or found.matches
    given = {
        "decision": found,
        "question": _question(request, found),
        "matches": list({match["id"]: match for match in matches}.values()),
        "contacts": _contacts(found, request.GET.get("metric", "")),
        "seats": _seats(request),
        "address": request.build_absolute_uri(reverse("receipt", args=[found.entry_id])),
    }
    return render(request, "decisions/contest.html", given)


def dispute(request: PageRequest) -> HttpResponse:
    """Whom to turn to about anything."""
    return render(request, "decisions/dispute.html", {"seats": _seats(request)})


def _question(request: PageRequest, decision: DecisionRecord) -> questions.QuestionInWords:
    """What was asked, as the reader may know it: whoever was looked at learns of nobody else who was, an auditor of no name."""
    if not permissions.sees_names(request.user, decision):
        return naming.put_in_words(decision, _names(decision.metrics), KnownNames())
    asked = questions.put_in_words(questions.read_request(decision.request), _names(decision.metrics))
    if permissions.was_looked_at(request.user, decision):
        return replace(asked, whose=_("your work"), about="")
    return asked


def _asked_for(request: PageRequest, match: dict[str, Any]) -> bool:
    rule, metric = request.GET.get("rule"), request.GET.get("metric")
    return bool(rule or metric) and rule in (None, match["id"]) and metric in (None, match["metric"])


def _contacts(decision: DecisionRecord, slug: str) -> list[dict[str, object]]:
    """Owner, contact and next level of each metric that was asked for, or of the one that is spoken of."""
    slugs = [slug] if slug in decision.metrics else decision.metrics
    found = Metric.objects.filter(slug__in=slugs).select_related("owner")
    numbers = list_charters(decision)
    versions = CharterVersion.objects.filter(metric__in=found).values_list("metric__slug", "number", "pk")
    keys = {metric: key for metric, number, key in versions if numbers.get(metric) == number}
    return [
        {"metric": metric, "who": registry.load_document(keys[metric.slug]).who}
        for metric in found
        if metric.slug in keys
    ]


def _seats(request: PageRequest) -> list[board.Holders]:
    """The seats that a question about the rules goes to, first and next."""
    held = {holders.seat: holders for holders in board.list_seats(today(request))}
    return [held[CONTACT], held[NEXT_LEVEL]]


def _names(slugs: Iterable[str]) -> dict[str, str]:
    return dict(Metric.objects.filter(slug__in=set(slugs)).values_list("slug", "name"))
