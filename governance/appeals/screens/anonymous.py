"""Appeals without signing in. Nothing is kept between two pages but what the page itself carries: no session, no address.

Whoever has signed in is asked to sign out first, since what they send could be traced to their account.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from governance.appeals import permissions, queries, services
from governance.appeals.files import send
from governance.appeals.models import Appeal, AppealAttachment
from governance.appeals.screens import forms
from governance.appeals.screens.steps import ANONYMOUS_QUESTIONS, find_missing, list_steps
from governance.appeals.screens.writing import build_about, build_context, find_title, read_hold, say
from governance.appeals.states import OVER, AppealKind, AppealState
from governance.people.services import get_system_account
from governance.ui.forms import ServiceForm
from ground import counts
from ground.errors import TooMuch
from ground.rates import Rate

Answers = dict[str, Any]


def start(request: HttpRequest) -> HttpResponse:
    """What an anonymous appeal is, and the two ways on: write one, or come back to one."""
    return render(
        request, "appeals/anonymous.html", {"form": forms.ReceiptForm(), "signed_in": _is_known(request)}
    )


def write(request: HttpRequest) -> HttpResponse:
    """One question a page, then all answers to check, then the number, shown once. The page itself carries what was answered."""
    if _is_known(request):
        given = {"form": forms.ReceiptForm(), "signed_in": True}
        return render(request, "appeals/anonymous.html", given, status=403)
    answers, at_fault = _read_answers(request)
    steps = list_steps(answers, ANONYMOUS_QUESTIONS)
    asked = request.POST.get("change", "")
    missing = find_missing(answers, ANONYMOUS_QUESTIONS)
    if at_fault is not None or missing or asked in steps:
        return _ask(request, asked if asked in steps else "", answers, at_fault)
    if "file" not in request.POST:
        return _check(request, answers, steps)
    form = ServiceForm(request.POST)
    filed: list[services.FiledAnonymously] = []
    if form.accepted(lambda: filed.append(_file(answers))):
        given = {"receipt": _part(filed[0].receipt), "due": filed[0].filed.due}
        return render(request, "appeals/anonymous_filed.html", given)
    return _check(request, answers, steps, form)


def _read_answers(request: HttpRequest) -> tuple[Answers, tuple[str, ServiceForm] | None]:
    """What the page carried and was right, and the question that was just asked and was not."""
    answers: Answers = {}
    for step, question in ANONYMOUS_QUESTIONS.items():
        form = question.form(request.POST)
        if request.method == "POST" and question.answer in request.POST:
            if form.is_valid():
                answers |= form.cleaned_data
            elif request.POST.get("step") == step or step in list_steps(answers, ANONYMOUS_QUESTIONS):
                return answers, (step, form)
    return answers, None


def _ask(
    request: HttpRequest, asked: str, answers: Answers, at_fault: tuple[str, ServiceForm] | None
) -> HttpResponse:
    """The question that is asked to be changed, is at fault, or comes next; the answers so far go with it, unseen."""
    step = asked or (at_fault[0] if at_fault else find_missing(answers, ANONYMOUS_QUESTIONS)) or "about"
    question = ANONYMOUS_QUESTIONS[step]
    form, status = question.form(initial=answers), 200
    if at_fault and at_fault[0] == step:
        form, status = at_fault[1], 400
    elif request.POST.get("step") == step and not asked:
        # Sent without an answer, which browsers leave out altogether.
        form, status = question.form(request.POST), 400
    steps = list_steps(answers, ANONYMOUS_QUESTIONS)
    before = steps[: steps.index(step)] if step in steps else []
    given = {
        "form": form,
        "step": step,
        "number": len(before) + 1,
        "title": find_title(form),
        "carried": [(name, value) for name, value in answers.items() if name not in form.fields],
        "back": before[-1] if before else "",
    }
    return render(request, "appeals/anonymous_write.html", given, status=status)


def _check(
    request: HttpRequest, answers: Answers, steps: Sequence[str], form: ServiceForm | None = None
) -> HttpResponse:
    lines = [(step, ANONYMOUS_QUESTIONS[step].title, say(step, answers)) for step in steps]
    given = {"lines": lines, "carried": list(answers.items()), "due": queries.foresee_due(), "form": form}
    return render(request, "appeals/anonymous_check.html", given, status=form.status if form else 200)


def case(request: HttpRequest) -> HttpResponse:
    """An anonymous appeal by its number, which comes with each page that is sent and stands in no address."""
    form = forms.ReceiptForm(request.POST if request.method == "POST" else None)
    found: list[Appeal] = []
    if request.method != "POST" or not form.accepted(
        lambda: found.append(_open(form.cleaned_data["receipt"]))
    ):
        return render(
            request,
            "appeals/anonymous.html",
            {"form": form, "signed_in": _is_known(request)},
            status=form.status,
        )
    if request.POST.get("act") == "attachment":
        return send(_find_attachment(request, found[0]))
    at_fault = _act(request, found[0])
    return _show(request, found[0], form.cleaned_data["receipt"], at_fault)


def _act(request: HttpRequest, found: Appeal) -> ServiceForm | None:
    """Do what the page was sent for, if anything; the form at fault where the service objects."""
    act = request.POST.get("act", "")
    by = get_system_account()
    acts: dict[str, tuple[type[ServiceForm], Any]] = {
        "message": (
            forms.TextForm,
            lambda said: services.write_message(appeal=found, by=by, **said),
        ),
        "second": (
            forms.AppealWhyForm,
            lambda said: services.ask_second_instance(appeal=found, why=said["why"], by=by),
        ),
        "accept": (ServiceForm, lambda _said: services.accept_outcome(appeal=found, by=by)),
        "withdraw": (ServiceForm, lambda _said: services.withdraw_appeal(appeal=found, by=by)),
    }
    if act not in acts:
        return None
    form_class, do = acts[act]
    form = form_class(request.POST, request.FILES)
    return None if form.accepted(lambda: do(form.cleaned_data)) else form


def _find_attachment(request: HttpRequest, found: Appeal) -> AppealAttachment:
    """The attachment of this appeal that was asked for. Raises NotFound."""
    try:
        key = UUID(request.POST.get("attachment", ""))
    except ValueError:
        raise permissions.not_there() from None
    file = found.attachments.filter(pk=key).first()
    if file is None:
        raise permissions.not_there()
    return file


def _show(request: HttpRequest, found: Appeal, receipt: str, at_fault: ServiceForm | None) -> HttpResponse:
    found = Appeal.objects.prefetch_related("clocks").get(pk=found.pk)
    given = {
        "appeal": found,
        "receipt": receipt,
        "words": queries.read_words(found),
        "clocks": list(found.clocks.all()),
        "said": queries.list_messages(found, internal=False),
        "outcomes": queries.list_outcomes(found),
        "over": found.state in OVER,
        "decided": found.state == AppealState.DECIDED,
        "message_form": at_fault if isinstance(at_fault, forms.TextForm) else forms.TextForm(),
        "why_form": at_fault if isinstance(at_fault, forms.AppealWhyForm) else forms.AppealWhyForm(),
        "form": at_fault,
    }
    return render(request, "appeals/anonymous_case.html", given, status=at_fault.status if at_fault else 200)


def _file(answers: Answers) -> services.FiledAnonymously:
    _spend("appeals filed", settings.ANONYMOUS_FILING_RATE)
    filing = services.Filing(
        kind=AppealKind.ANONYMOUS,
        about=build_about(answers),
        statement=answers["statement"],
        wanted=answers["wanted"],
        context=build_context(answers),
        hold=read_hold(answers),
    )
    return services.file_anonymously(filing=filing, by=get_system_account())


def _open(receipt: str) -> Appeal:
    _spend("appeal receipts", settings.ANONYMOUS_RECEIPT_RATE)
    return queries.find_by_receipt(receipt)


def _spend(key: str, rate: Rate) -> None:
    """Count what all who are nobody do together: of no one of them an address is kept. Raises TooMuch."""
    spent = counts.spend(key, rate)
    if not spent.granted:
        text = _("Many people do this at the moment. Nothing is lost: wait a little and send it again.")
        raise TooMuch(text, wait=spent.wait)


def _is_known(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated)


def _part(receipt: str) -> str:
    """`1234 5678 9012 3456`."""
    return " ".join(receipt[at : at + 4] for at in range(0, len(receipt), 4))
