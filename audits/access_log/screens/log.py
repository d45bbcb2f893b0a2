"""The access log: decisions that fit a search, how many a week, and their export."""

from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from audits.access_log import exporting, permissions, queries, services, telling
from audits.access_log.filters import LogFilter
from audits.access_log.models import FileFormat
from audits.access_log.queries import Week
from audits.access_log.screens import chart
from audits.access_log.screens.searches import SaveForm
from audits.access_log.searching import Search, read_search
from charter.rules.vocabulary import Outcome
from governance.decisions.models import DecisionRecord
from governance.people.requests import PageRequest
from governance.ui import narrowing
from governance.ui.templatetags.mc import OUTCOMES
from ground.errors import BadInput
from ground.paging import ByPlace

A_PAGE = 50
KEPT = 10  # searches beside the filters; all of them have a page
LABELS = {each: str(OUTCOMES[each.value]) for each in Outcome}


def access_log(request: PageRequest) -> HttpResponse:
    """Decisions that fit, newest first, with their counts by week; that it was searched is on the log."""
    narrowed = LogFilter(request.GET, queryset=queries.list_decisions(), request=request)
    if not narrowed.is_valid():
        return render(request, "access_log/log.html", {"form": narrowed.form}, status=400)
    reasons, search = permissions.reads_reasons(request.user), narrowed.search
    weeks = queries.count_weeks(search, reasons=reasons)
    numbers = {each.value: sum(week.counts[each.value] for week in weeks) for each in Outcome}
    total = sum(count for word, count in numbers.items() if not search.verdict or word in search.verdict)
    services.note_search(search=search, count=lambda: total, by=request.user)
    listed = _list(request, queries.narrow(queries.list_decisions(), search, reasons=reasons), total)
    _offer_counts(narrowed, numbers)
    given = {
        "form": narrowed.form,
        "listed": listed,
        "lines": telling.Teller(reasons=reasons).tell(listed),
        "total": total,
        "search": search,
        "chips": list(narrowing.list_chips(request, narrowed, {"verdict"}, reverse("access-log"))),
        "hidden": queries.hides_word(search, reasons=reasons),
        "auditor": reasons,
        "saved": [
            (each, read_search(each.filters).query)
            for each in queries.list_saved_searches(request.user)[:KEPT]
        ],
        "save_form": SaveForm(),
        **(_figure(_chosen(weeks, search)) if total else {}),
    }
    return render(request, "access_log/log.html", given)


@require_POST
def export(request: PageRequest) -> HttpResponseBase:
    """The whole filtered list as a file with its own receipt."""
    narrowed = LogFilter(request.GET, queryset=queries.list_decisions(), request=request)
    if not narrowed.is_valid():
        raise BadInput(_("These filters are at fault. Go back and look at them."), field="filters")
    if request.POST.get("format") not in FileFormat.values:
        raise BadInput(_("Choose CSV or JSON."), field="format")
    file_format = FileFormat(request.POST["format"])
    return exporting.respond(
        *services.export(search=narrowed.search, file_format=file_format, by=request.user)
    )


def _list(request: PageRequest, found: QuerySet[DecisionRecord], total: int) -> Any:
    """The page that is asked for; how many there are was counted already."""
    pages = ByPlace(found, A_PAGE)
    pages.__dict__["count"] = total
    return pages.get_page(request.GET.get("page"))


def _offer_counts(narrowed: LogFilter, numbers: dict[str, int]) -> None:
    """How many there are of each answer, whichever are chosen."""
    field = narrowed.form.fields["verdict"]
    field.choices = [(word, f"{label} ({numbers[word]})") for word, label in field.choices]


def _chosen(weeks: list[Week], search: Search) -> list[Week]:
    """The weeks with the answers that are chosen alone."""
    wanted = search.verdict or tuple(map(str, Outcome))
    return [
        Week(week.begins, {word: count if word in wanted else 0 for word, count in week.counts.items()})
        for week in weeks
    ]


def _figure(weeks: list[Week]) -> dict[str, Any]:
    """The chart in two widths under what is most telling of it, and the rows of its table."""
    drawn = [week for week in weeks if week.begins]
    finding = _find(drawn)
    wide, narrow = (
        mark_safe(chart.draw(drawn, LABELS, finding, width))  # noqa: S308 (drawn by us, of numbers and days)
        for width in (560, 360)
    )
    rows = [
        SimpleNamespace(name=chart.name_week(week), begins=week.begins, counts=[week.counts[each.value] for each in chart.ORDER])
        for week in weeks if week.begins or any(week.counts.values())
    ]  # fmt: skip
    return {
        "figure": {"finding": finding, "subtitle": _("Decisions a week"), "wide": wide, "narrow": narrow},
        "weeks": rows,
        "answers": [LABELS[each] for each in chart.ORDER],
    }


def _find(weeks: list[Week]) -> str:
    """In which week most was refused, or that nothing was."""
    most = max(weeks, key=lambda week: week.counts[Outcome.DENY])
    count = most.counts[Outcome.DENY]
    if not count:
        return _("Nothing was refused in these weeks")
    said = {"count": count, "week": chart.name_week(most)}
    return (
        ngettext(
            "At most %(count)s refusal a week: in the week of %(week)s",
            "At most %(count)s refusals a week: in the week of %(week)s",
            count,
        )
        % said
    )
