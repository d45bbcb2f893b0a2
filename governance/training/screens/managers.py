"""Which managers are not ready to look at values, and publishing the course."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from charter.registry.screens.page_context import today
from governance.people.requests import PageRequest
from governance.training import queries, services, starter
from governance.training.models import Course
from governance.training.screens.forms import CourseForm
from ground.paging import ByPlace

A_PAGE = 50


def managers(request: PageRequest) -> HttpResponse:
    """Managers who have not acknowledged the rules in force, or whose training is not current (S54, S59)."""
    on = today(request)
    listed = ByPlace(queries.list_not_ready(on), A_PAGE).get_page(request.GET.get("page"))
    total = queries.list_managers(on).count()
    given = {"listed": listed, "total": total, "ready": total - listed.paginator.count}
    return render(request, "training/managers.html", given)


def publish_course(request: PageRequest) -> HttpResponse:
    """Publish the next version of the course; it begins with the words of the last one, or with the starter's."""
    begins = queries.find_newest_course() or starter.read_starter_course()
    initial = {"title": begins.title, "introduction": begins.introduction}
    form = CourseForm(request.POST if request.method == "POST" else None, initial=initial)
    made: list[Course] = []
    if form.is_bound and form.accepted(
        lambda: made.append(services.publish_course(by=request.user, **form.cleaned_data))
    ):
        said = _("Course %(number)s is published, with %(count)s questions.")
        messages.success(request, said % {"number": made[0].number, "count": made[0].questions.count()})
        return redirect("training")
    return render(request, "training/publish.html", {"form": form}, status=form.status)
