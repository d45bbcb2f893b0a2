"""The address of an account: one's own, by a link to the new one, and those that administrators propose and confirm."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.people import address_links, addresses, permissions
from governance.people.address_links import AddressLinkOver
from governance.people.requests import PageRequest
from governance.people.screens.accounts import get_account
from governance.people.screens.address_forms import AddressForm, OwnAddressForm
from ground.errors import BadInput


def change_own(request: PageRequest) -> HttpResponse:
    """Ask for a link to a new address of one's own, knowing the password."""
    form = OwnAddressForm(request.POST or None)
    if request.method == "POST" and form.accepted(lambda: _ask(request, form)):
        text = _("A link is mailed to %(email)s within a minute. Your address changes when you follow it.")
        messages.success(request, text % {"email": form.cleaned_data["email"]})
        return redirect("email")
    given = {"form": form, "waits": addresses.find_waiting(request.user)}
    return render(request, "people/email.html", given, status=form.status)


def confirm_own(request: PageRequest, token: str) -> HttpResponse:
    """Confirm a new address by the link that was mailed to it; what reads mails beforehand changes nothing."""
    try:
        address = address_links.read_address(token, of=request.user)
        if request.method == "POST":
            addresses.confirm(token=token, by=request.user)
            messages.success(request, _("Your mails go to %(email)s now.") % {"email": address})
            return redirect("email")
    except AddressLinkOver as over:
        return render(request, "people/email_link_over.html", {"problem": over}, status=over.status)
    return render(request, "people/email_confirm.html", {"address": address})


def propose(request: PageRequest, key: UUID) -> HttpResponse:
    """Propose a new address for who has lost their mailbox."""
    account = get_account(key)
    permissions.check_can_propose_address(request.user, of=account)
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.accepted(
        lambda: addresses.propose(of=account, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("It waits for a second administrator. The old address is told."))
        return redirect("account", key=key)
    return render(
        request, "people/email_propose.html", {"form": form, "account": account}, status=form.status
    )


def confirm_proposed(request: PageRequest, key: UUID) -> HttpResponse:
    """Confirm a proposed address as a second administrator, after one page that says what follows."""
    change = addresses.get_waiting(key)
    permissions.check_can_confirm_address(request.user, change)
    if request.method == "POST":
        addresses.confirm_proposed(change=change, by=request.user)
        messages.success(request, _("It counts from now on. The old address is told."))
        return redirect("account", key=change.user_id)
    return render(request, "people/email_second.html", {"change": change})


@require_POST
def drop(request: PageRequest, key: UUID) -> HttpResponse:
    """Refuse an address that somebody proposed for one's account, or drop it as an administrator."""
    change = addresses.get_waiting(key)
    permissions.check_can_drop_address(request.user, change)
    addresses.drop(change=change, by=request.user)
    messages.success(request, _("The proposed address is dropped."))
    return redirect("email") if change.user_id == request.user.pk else redirect("account", key=change.user_id)


def _ask(request: PageRequest, form: OwnAddressForm) -> None:
    """Through the same door as signing in, so that wrong passwords are counted and locked alike (sign_in.py)."""
    given = form.cleaned_data
    known = authenticate(request, username=request.user.username, password=given["current"])
    if known is None or known.pk != request.user.pk:
        raise BadInput(_("That is not your password of now. Capitals count."), field="current")
    addresses.ask_for_link(email=given["email"], by=request.user)
