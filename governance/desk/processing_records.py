"""Records of processing: what, why, on what basis, for whom, how long; one a metric."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.registry import queries
from charter.registry.charter_facts import parse_document
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion
from charter.registry.screens import allowed_uses as screens_allowed_uses
from charter.registry.screens import charter_page
from charter.registry.states import StandingChoices
from charter.rules import words
from ground import clock
from ground.promises import promised

# Where data are, or were, processed under a charter; of what ended, what was published is still kept.
PROCESSED = (
    StandingChoices.PILOT,
    StandingChoices.ACTIVE,
    StandingChoices.SUSPENDED,
    StandingChoices.EXPIRED,
    StandingChoices.RETIRED,
)

# What the sheet and the API call each entry, and what the page does; in the order of `_texts`.
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
class ProcessingRecord:
    """One record of processing a metric; `texts` say it, by the names of COLUMNS."""

    version: CharterVersion
    in_force: bool
    texts: Mapping[str, str]

    def entries(self) -> list[tuple[str, str]]:
        """Headings with what stands under them."""
        return [(str(COLUMNS[name]), text) for name, text in self.texts.items()]


def list_processed() -> QuerySet[CharterVersion]:
    """The version of each metric that data are processed under, else the last that they were; by name."""
    under = queries.find_latest_processed(PROCESSED)
    return (
        CharterVersion.objects.filter(pk__in=under)
        .select_related("metric__owner")
        .order_by("metric__name", "pk")
    )


def read_record(version: CharterVersion) -> ProcessingRecord:
    document = version.bound.document(parse_document(version.document))
    in_force = version.standing == StandingChoices.ACTIVE and promised(version.expires_at) > clock.now()
    return ProcessingRecord(version, in_force, dict(zip(COLUMNS, _texts(document, version), strict=True)))


def _texts(document: CharterDocument, version: CharterVersion) -> Sequence[str]:
    what, why, harms = document.what, document.why, document.harms
    measured = words.listed(screens_allowed_uses.LEVELS[grain] for grain in what.grains)
    sources = f" ({', '.join(what.measure.sources)})" if what.measure else ""
    return [
        f"{document.name}. {what.definition} " + _("Measured by: %(levels)s.") % {"levels": measured or "–"},
        what.provenance + sources,
        f"{why.purpose} {why.minimisation}".strip(),
        words.sentence(words.listed(dict.fromkeys(words.spoken(use.decision) for use in document.which_decisions.allowed))),
        why.legal_basis or _none(),
        "; ".join(f"{role}: {sees}" for role, sees in charter_page.list_access(document)) or _("Nobody"),
        charter_page.describe_retention(document),
        f"{harms.disabled_workers} {harms.caregivers} {harms.nonstandard_schedules}".strip() or _none(),
        why.impact_assessment or _none(),
        why.works_agreement or _none(),
        "; ".join(filter(None, (version.metric.owner.name, document.who.contact, document.who.next_level))),
    ]  # fmt: skip


def _none() -> str:
    return _("The charter names none.")
