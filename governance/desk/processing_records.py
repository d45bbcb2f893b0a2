"""Records of processing: what, why, on what basis, for whom, how long; one a metric."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from governance.agreements.agreement_text import AgreementKind
from governance.agreements.queries import HeldAgreement, list_held
from ground import calendar, clock
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
    "recipients": gettext_lazy("Recipients outside"),
    "processors": gettext_lazy("Processors"),
    "transfers": gettext_lazy("Transfers to third countries"),
    "security": gettext_lazy("Security measures"),
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


def read_record(version: CharterVersion, held: Sequence[HeldAgreement] | None = None) -> ProcessingRecord:
    """One record; `held` are the agreements in force today, where several records are read."""
    held = list_held(calendar.today()) if held is None else held
    document = version.bound.document(parse_document(version.document))
    in_force = version.standing == StandingChoices.ACTIVE and promised(version.expires_at) > clock.now()
    return ProcessingRecord(
        version, in_force, dict(zip(COLUMNS, _texts(document, version, held), strict=True))
    )


def _texts(
    document: CharterDocument, version: CharterVersion, held: Sequence[HeldAgreement]
) -> Sequence[str]:
    what, why, harms = document.what, document.why, document.harms
    measured = words.listed(screens_allowed_uses.LEVELS[grain] for grain in what.grains)
    sources = f" ({', '.join(what.measure.sources)})" if what.measure else ""
    return [
        f"{document.name}. {what.definition} " + _("Measured by: %(levels)s.") % {"levels": measured or "–"},
        what.provenance + sources,
        f"{why.purpose} {why.minimisation}".strip(),
        words.sentence(words.listed(dict.fromkeys(words.spoken(use.decision) for use in document.which_decisions.allowed))),
        _cite(why.legal_basis, document, AgreementKind.LEGAL_BASIS, held),
        "; ".join(f"{role}: {sees}" for role, sees in charter_page.list_access(document)) or _("Nobody"),
        *_processing(document.metric, held),
        charter_page.describe_retention(document),
        f"{harms.disabled_workers} {harms.caregivers} {harms.nonstandard_schedules}".strip() or _none(),
        _cite(why.impact_assessment, document, AgreementKind.ASSESSMENT, held),
        _cite(why.works_agreement, document, AgreementKind.WORKS_AGREEMENT, held),
        "; ".join(filter(None, (version.metric.owner.name, document.who.contact, document.who.next_level))),
    ]  # fmt: skip


def _processing(metric: str, held: Sequence[HeldAgreement]) -> Iterator[str]:
    """Recipients, processors, transfers and security, of the agreements in force that are about the metric (Art. 30)."""
    about = [each.text.processing for each in held if each.text.is_about(metric)]
    yield _join(recipient for each in about for recipient in each.recipients)
    yield _join(f"{it.name}, {it.country} ({it.does})" for each in about for it in each.processors)
    yield _join(f"{it.to} ({it.safeguard})" for each in about for it in each.transfers)
    yield _join(measure for each in about for measure in each.security)


def _join(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(texts)) or _("No agreement on record names any.")


def _cite(said: str, document: CharterDocument, kind: AgreementKind, held: Sequence[HeldAgreement]) -> str:
    """What a charter says of its basis, with the agreements of a kind that are in force and about it, and whose clauses it cites."""
    cited = {name.partition("/")[0] for name in document.why.clauses}
    named = [
        each.text.title for each in held
        if each.text.kind is kind and (each.version.slug in cited or document.metric in each.text.metrics)
    ]  # fmt: skip
    return "; ".join(filter(None, (said, *named))) or _none()


def _none() -> str:
    return _("The charter names none.")
