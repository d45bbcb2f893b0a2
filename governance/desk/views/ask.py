"""Asking: the form, and the answer or the refusal. The one door of the screens to a value."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from charter.registry.models import CharterVersion
from charter.rules import words
from charter.rules.request import Request
from charter.rules.vocabulary import Grain, Outcome, Period
from governance.decisions import queries as decisions
from governance.decisions import repairing
from governance.decisions.models import Door
from governance.decisions.replies import Answer
from governance.decisions.services import answer
from governance.desk import answers, questions
from governance.desk.forms import AskForm
from governance.desk.offers import Offers, offers
from governance.desk.openings import opens_to, signed_in
from governance.desk.views.board.referring import ReferForm
from ground.errors import BadInput

Page = dict[str, object]


@opens_to(signed_in, stored=False)
@sensitive_post_parameters("reason", "persons", "accountable")
def ask(request: HttpRequest) -> HttpResponse:
    """GET shows the form, filled from the query; POST asks, checks, or shows the form again with more to go by."""
    if request.method == "POST":
        return _look(request) if "look" in request.POST else _asked(request)
    can = offers(request, request.GET.get("decision", ""))
    return _form_page(request, AskForm(initial=_initial(request.GET, can), offers=can), can)


def _asked(request: HttpRequest) -> HttpResponse:
    can = offers(request, request.POST.get("decision", ""))
    form = AskForm(request.POST, offers=can)
    rows = "check" not in request.POST
    if form.is_valid():
        try:
            given = answer(request=form.request, by=request.user, door=Door.SCREEN, rows=rows)
        except BadInput as error:
            form.blame(error)
        else:
            return _answer_page(request, form.request, given, can, rows=rows)
    return _form_page(request, form, can, status=400)


def _look(request: HttpRequest) -> HttpResponse:
    """Back to the form by its address, so that it says which metrics the chosen decision may be informed by."""
    kept = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        if name not in ("csrfmiddlewaretoken", "look") and any(values):
            kept.setlist(name, values)
    response = HttpResponseRedirect(f"{reverse('ask')}?{kept.urlencode()}#metrics")
    response.status_code = 303
    return response


def _form_page(request: HttpRequest, form: AskForm, can: Offers, status: int = 200) -> HttpResponse:
    asked = _asked_already(request, can) if request.method == "GET" else None
    given = {
        "form": form,
        "last_closed": can.months[0],
        "informing": can.informing,
        "question": questions.in_words(asked, can.names) if asked else None,
        "listed": asked is not None and can.lists(asked),
    }
    return render(request, "desk/ask.html", given, status=status)


def _asked_already(request: HttpRequest, can: Offers) -> Request | None:
    """The question that the address holds, where it is whole: it is put into words beside the form."""
    if not {"decision", "metrics"} <= request.GET.keys():
        return None
    data = QueryDict(mutable=True)
    defaults = {
        "grain": Grain.TEAM.value,
        "period": Period.MONTH.value,
        "first": can.months[11],
        "last": can.months[0],
    }
    for name, value in (defaults | _initial(request.GET, can)).items():
        data.setlist(name, value if isinstance(value, list) else [value])
    probe = AskForm(data, offers=can)
    return probe.request if probe.is_valid() else None


def _initial(given: QueryDict, can: Offers) -> dict[str, object]:
    """The query as the form's first values; without one that says whose, the reader's own team."""
    initial: dict[str, object] = {name: given[name] for name in given}
    if "metrics" in given:
        initial["metrics"] = given.getlist("metrics")
    if can.mine and not {"grain", "cohort", "persons"} & given.keys():
        initial["cohort"] = can.mine
    return initial


def _answer_page(
    request: HttpRequest, asked: Request, given: Answer, can: Offers, *, rows: bool
) -> HttpResponse:
    versions = answers.charters(given)
    page: Page = {
        "answer": given,
        "question": questions.in_words(asked, can.names),
        "change_url": f"{reverse('ask')}?{questions.query(asked)}",
        "receipt": _receipt(given, rows=rows),
        "charters": versions,
        "checked": not rows,
    }
    if given.verdict.permits:
        return render(request, "desk/answer.html", page | _permit(given, versions, asked))
    status = 403 if rows else 200  # as the API's doors say it
    return render(request, "desk/refusal.html", page | _refusal(request, given, asked, can), status=status)


def _permit(given: Answer, versions: Sequence[CharterVersion], asked: Request) -> Page:
    asked_for = [version for version in versions if version.metric.slug in asked.metrics]
    return {
        "shown": answers.shown(given, versions),
        "duties": answers.duties(given, asked_for),
        "delivery_only": answers.delivery_only(given),
        "owners": list(dict.fromkeys(version.metric.owner.name for version in versions)),
        "coverage": answers.coverage(given.rows),
    }


def _refusal(request: HttpRequest, given: Answer, asked: Request, can: Offers) -> Page:
    repair = repairing.repair(decisions.decision(given.id, by=request.user))
    ids = {bite.id for bite in given.verdict.rules}
    refers = given.verdict.outcome is Outcome.REFER
    number = words.number(len(ids))
    return {
        "bites": answers.bites(given, can.names),
        "refers": refers,
        "form": ReferForm() if refers else None,
        "how_many": answers.how_many(len(ids), refers=refers),
        "heading": _("The rule") if len(ids) == 1 else _("The %(number)s rules") % {"number": number},
        "repair": repair,
        "repair_lead": answers.repair_lead(repair, asked) if repair else "",
        "repair_url": answers.repair_query(repair) if repair else "",
    }


def _receipt(given: Answer, *, rows: bool) -> Page:
    """What the receipt line says."""
    if not rows:
        note = _("Kept as a check: no values were read")
    else:
        note = (
            _("Signed and kept in the log") if given.verdict.permits else _("Refusals are kept like answers")
        )
    url = reverse("receipt", args=[given.receipt.id])
    return {"id": given.receipt.id, "at": given.receipt.at, "note": note, "url": url}
