"""A new password for who forgot theirs: asking for a link, following it, and setting one with it."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from governance.people import account_mail, links, request_rate, services
from governance.people.links import LinkOver
from governance.people.models import User
from governance.people.screens.forms import ForgottenForm, NewPasswordForm

# What a link says moves into a cookie of one page, out of the address that histories and shoulders see.
_COOKIE = "password_link"


def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the answer is the same whether or not there is such an account."""
    form = ForgottenForm(request.POST or None)
    origin = request_rate.origin(request)
    if request.method == "POST" and form.accepted(
        lambda: account_mail.ask_for_link(typed=form.cleaned_data["typed"], origin=origin)
    ):
        return redirect("password-asked")
    return render(request, "people/forgotten.html", {"form": form}, status=form.status)


def asked(request: HttpRequest) -> HttpResponse:
    """What happens now, to whoever asked."""
    minutes, most = settings.RESET_LINK_MINUTES, settings.RESET_ACCOUNT_RATE.most
    return render(request, "people/asked.html", {"minutes": minutes, "most": most})


def follow(_request: HttpRequest, key: UUID, token: str) -> HttpResponse:
    """Whom a link leads to the form; it is looked at there. What reads mails beforehand uses nothing up."""
    response = redirect("password-new")
    response.set_cookie(
        _COOKIE,
        f"{key} {token}",
        max_age=settings.PASSWORD_RESET_TIMEOUT,
        path=reverse("password-new"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def set_new(request: HttpRequest) -> HttpResponse:
    """Set a new password with the link that was followed; one signs in with it afterwards."""
    try:
        holder, token = _read_link(request)
        form = NewPasswordForm(request.POST or None)
        if request.method == "POST" and form.accepted(lambda: _set(holder, token, form)):
            return _done(request, holder)
    except LinkOver as over:
        return render(request, "people/link_over.html", {"problem": over}, status=over.status)
    return render(request, "people/password_new.html", {"form": form, "holder": holder}, status=form.status)


def _read_link(request: HttpRequest) -> tuple[User, str]:
    key, _space, token = request.COOKIES.get(_COOKIE, "").partition(" ")
    try:
        return links.find_holder(UUID(key), token), token
    except ValueError:
        raise LinkOver from None


def _set(holder: User, token: str, form: NewPasswordForm) -> None:
    services.reset_password(token=token, password=form.cleaned_data["password"], by=holder)


def _done(request: HttpRequest, holder: User) -> HttpResponse:
    """To signing in, which no wrong passwords of others keep them from: this browser is now known to the account."""
    request.signed_in_as = holder.username  # type: ignore[attr-defined]  # as axes' handler notes it
    messages.success(
        request,
        _(
            "Your new password is set. Sign in with it. Tokens of the API go on: if somebody may have them, revoke them."
        ),
    )
    response = redirect("sign-in")
    response.delete_cookie(_COOKIE, path=reverse("password-new"))
    return response
