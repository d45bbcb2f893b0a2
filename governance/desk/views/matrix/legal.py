"""Records of processing: what, why, on what basis, for whom, how long; one a metric, to print and to take away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.registry import queries
from charter.registry.charter_facts import read_document
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion
from charter.registry.states import Standing
from charter.rules import words
from governance.desk import charter_page, permissions, sheets
from governance.desk.context import today
from governance.desk.openings import opens_to, signed_in
from ground import clock

A_PAGE = 50
A_BATCH = 500
# Where data are, or were, processed under a charter; of what ended, what was published is still kept.
PROCESSED = (Standing.PILOT, Standing.ACTIVE, Standing.SUSPENDED, Standing.EXPIRED, Standing.RETIRED)

# What the CSV calls each entry, and what the page does; in the order of `_texts`.
COLUMNS = {
    "what": gettext_lazy("What is processed"),
    "sources": gettext_lazy("Where it comes from"),
    "why": gettext_lazy("Why"),
    "decisions": gettext_lazy("Decisions it may inform"),
    "basis": gettext_lazy("Legal basis"),
    "who": gettext_lazy("Who receives it"),
    "how_long": gettext_lazy("How long it is kept"),
    "people": gettext_lazy("Whom it could harm, and what prevents it"),
    "assessment": gettext_lazy("Impact assessment"),
    "agreement": gettext_lazy("Works agreement"),
    "responsible": gettext_lazy("Who is responsible"),
}


@dataclass(frozen=True)
class Record:
    """One record of processing a metric; `entries` are headings with what stands under them."""

    version: CharterVersion
    in_force: bool
    entries: tuple[tuple[str, str], ...]


@opens_to(signed_in, stored=False)
def records(request: HttpRequest) -> HttpResponse:
    """The metrics that data are or were processed for, each leading to its record."""
    permissions.check_can_read_records(request.user, today(request))
    word = request.GET.get("name", "").strip()[:100]
    found = _versions()
    narrowed = found.filter(metric__name__icontains=word) if word else found
    page = Paginator(narrowed.defer("document"), A_PAGE).get_page(request.GET.get("page"))
    given = {"page": page, "total": found.count() if word else page.paginator.count, "word": word}
    return render(request, "desk/matrix/records.html", given)


@opens_to(signed_in, stored=False)
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """One record, to print."""
    permissions.check_can_read_records(request.user, today(request))
    version = _versions().filter(metric__slug=slug).first()
    if version is None:
        raise Http404
    return render(request, "desk/matrix/record.html", {"record": _record(version)})


@opens_to(signed_in, stored=False)
def records_csv(request: HttpRequest) -> HttpResponse:
    """All records as one table."""
    permissions.check_can_read_records(request.user, today(request))
    header = ["metric", "version", "standing", "in_force", "in_force_from", "in_force_until", *COLUMNS]
    return sheets.streamed("records-of-processing.csv", header, _rows())


def _versions() -> QuerySet[CharterVersion]:
    """The version of each metric that data are processed under, else the last that they were; by name."""
    under = queries.latest_processed(PROCESSED)
    return (
        CharterVersion.objects.filter(pk__in=under)
        .select_related("metric__owner")
        .order_by("metric__name", "pk")
    )


def _rows() -> Iterator[list[object]]:
    keys = list(_versions().values_list("pk", flat=True))
    for start in range(0, len(keys), A_BATCH):
        for version in _versions().filter(pk__in=keys[start : start + A_BATCH]):
            found = _record(version)
            said = [text for _heading, text in found.entries]
            yield [
                version.metric.slug, version.number, version.standing, found.in_force,
                _date(version.activated_at), _date(version.expires_at), *said,
            ]  # fmt: skip


def _date(moment: object) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _record(version: CharterVersion) -> Record:
    document = version.bound.document(read_document(version.document))
    in_force = version.standing == Standing.ACTIVE and version.expires_at > clock.now()
    texts = _texts(document, version)
    entries = zip(map(str, COLUMNS.values()), texts, strict=True)
    return Record(version, in_force, tuple(entries))


def _texts(document: CharterDocument, version: CharterVersion) -> Sequence[str]:
    what, why, harms = document.what, document.why, document.harms
    measured = words.listed(charter_page.LEVELS[grain] for grain in what.grains)
    sources = f" ({', '.join(what.measure.sources)})" if what.measure else ""
    return [
        f"{document.name}. {what.definition} " + _("Measured by: %(levels)s.") % {"levels": measured or "–"},
        what.provenance + sources,
        f"{why.purpose} {why.minimisation}".strip(),
        words.sentence(words.listed(dict.fromkeys(words.spoken(use.decision) for use in document.which_decisions.allowed))),
        why.legal_basis or _none(),
        "; ".join(f"{role}: {sees}" for role, sees in charter_page.access(document)) or _("Nobody"),
        charter_page.kept(document),
        f"{harms.disabled_workers} {harms.caregivers} {harms.nonstandard_schedules}".strip() or _none(),
        why.impact_assessment or _none(),
        why.works_agreement or _none(),
        "; ".join(filter(None, (version.metric.owner.name, document.who.contact, document.who.next_level))),
    ]  # fmt: skip


def _none() -> str:
    return _("The charter names none.")
