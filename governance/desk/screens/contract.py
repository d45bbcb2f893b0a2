"""The contract with everybody, and the kinds of metrics beside each other (S133, S135, S136)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charter.programme import contract as contracts
from charter.programme import permissions, starter
from charter.programme.models import Contract
from charter.registry import comparison
from charter.registry.screens.forms import ContractForm
from governance.people.requests import PageRequest
from governance.training import services as training
from governance.training.models import ContractAcknowledgement
from ground.errors import Conflict
from ground.paging import ByPlace
from ground.parsing import read_number

A_PAGE = 25


def contract(request: PageRequest) -> HttpResponse:
    """What the programme can do, what it cannot, and how to dispute it; `?version=` shows an earlier one."""
    newest = contracts.find_contract_in_force()
    shown = _shown(request, newest)
    given = {
        "contract": shown,
        "in_force": newest,
        "blocks": _blocks(shown) if shown else [],
        "acknowledged": _acknowledged(request, shown) if request.user.is_authenticated else None,
        "versions": list(Contract.objects.select_related("published_by").defer("can", "cannot", "disputes")),
        "publishes": request.user.is_authenticated and permissions.can_publish_contract(request.user),
    }
    return render(request, "desk/contract.html", given)


@require_POST
def acknowledge_contract(request: PageRequest) -> HttpResponse:
    """Say that one has read the contract (S133)."""
    found = get_object_or_404(Contract, number=read_number(request.POST.get("number", "")))
    try:
        training.acknowledge_contract(contract=found, by=request.user)
    except Conflict as error:
        messages.warning(request, error.detail)
    else:
        said = _("You have acknowledged the contract, version %(number)s.")
        messages.success(request, said % {"number": found.number})
    return redirect("contract")


def publish_contract(request: PageRequest) -> HttpResponse:
    """Publish the next version of the contract; it begins with the one that counts, or with the starter text."""
    begins = contracts.find_contract_in_force() or starter.read_starter_contract()
    initial = {block: getattr(begins, block) for block in contracts.BLOCKS}
    form = ContractForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        made = contracts.publish(**form.cleaned_data, by=request.user)
        messages.success(request, _("Version %(number)s counts from now on.") % {"number": made.number})
        return redirect("contract")
    return render(request, "desk/contract_publish.html", {"form": form}, status=400 if form.errors else 200)


def metric_kinds(request: PageRequest) -> HttpResponse:
    """Kinds of metrics: good use, bad use, risk, what to do; generated from the charters (S136, S137)."""
    listed = ByPlace(comparison.list_other_metrics(), A_PAGE).get_page(request.GET.get("page"))
    first = listed.number == 1
    given = {
        "rows": [*(comparison.compare_kinds() if first else []), *comparison.compare_others(list(listed))],
        "listed": listed,
        "hash": comparison.hash_registry_state(),
    }
    return render(request, "desk/contract_metrics.html", given)


def _shown(request: PageRequest, newest: Contract | None) -> Contract | None:
    number = request.GET.get("version")
    if number is None:
        return newest
    return get_object_or_404(Contract.objects.select_related("published_by"), number=read_number(number))


def _blocks(shown: Contract) -> list[tuple[str, str, str]]:
    """Title, note and text of each of the three blocks."""
    return [
        (_("What it can do"), _("and for what"), shown.can),
        (_("What it cannot do"), _("whoever asks"), shown.cannot),
        (_("How to dispute"), _("without consequences for you"), shown.disputes),
    ]


def _acknowledged(request: PageRequest, shown: Contract | None) -> ContractAcknowledgement | None:
    return (
        ContractAcknowledgement.objects.filter(user=request.user, contract=shown).first() if shown else None
    )
