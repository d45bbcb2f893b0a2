"""One draft as a whole: what is still to write, who writes along, checking it, handing it in or throwing it away."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charter.authoring import drafts, lint, permissions, submission
from charter.authoring.lint import Finding
from charter.authoring.models import Draft
from charter.authoring.readability import measure_readability
from charter.authoring.screens import pages
from charter.authoring.screens.progress import heading_url, list_tasks
from charter.authoring.screens.sharing import ShareForm
from charter.authoring.states import DraftRight
from charter.registry.charter_facts import parse_document
from charter.registry.document import CharterDocument
from charter.registry.headings import Heading, describe_field, list_statements
from charter.registry.models import Metric
from governance.board.proposals import propose
from governance.board.queries import FormerReason, list_former_reasons
from governance.people.requests import PageRequest
from ground import calendar
from ground.errors import BadInput, Conflict

Page = dict[str, object]


def overview(request: PageRequest, draft_id: str) -> HttpResponse:
    """The list of what is to write, with how far each heading is."""
    draft = drafts.get_draft(draft_id)
    permissions.check_can_see_draft(request.user, draft)
    return _overview(request, draft)


@require_POST
def writers(request: PageRequest, draft_id: str) -> HttpResponse:
    """Let somebody read or write along, or no longer."""
    draft = drafts.get_draft(draft_id)
    permissions.check_can_end_draft(request.user, draft)
    if "remove" in request.POST:
        return _unshare(request, draft)
    form = ShareForm(request.POST)
    if form.is_valid():
        try:
            return _share(request, draft, form)
        except BadInput as error:
            form.add_error(error.field if error.field in form.fields else None, error.detail)
    return _overview(request, draft, form)


def discard(request: PageRequest, draft_id: str) -> HttpResponse:
    """Ask once more, then throw the draft away."""
    draft = drafts.get_draft(draft_id)
    permissions.check_can_end_draft(request.user, draft)
    if request.method != "POST":
        return render(request, "board/draft_discard.html", _about(draft))
    drafts.discard_draft(draft=draft, by=request.user)
    messages.success(request, _("The draft of %(name)s is thrown away.") % {"name": draft.document["name"]})
    return HttpResponseRedirect(reverse("charters"))


def check(request: PageRequest, draft_id: str) -> HttpResponse:
    """GET shows all answers with what stands in the way; POST hands the charter in and puts it to the board."""
    draft = drafts.get_draft(draft_id)
    permissions.check_can_see_draft(request.user, draft)
    if request.method != "POST":
        return _check(request, draft)
    try:
        case = propose(draft=draft, by=request.user)
    except (BadInput, Conflict) as error:
        return _check(request, draft, status=error.status, refused=error.detail)
    said = _("%(name)s is with the board. Votes can be cast until %(day)s.")
    day = calendar.find_day(case.closes_at)
    messages.success(request, said % {"name": draft.document["name"], "day": f"{day.day} {day:%B %Y}"})
    return HttpResponseRedirect(reverse("metric", args=[draft.metric]))


def _share(request: PageRequest, draft: Draft, form: ShareForm) -> HttpResponse:
    user, right = form.cleaned_data["user"], DraftRight(form.cleaned_data["right"])
    drafts.share_draft(draft=draft, user=user, right=right, by=request.user)
    said = {
        DraftRight.READ: _("%(name)s can read along now."),
        DraftRight.WRITE: _("%(name)s can write along now."),
    }
    messages.success(request, said[right] % {"name": user.name})
    return _to_writers(draft)


def _unshare(request: PageRequest, draft: Draft) -> HttpResponse:
    share = get_object_or_404(draft.shares.select_related("user"), user__username=request.POST.get("user"))
    drafts.unshare_draft(draft=draft, user=share.user, by=request.user)
    messages.success(request, _("%(name)s no longer reads or writes along.") % {"name": share.user.name})
    return _to_writers(draft)


def _to_writers(draft: Draft) -> HttpResponse:
    return HttpResponseRedirect(reverse("charter-draft", args=[draft.pk]) + "#writers")


def _about(draft: Draft) -> Page:
    return {"draft": draft, "document": parse_document(draft.document)}


def _overview(request: PageRequest, draft: Draft, form: ShareForm | None = None) -> HttpResponse:
    document = parse_document(draft.document)
    found = list_tasks(draft, document, submission.lint_document(document, draft.programme))
    given = _about(draft) | {
        "tasks": found,
        "done": sum(1 for task in found if task.done),
        "shares": list(draft.shares.select_related("user", "permission")),
        "may_edit": permissions.can_edit_draft(request.user, draft),
        "may_end": permissions.can_end_draft(request.user, draft),
        "reasons": _reasons(draft),
        "form": form or ShareForm(),
    }
    return render(request, "board/draft.html", given, status=400 if form else 200)


def _check(request: PageRequest, draft: Draft, *, status: int = 200, refused: str = "") -> HttpResponse:
    document = parse_document(draft.document)
    found = submission.lint_document(document, draft.programme)
    blocking = lint.select_errors(found)
    links = _links(draft, document, found)
    given = _about(draft) | {
        "blocking": [(finding, links[finding]) for finding in blocking],
        "remarks": [
            (finding, describe_field(finding.field), links[finding])
            for finding in found
            if finding not in blocking
        ],
        "answers": [(each, heading_url(draft, each), _answers(document, each)) for each in Heading],
        "tried": submission.try_examples(document, draft.programme),
        "reads": measure_readability(document.what.definition),
        "reasons": _reasons(draft),
        "may_edit": permissions.can_edit_draft(request.user, draft),
        "may_end": permissions.can_end_draft(request.user, draft),
        "refused": refused,
    }
    return render(request, "board/draft_check.html", given, status=status)


def _answers(document: CharterDocument, heading: Heading) -> list[object]:
    return [entry for entry in list_statements(document) if entry.heading is heading]


def _links(draft: Draft, document: CharterDocument, found: Sequence[Finding]) -> dict[Finding, str]:
    """The address of the field that each finding speaks of."""
    wanted = {Heading.of(finding.field) for finding in found}
    places = {each: pages.list_anchors(pages.FORMS[each](None, document=document)) for each in wanted}
    return {finding: _link(draft, finding, places[Heading.of(finding.field)]) for finding in found}


def _link(draft: Draft, finding: Finding, places: dict[str, str]) -> str:
    place = pages.find_nearest(finding.field, places)
    url = f"{heading_url(draft, Heading.of(finding.field))}?all=1"
    return f"{url}#{places[place]}" if place else url


def _reasons(draft: Draft) -> Sequence[FormerReason]:
    """Why the board turned down earlier versions of the metric (S50)."""
    metric = Metric.objects.filter(slug=draft.metric).first()
    return list_former_reasons(metric) if metric else ()
