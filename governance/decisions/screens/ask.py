"""Asking: the form, and the answer or the refusal. The one door of the screens to a value."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from charter.registry.models import CharterVersion
from charter.rules import words
from charter.rules.request import Request
from charter.rules.vocabulary import Outcome, Period
from governance.decisions.facts.outlook import Ahead
from governance.decisions.models import Door
from governance.decisions.rows.comparing import Earlier
from governance.decisions.screens import answers
from governance.decisions.screens.ask_choices import AskChoices, find_month_to_close, read_ask_choices
from governance.decisions.screens.compared import Compared, ask_earlier, show_compared
from governance.decisions.screens.files import make_file
from governance.decisions.screens.forms import AskForm, with_whose
from governance.decisions.screens.next_steps import find_way_on, list_next
from governance.decisions.screens.possible_uses import PossibleMetric, describe_lacking, foresee_uses
from governance.decisions.screens.rulings import ReferForm
from governance.decisions.screens.told_beside import list_beside
from governance.decisions.services import answer
from governance.decisions.services.answers import Answer
from governance.people.requests import PageRequest
from governance.ui import questions
from ground.errors import BadInput

Page = dict[str, object]


@sensitive_post_parameters("reason", "persons", "accountable")
def ask(request: PageRequest) -> HttpResponse:
    """GET shows the form, filled from the query; POST asks, checks, or shows the form again with more to go by."""
    if request.method == "POST":
        return _look(request) if "look" in request.POST else _asked(request)
    can = _read_choices(request, request.GET)
    return _form_page(request, AskForm(initial=_initial(request.GET), offers=can), can)


def _read_choices(request: PageRequest, given: QueryDict) -> AskChoices:
    return read_ask_choices(
        request, given.get("decision", ""), chosen=given.getlist("metrics"), everyone="groups" in given
    )


def _asked(request: PageRequest) -> HttpResponse:
    can = _read_choices(request, request.POST)
    form = AskForm(request.POST, offers=can)
    rows = "check" not in request.POST
    if form.is_valid():
        try:
            given = answer(request=form.request, by=request.user, door=Door.SCREEN, rows=rows)
        except BadInput as error:
            form.blame(error)
        else:
            if rows and form.request.export and given.verdict.permits:
                return make_file(given)
            earlier = form.cleaned_data["earlier"] if rows and given.verdict.permits else ""
            compared = ask_earlier(form.request, Earlier(earlier), by=request.user) if earlier else None
            return _answer_page(request, form.request, given, can, compared, rows=rows)
    return _form_page(request, form, can, status=400)


def _look(request: PageRequest) -> HttpResponse:
    """Back to the form by its address, so that it says what would be decided of what is chosen so far."""
    kept = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        if name not in ("csrfmiddlewaretoken", "look", "was") and any(values):
            kept.setlist(name, values)
    response = HttpResponseRedirect(f"{reverse('ask')}?{kept.urlencode()}#in-words")
    response.status_code = 303
    return response


def _form_page(request: PageRequest, form: AskForm, can: AskChoices, status: int = 200) -> HttpResponse:
    chosen = form["metrics"].value() or []
    given = {
        "form": form,
        "can": can,
        "chosen": chosen,
        "others_chosen": any(each.slug in chosen for each in can.others),
        "other_prefix": "" if can.usable else "id_metrics",
        "only_check": "check" in (request.GET.get("only"), request.POST.get("only")),
        "kept": _list_kept(request, "decision"),
        "change_url": _address(request, without=("decision",)),
        "all_groups_url": _address(request, without=(), groups="all"),
        "last_closed": can.closed[0],
        "to_close": find_month_to_close(request),
        **_foretell(request, can),
    }
    template = "decisions/ask.html" if can.decision else "decisions/ask_decision.html"
    return render(request, template, given, status=status)


def _list_kept(request: PageRequest, *without: str) -> list[tuple[str, str]]:
    """What the address says already, to be sent along."""
    return [
        (name, value)
        for name, values in request.GET.lists()
        for value in values
        if name not in without and value
    ]


def _address(request: PageRequest, *, without: tuple[str, ...], **more: str) -> str:
    kept = QueryDict(mutable=True)
    for name, value in _list_kept(request, *without):
        kept.appendlist(name, value)
    for name, value in more.items():
        kept[name] = value
    return f"{reverse('ask')}?{kept.urlencode()}" if kept else reverse("ask")


def _foretell(request: PageRequest, can: AskChoices) -> Page:
    """The question that the address holds, where it is whole, in words and with what would be decided of it."""
    asked = _asked_already(request, can) if request.method == "GET" and can.decision else None
    if asked is None:
        return {"question": None}
    outlook = Ahead.read([asked], by=request.user).foresee(asked)
    return {
        "question": questions.put_in_words(asked, can.names),
        "outlook": outlook,
        "lacks": describe_lacking(outlook, can.names),
        "add_url": f"{reverse('ask')}?{questions.to_query(outlook.request)}" if outlook.adds else "",
        "seen_by": _name_seeing(asked),
    }


def _name_seeing(asked: Request) -> bool:
    """Whether somebody single is asked about, who is told of it."""
    return bool(asked.persons)


def _asked_already(request: PageRequest, can: AskChoices) -> Request | None:
    """The question that the address holds, where it is whole."""
    if not {"decision", "metrics"} <= request.GET.keys():
        return None
    data = QueryDict(mutable=True)
    defaults: dict[str, Any] = {"whose": can.mine, "period": Period.MONTH.value}
    for name, value in (defaults | _initial(request.GET)).items():
        data.setlist(name, value if isinstance(value, list) else [value])
    probe = AskForm(data, offers=can)
    return probe.request if probe.is_valid() else None


def _initial(given: QueryDict) -> dict[str, Any]:
    """The query as the form's first values."""
    told = with_whose(given)
    initial: dict[str, object] = {name: told[name] for name in told}
    for name in ("metrics", "affirms"):
        if name in given:
            initial[name] = given.getlist(name)
    return initial


