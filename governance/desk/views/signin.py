"""Signing in and out."""

from django.contrib.auth import views as auth
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from governance.desk import attempts
from governance.desk.forms import SignInForm
from governance.desk.openings import anyone, opens_to


class _SignIn(auth.LoginView):
    """User name and password. `next` is followed inside this site only, which Django's view sees to."""

    form_class = SignInForm
    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True

    @method_decorator([sensitive_post_parameters("password"), csrf_protect])
    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        self.tried = request.POST.get("username", "")
        form = self.get_form()
        if attempts.spent(request, self.tried):
            form.refuse()
            return self.render_to_response(self.get_context_data(form=form), status=429)
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def form_valid(self, form: SignInForm) -> HttpResponse:
        attempts.forget(self.request, self.tried)
        return super().form_valid(form)

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        if form.wrong_password:
            attempts.count(self.request, self.tried)
        return self.render_to_response(self.get_context_data(form=form), status=400)


sign_in = opens_to(anyone, stored=False)(_SignIn.as_view())
# By POST only, so that no picture on a page signs anybody out. It needs nobody signed in: twice is once.
sign_out = opens_to(anyone, stored=False)(auth.LogoutView.as_view())
