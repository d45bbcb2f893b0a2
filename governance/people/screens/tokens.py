"""One's tokens: which there are, making one, which is shown once, revoking, and confirming a machine's."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from governance.people import permissions, tokens
from governance.people.models import Token, User
from governance.people.requests import PageRequest
from governance.people.screens.forms import TokenForm


def list_tokens(request: PageRequest) -> HttpResponse:
    """One's own and those of one's machines; an administrator also sees all other machines'."""
    found = list(tokens.list_tokens(request.user))
    own = [each for each in found if each.user_id == request.user.pk]
    machines = [_row(each, request.user) for each in found if each.user_id != request.user.pk]
    return render(request, "people/tokens.html", {"own": own, "machines": machines})


def make_token(request: PageRequest) -> HttpResponse:
    """Make one; the answer shows it, this once."""
    form = TokenForm(request.POST or None, by=request.user)
    made: list[tuple[Token, str]] = []
    if request.method == "POST" and form.accepted(
        lambda: made.append(tokens.make_token(**form.cleaned_data, by=request.user))
    ):
        token, secret = made[0]
        return render(request, "people/token_made.html", {"token": token, "secret": secret})
    return render(request, "people/token_new.html", {"form": form}, status=form.status)


def revoke_token(request: PageRequest, key: UUID) -> HttpResponse:
    """Revoke one, after one page that says what follows."""
    token = tokens.get_token(key, by=request.user)
    if request.method == "POST":
        tokens.revoke_token(token=token, by=request.user)
        messages.success(request, _("The token “%(name)s” is revoked.") % {"name": token.name})
        return redirect("tokens")
    return render(request, "people/token_revoke.html", {"token": token})


def confirm_token(request: PageRequest, key: UUID) -> HttpResponse:
    """Confirm a machine's, after one page that says what it may do and who made it."""
    token = tokens.get_token(key, by=request.user)
    permissions.check_can_confirm_token(request.user, token)
    if request.method == "POST":
        tokens.confirm_token(token=token, by=request.user)
        messages.success(request, _("The token “%(name)s” is confirmed.") % {"name": token.name})
        return redirect("tokens")
    return render(request, "people/token_confirm.html", {"token": token})


def _row(token: Token, by: User) -> tuple[Token, bool]:
    """A machine's token, and whether the reader may confirm it now."""
    return token, token.waits and not token.is_over and permissions.can_confirm_token(by, token)
