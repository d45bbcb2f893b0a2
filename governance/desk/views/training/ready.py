"""Which managers are not ready to look at values, and publishing the course."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from charter.registry import catalogue
from governance.desk.context import today
from governance.desk.openings import opens_to, signed_in
from governance.desk.views.training.forms import CourseForm
from governance.training import permissions, queries, services
from governance.training.models import Course

A_PAGE = 50


@opens_to(signed_in, stored=False)
def managers(request: HttpRequest) -> HttpResponse:
    """Managers who have not acknowledged the rules in force, or whose training is not current (S54, S59)."""
    permissions.check_can_see_names(request.user)
    on = today(request)
    page = Paginator(queries.not_ready(on), A_PAGE).get_page(request.GET.get("page"))
    total = queries.managers(on).count()
    given = {"page": page, "total": total, "ready": total - page.paginator.count}
    return render(request, "desk/training/managers.html", given)


@opens_to(signed_in)
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the next version of the course; it begins with the words of the last one, or with the starter's."""
    permissions.check_can_publish_course(request.user)
    begins = queries.newest_course() or catalogue.course()
    initial = {"title": begins.title, "introduction": begins.introduction}
    form = CourseForm(request.POST if request.method == "POST" else None, initial=initial)
    made: list[Course] = []
    if form.is_bound and form.accepted(
        lambda: made.append(services.publish_course(by=request.user, **form.cleaned_data))
    ):
        said = _("Course %(number)s is published, with %(count)s questions.")
        messages.success(request, said % {"number": made[0].number, "count": made[0].questions.count()})
        return redirect("training")
    return render(request, "desk/training/publish.html", {"form": form}, status=form.status)
