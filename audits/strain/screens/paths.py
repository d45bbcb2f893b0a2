"""What goes well, recognised and never ranked; and releases while an error budget burns."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audits.strain import healthy_path, permissions, queries, releases, services
from audits.strain.screens.forms import RecogniseForm, TradeForm
from audits.strain.screens.tables import RecognitionFilter, RecognitionTable, ReleaseTable, TeamFilter
from audits.strain.states import PathItem, TradeChoice, TradeSide
from governance.people.requests import PageRequest
from governance.ui import narrowing
from governance.ui.lists import turn_table
from governance.ui.sheets import stream_table

A_PAGE = 25


def path(request: PageRequest) -> HttpResponse:
    """Recognitions for everybody, newest first; and of the teams that the reader may see, what goes well, by name."""
    narrowed = RecognitionFilter(request.GET, queryset=healthy_path.list_recognitions())
    table = RecognitionTable(narrowed.qs)
    table.caption = _("Recognitions")
    turn_table(request, table, A_PAGE)
    seen = queries.list_seen(request.user)
    paths = [
        (each.cohort, [item.label for item in each.kept], permissions.can(permissions.check_recognises, request.user, each.cohort))
        for each in healthy_path.read_paths(seen[:A_PAGE])
    ]  # fmt: skip
    return narrowing.show(request, "strain/path.html", narrowed, table, paths=paths, more=len(seen) > A_PAGE)


def path_csv(request: PageRequest) -> HttpResponseBase:
    """The recognitions that the page would list, all of them, as a table to take away."""
    narrowed = RecognitionFilter(request.GET, queryset=healthy_path.list_recognitions())
    narrowing.check_readable(narrowed)
    return stream_table("recognitions.csv", RecognitionTable(narrowed.qs), request)


def recognise(request: PageRequest, key: UUID) -> HttpResponse:
    """Publish what a team is recognised for."""
    team = queries.get_any_team(key)
    permissions.check_recognises(request.user, team)
    form = RecogniseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.recognise_team(
            cohort=team,
            items=[PathItem(each) for each in form.cleaned_data["items"]],
            words=form.cleaned_data["words"],
            agreed=form.cleaned_data["agreed"],
            by=request.user,
        )
    ):
        messages.success(request, _("It is published."))
        return redirect("strain-path")
    given = {
        "form": form,
        "caption": team.name,
        "title": _("Recognise a team"),
        "lead": _(
            "For what keeps work healthy over time. No team stands before another, and no person is named."
        ),
        "button": _("Publish it"),
    }
    return render(request, "strain/write.html", given, status=form.status)


def list_releases(request: PageRequest) -> HttpResponse:
    """The appetite for releases of the teams that the reader may see, with the policy and the trade-offs that hold."""
    narrowed = _narrow_teams(request)
    table = ReleaseTable(narrowed.qs, reader=request.user)
    turn_table(request, table, A_PAGE)
    table.know([row.record for row in table.paginated_rows])
    return narrowing.show(request, "strain/releases.html", narrowed, table)


def releases_csv(request: PageRequest) -> HttpResponseBase:
    """The teams that the page would list, all of them, as a table to take away."""
    narrowed = _narrow_teams(request)
    narrowing.check_readable(narrowed)
    table = ReleaseTable(narrowed.qs, reader=request.user)
    table.know(list(narrowed.qs))
    return stream_table("releases.csv", table, request)


def _narrow_teams(request: PageRequest) -> TeamFilter:
    return TeamFilter(request.GET, queryset=queries.list_teams_seen(request.user))


def trade_off(request: PageRequest, key: UUID) -> HttpResponse:
    """Write down what both sides choose."""
    team = queries.get_any_team(key)
    permissions.check_trades(request.user, team)
    form = TradeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.write_trade_off(
            cohort=team,
            side=TradeSide(form.cleaned_data["side"]),
            choice=TradeChoice(form.cleaned_data["choice"]),
            because=form.cleaned_data["because"],
            ends_on=form.cleaned_data["ends_on"],
            by=request.user,
        )
    ):
        messages.success(request, _("It is written. It counts once somebody of the other side agreed."))
        return redirect("strain-releases")
    given = {
        "form": form,
        "caption": team.name,
        "title": _("A trade-off between releases and reliability"),
        "lead": _(
            "While it holds, slower delivery is told as risk management, and is no shortfall of anybody."
        ),
        "button": _("Write it down"),
    }
    return render(request, "strain/write.html", given, status=form.status)


@require_POST
def agree(request: PageRequest, key: UUID) -> HttpResponse:
    """Agree to a trade-off for the other side."""
    trade = releases.find_trade_off(key)
    if trade is None:
        raise Http404
    services.agree_to_trade_off(trade=trade, by=request.user)
    messages.success(request, _("Agreed. It holds until its last day."))
    return redirect("strain-releases")
