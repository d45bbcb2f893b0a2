"""Signing in and out."""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpResponse

from governance.people import second_step
from governance.people.screens.forms import SignInForm

# Ways to sign in beside a password, each with a `name` and an `address`, from the app that knows them.
_ways: list[Callable[[], Sequence[Any]]] = []


def offer(ways: Callable[[], Sequence[Any]]) -> None:
    """Offer what this lists on the page of signing in."""
    _ways[:] = [ways]


class _SignIn(auth.LoginView):
    """User name and password. `next` is followed inside this site only, which Django's view sees to."""

    form_class = SignInForm
    template_name = "people/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ways = [way for listed in _ways for way in listed()]
        limited = settings.DIRECTORY.passwords_are_kept
        return super().get_context_data(ways=ways, limited=limited, with_code=second_step.is_used(), **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)


sign_in = _SignIn.as_view()
# By POST only, so that no picture on a page signs anybody out. It needs nobody signed in: twice is once.
sign_out = auth.LogoutView.as_view()
