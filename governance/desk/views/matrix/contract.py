"""The contract with everybody, and the kinds of metrics beside each other (S133, S135, S136)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charter.registry import catalogue, comparison, permissions
from charter.registry import contract as contracts
from charter.registry.models import Contract
from governance.desk.openings import opens_to, signed_in
from governance.desk.views.matrix.forms import ContractForm
from governance.training import services as training
from governance.training.models import ContractAcknowledgement
from ground.errors import Conflict

A_PAGE = 25


@opens_to(signed_in)
def contract(request: HttpRequest) -> HttpResponse:
    """What the programme can do, what it cannot, and how to dispute it; `?version=` shows an earlier one."""
    newest = contracts.in_force()
    shown = _shown(request, newest)
    given = {
        "contract": shown,
        "in_force": newest,
        "blocks": _blocks(shown) if shown else [],
        "acknowledged": _acknowledged(request, shown),
        "versions": list(Contract.objects.select_related("published_by").defer("can", "cannot", "disputes")),
        "publishes": permissions.can_publish_contract(request.user),
    }
    return render(request, "desk/matrix/contract.html", given)


@opens_to(signed_in)
@require_POST
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Say that one has read the contract (S133)."""
    found = get_object_or_404(Contract, number=_number(request.POST.get("number", "")))
    try:
        training.acknowledge_contract(contract=found, by=request.user)
    except Conflict as error:
        messages.warning(request, error.detail)
    else:
        said = _("You have acknowledged the contract, version %(number)s.")
        messages.success(request, said % {"number": found.number})
    return redirect("contract")


@opens_to(signed_in)
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the next version of the contract; it begins with the one that counts, or with the starter text."""
    permissions.check_can_publish_contract(request.user)
    begins = contracts.in_force() or catalogue.contract()
    initial = {block: getattr(begins, block) for block in contracts.BLOCKS}
    form = ContractForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        made = contracts.publish(**form.cleaned_data, by=request.user)
        messages.success(request, _("Version %(number)s counts from now on.") % {"number": made.number})
        return redirect("contract")
    return render(request, "desk/matrix/publish.html", {"form": form}, status=400 if form.errors else 200)


@opens_to(signed_in)
def metric_kinds(request: HttpRequest) -> HttpResponse:
    """Kinds of metrics: good use, bad use, risk, what to do; generated from the charters (S136, S137)."""
    page = Paginator(comparison.other_metrics(), A_PAGE).get_page(request.GET.get("page"))
    first = page.number == 1
    given = {
        "rows": [*(comparison.kinds() if first else []), *comparison.others(list(page))],
        "page": page,
        "hash": comparison.state_hash(),
    }
    return render(request, "desk/matrix/kinds.html", given)


def _shown(request: HttpRequest, newest: Contract | None) -> Contract | None:
    number = request.GET.get("version")
    if number is None:
        return newest
    return get_object_or_404(Contract.objects.select_related("published_by"), number=_number(number))


def _number(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 9):
        raise Http404
    return int(given)


def _blocks(shown: Contract) -> list[tuple[str, str, str]]:
    """Title, note and text of each of the three blocks."""
    return [
        (_("What it can do"), _("and for what"), shown.can),
        (_("What it cannot do"), _("whoever asks"), shown.cannot),
        (_("How to dispute"), _("without consequences for you"), shown.disputes),
    ]


def _acknowledged(request: HttpRequest, shown: Contract | None) -> ContractAcknowledgement | None:
    return (
        ContractAcknowledgement.objects.filter(user=request.user, contract=shown).first() if shown else None
    )
