"""A private address for after leaving: given and confirmed before, asked for a link and opened by it after."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from governance.about_me import leaving, private_addresses
from governance.about_me.permissions import get_own_person
from governance.about_me.screens.leaving import let_in
from governance.people.address_links import AddressLinkOver
from governance.people.requests import PageRequest
from governance.ui.forms import ServiceForm, Text


def _email(label: Text, hint: Text) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("Enter an e-mail address such as ana@example.org")},
    )


class PrivateAddressForm(ServiceForm):
    email = _email(
        _("Your private e-mail address"), _("One that stays yours when your account here is closed.")
    )


class LeaverLinkForm(ServiceForm):
    username = forms.CharField(
        label=_("Your user name"), max_length=150, error_messages={"required": _("Enter your user name")}
    )
    email = _email(
        _("Your private e-mail address"), _("The one that you gave and confirmed before you left.")
    )


def address(request: PageRequest) -> HttpResponse:
    """Give a private address, or take it back."""
    get_own_person(request.user)
    if request.method == "POST" and "drop" in request.POST:
        private_addresses.drop_address(by=request.user)
        messages.success(request, _now("Your private address is forgotten."))
        return redirect("about-me-address")
    form = PrivateAddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(lambda: _give(request, form)):
        messages.success(
            request, _now("A link is mailed there within two minutes. The address counts when you follow it.")
        )
        return redirect("about-me-address")
    known = private_addresses.find_address(request.user)
    given = {"form": form, "known": known, "said": private_addresses.read_address(known) if known else ""}
    return render(request, "about_me/address.html", given, status=form.status)


def _give(request: PageRequest, form: ServiceForm) -> None:
    private_addresses.give_address(email=form.cleaned_data["email"], by=request.user)


def confirm(request: PageRequest, token: str) -> HttpResponse:
    """Confirm the address by the link that was mailed to it; what reads mails beforehand changes nothing."""
    get_own_person(request.user)
    try:
        row = private_addresses.find_to_confirm(token, of=request.user)
        if request.method == "POST":
            private_addresses.confirm_address(token=token, by=request.user)
            messages.success(request, _now("Your private address is confirmed. It is used for nothing else."))
            return redirect("about-me-address")
    except AddressLinkOver as over:
        return render(request, "about_me/address_over.html", {"problem": over}, status=over.status)
    return render(request, "about_me/address_confirm.html", {"said": private_addresses.read_address(row)})


def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a link after having left; the page says the same whatever was typed."""
    form = LeaverLinkForm(request.POST if request.method == "POST" else None)
    asked = request.method == "POST" and form.accepted(
        lambda: private_addresses.ask_for_link(**form.cleaned_data)
    )
    return render(request, "about_me/left_link.html", {"form": form, "asked": asked}, status=form.status)


def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Open the pages by a link, once; what reads mails beforehand opens nothing."""
    try:
        if request.method == "POST":
            return let_in(leaving.remember(private_addresses.open_by_link(token=token)))
        private_addresses.check_link(token)
    except private_addresses.LeaverLinkOver as over:
        return render(request, "about_me/left_over.html", {"problem": over}, status=over.status)
    return render(request, "about_me/left_open.html")
