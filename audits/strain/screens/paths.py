"""What goes well, recognised and never ranked; and releases while an error budget burns."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audits.strain import healthy_path, permissions, queries, releases, services
from audits.strain.screens.forms import RecogniseForm, TradeForm
from audits.strain.states import PathItem, TradeChoice, TradeSide
from governance.people.requests import PageRequest
from ground.paging import ByPlace

A_PAGE = 25


def path(request: PageRequest) -> HttpResponse:
    """Recognitions for everybody, newest first; and of the teams that the reader may see, what goes well, by name."""
    page = ByPlace(healthy_path.list_recognitions(), A_PAGE).get_page(request.GET.get("page"))
    seen = queries.list_seen(request.user)
    given = {
        "listed": page,
        "lines": [(each, [PathItem(item).label for item in each.items]) for each in page],
        "paths": [
            (each.cohort, [item.label for item in each.kept], permissions.can(permissions.check_recognises, request.user, each.cohort))
            for each in healthy_path.read_paths(seen)
        ],
    }  # fmt: skip
    return render(request, "strain/path.html", given)


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
    seen = queries.list_seen(request.user)
    lines = [
        {
            "release": each,
            "policy": releases.POLICIES[each.appetite],
            "trades": permissions.can(permissions.check_trades, request.user, each.cohort),
            "written": [
                (trade, trade.agreed_at is None and permissions.can(permissions.check_agrees, request.user, trade))
                for trade in each.trades
            ],
        }
        for each in releases.read_releases(seen)
    ]  # fmt: skip
    return render(request, "strain/releases.html", {"lines": lines})


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
