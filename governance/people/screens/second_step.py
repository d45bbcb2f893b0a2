"""One's second step of signing in: set up, shown once, removed."""

from uuid import UUID

import qrcode
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from qrcode.image.svg import SvgPathFillImage

from governance.people import second_step, totp
from governance.people.requests import PageRequest
from governance.people.screens.accounts import get_account
from governance.people.screens.forms import CodeForm

_SALT = "governance.people.second_step"
_MINUTES_TO_SET_IT_UP = 30


def second_step_page(request: PageRequest) -> HttpResponse:
    """Whether one has it; setting it up, or removing it."""
    if second_step.has_second_step(request.user):
        return _remove(request)
    secret = _read_shown(request) or totp.make_secret()
    form = CodeForm(request.POST or None)
    codes: list[str] = []
    if request.method == "POST" and form.accepted(
        lambda: codes.extend(
            second_step.set_second_step(secret=secret, code=form.cleaned_data["code"], by=request.user)
        )
    ):
        return render(request, "people/second_step_codes.html", {"codes": codes})
    given = {
        "form": form,
        "secret": secret,
        "shown": signing.dumps([str(request.user.pk), secret], salt=_SALT),
        "picture": _draw(totp.make_address(secret, request.user.username)),
    }
    return render(request, "people/second_step.html", given, status=form.status)


@require_POST
def remove_of_account(request: PageRequest, key: UUID) -> HttpResponse:
    """Remove somebody else's, who lost phone and codes, as an administrator."""
    user = get_account(key)
    second_step.remove_second_step(user=user, by=request.user)
    messages.success(request, _("%(name)s signs in without a code from now on.") % {"name": user.name})
    return redirect("account", key=key)


def _remove(request: PageRequest) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.accepted(
        lambda: second_step.remove_second_step(
            user=request.user, code=form.cleaned_data["code"], by=request.user
        )
    ):
        messages.success(request, _("You sign in without a code from now on."))
        return redirect("second-step")
    return render(request, "people/second_step_remove.html", {"form": form}, status=form.status)


def _read_shown(request: PageRequest) -> str:
    """The secret that the page showed to this account, within half an hour; it stands in no table before it is confirmed."""
    if request.method != "POST":
        return ""
    try:
        whose, secret = signing.loads(
            request.POST.get("shown", ""), salt=_SALT, max_age=_MINUTES_TO_SET_IT_UP * 60
        )
    except signing.BadSignature:
        return ""
    return str(secret) if whose == str(request.user.pk) else ""


def _draw(address: str) -> str:
    """The address as a picture, drawn here: the secret goes to nobody who draws pictures."""
    made = qrcode.make(address, image_factory=SvgPathFillImage, box_size=12, border=2)
    drawn: str = made.to_string(encoding="unicode")
    return mark_safe(drawn)  # noqa: S308 - of digits and paths that we drew
