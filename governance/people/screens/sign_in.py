"""Signing in and out."""

from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpResponse

from governance.people.screens.forms import SignInForm


class _SignIn(auth.LoginView):
    """User name and password. `next` is followed inside this site only, which Django's view sees to."""

    form_class = SignInForm
    template_name = "people/sign_in.html"
    redirect_authenticated_user = True

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)


sign_in = _SignIn.as_view()
# By POST only, so that no picture on a page signs anybody out. It needs nobody signed in: twice is once.
sign_out = auth.LogoutView.as_view()
