"""Which managers are not ready to look at values, and publishing the course."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from charter.registry.screens.page_context import today
from governance.people.requests import PageRequest
from governance.training import queries, services, starter
from governance.training.models import Course
from governance.training.screens.forms import CourseForm
from governance.training.screens.tables import ReadinessFilter, ReadinessTable
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table

A_PAGE = 50


def managers(request: PageRequest) -> HttpResponse:
    """Managers who have not acknowledged the rules in force, or whose training is not current (S54, S59)."""
    on = today(request)
    narrowed = ReadinessFilter(request.GET, queryset=queries.list_not_ready(on))
    table = ReadinessTable(narrowed.qs)
    table.caption = _("Managers who are not ready")
    turn_table(request, table, A_PAGE)
    managers = queries.list_managers(on).count()
    given = {"managers": managers, "ready": managers - narrowed.queryset.count()}
    return narrowing.show(request, "training/managers.html", narrowed, table, **given)


def managers_csv(request: PageRequest) -> HttpResponseBase:
    """Those that the page would list, all of them, as a table to take away."""
    narrowed = ReadinessFilter(request.GET, queryset=queries.list_not_ready(today(request)))
    narrowing.check_readable(narrowed)
    return sheets.stream_table("managers.csv", ReadinessTable(narrowed.qs), request)


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