def _answer_page(
    request: PageRequest,
    asked: Request,
    given: Answer,
    can: AskChoices,
    compared: Compared | None,
    *,
    rows: bool,
) -> HttpResponse:
    versions = answers.read_charters(given)
    page: Page = {
        "answer": given,
        "question": questions.put_in_words(asked, can.names),
        "change_url": f"{reverse('ask')}?{questions.to_query(asked)}",
        "receipt": _receipt(given, rows=rows),
        "charters": versions,
        "checked": not rows,
    }
    if given.verdict.permits:
        found = page | _permit(given, versions, asked, compared) | list_next(request, asked, can, rows=rows)
        return render(request, "decisions/answer.html", found)
    status = 403 if rows else 200  # as the API's doors say it
    return render(
        request,
        "decisions/refusal.html",
        page | _refusal(request, given, asked, can, rows=rows),
        status=status,
    )


def _permit(
    given: Answer, versions: Sequence[CharterVersion], asked: Request, compared: Compared | None
) -> Page:
    asked_for = [version for version in versions if version.metric.slug in asked.metrics]
    shown = answers.show_answer(given, versions)
    return {
        "shown": show_compared(shown, given, compared) if compared else shown,
        "compared": compared,
        "arranged": answers.list_as_asked(given, versions) if answers.is_arranged(asked) else [],
        "asked": asked,
        "duties": answers.list_duties(given, asked_for),
        "delivery_only": answers.delivery_only(given),
        "told_beside": list_beside(asked, versions),
        "owners": list(dict.fromkeys(version.metric.owner.name for version in versions)),
        "coverage": answers.describe_coverage(given.rows),
    }


def _refusal(request: PageRequest, given: Answer, asked: Request, can: AskChoices, *, rows: bool) -> Page:
    ids = {match.id for match in given.verdict.rules}
    refers = given.verdict.outcome is Outcome.REFER
    number = words.number(len(ids))
    return {
        "matches": answers.list_rule_matches(given, can.names),
        "refers": refers,
        "form": ReferForm() if refers else None,
        "how_many": answers.how_many(len(ids), refers=refers),
        "heading": _("The rule") if len(ids) == 1 else _("The %(number)s rules") % {"number": number},
        "possible": _list_possible(can, asked),
        **find_way_on(request, asked, can, rows=rows),
    }


def _list_possible(can: AskChoices, asked: Request) -> list[PossibleMetric]:
    """What the metrics asked for may be used for, where there is anything."""
    found = foresee_uses(can.reader, [each for each in can.reader.metrics if each.slug in asked.metrics])
    return [each for each in found if each.told or each.referred]


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
