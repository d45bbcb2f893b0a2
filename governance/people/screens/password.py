"""Changing one's password."""

from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from governance.people import second_step, services
from governance.people.requests import PageRequest
from governance.people.screens.forms import PasswordForm
from ground.errors import BadInput


def change_password(request: PageRequest) -> HttpResponse:
    """Change it, knowing the one of now; all other sessions of the account end, this one goes on."""
    form = PasswordForm(request.POST or None, with_code=second_step.has_second_step(request.user))
    if request.method == "POST" and form.accepted(lambda: _change(request, form)):
        update_session_auth_hash(request, request.user)
        messages.success(
            request, _("Your password is changed. Wherever else you were signed in, you are no more.")
        )
        return redirect("home")
    return render(request, "people/password.html", {"form": form}, status=form.status)


def _change(request: PageRequest, form: PasswordForm) -> None:
    """Through the same door as signing in, so that wrong passwords are counted and locked alike (sign_in.py)."""
    user, given = request.user, form.cleaned_data
    known = authenticate(
        request, username=user.username, password=given["current"], code=given.get("code", "")
    )
    if known is None or known.pk != user.pk:
        raise BadInput(
            _("That is not your password of now, or not a code of now. Capitals count."), field="current"
        )
    services.change_password(user=user, password=given["password"], by=user)
