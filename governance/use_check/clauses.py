"""The clauses of charters that decide a use: what they allow and forbid for the decision, and to whom they open the level."""

from collections.abc import Iterator, Mapping, Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec import Struct

from charter.registry import queries as registry
from charter.registry.document import Allowed, CharterDocument
from charter.registry.matrix import HEADING, allowed_anchor, describe_condition, forbidden_anchor
from charter.registry.models import CharterVersion
from charter.rules import words
from charter.rules.request import Request
from charter.rules.vocabulary import Grain
from governance.ui.questions import name_decision

ACCESS = "who"  # the heading that says to whom a charter opens


class ClauseTold(Struct, frozen=True):
    """One clause of one charter version in a sentence, and where it stands on the metric's page."""

    metric: str
    name: str
    version: int
    clause: str
    says: str
    url: str


def list_clauses(request: Request, charters: Mapping[str, int]) -> tuple[ClauseTold, ...]:
    """The clauses that decide a request, by metric in the order asked, each once; `charters` are the versions that governed."""
    versions = _read_versions(charters)
    names = {slug: version.metric.name for slug, version in versions.items()}
    return tuple(
        _tell(version, anchor, says)
        for slug in request.metrics
        if (version := versions.get(slug)) is not None
        for anchor, says in _list_of(registry.load_document(version.pk), request, names)
    )


def _read_versions(charters: Mapping[str, int]) -> dict[str, CharterVersion]:
    found = (
        CharterVersion.objects.filter(metric__slug__in=charters).select_related("metric").defer("document")
    )
    return {each.metric.slug: each for each in found if charters[each.metric.slug] == each.number}


def _tell(version: CharterVersion, anchor: str, says: str) -> ClauseTold:
    metric = version.metric
    url = f"{settings.BASE_URL}{reverse('metric', args=[metric.slug])}#{anchor}"
    return ClauseTold(metric.slug, metric.name, version.number, anchor, says, url)


def _list_of(
    document: CharterDocument, request: Request, names: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    uses, decision = document.which_decisions, request.decision
    allowed = [(place, use) for place, use in enumerate(uses.allowed) if use.decision is decision]
    forbidden = [
        (place, use)
        for place, use in enumerate(uses.forbidden)
        if decision in use.decisions and (not use.grains or request.grain in use.grains)
    ]
    for place, use in allowed:
        yield allowed_anchor(place), _say_allowed(use, names)
    for place, named in forbidden:
        yield forbidden_anchor(place), f"{words.sentence(named.use)}: {named.because}"
    if not allowed and not forbidden:
        yield HEADING, _("It does not list %(decision)s.") % {"decision": name_decision(decision)}
    if any(request.grain in use.grains for _place, use in allowed):
        yield ACCESS, _say_access(document, request.grain)


def _say_allowed(use: Allowed, names: Mapping[str, str]) -> str:
    levels = words.listed((_("of one’s own") if at is Grain.SELF else words.level(at)) for at in use.grains)
    said = _("It allows %(decision)s at this level: %(levels)s.") % {
        "decision": name_decision(use.decision),
        "levels": levels,
    }
    return " ".join(filter(None, (said, describe_condition(use, names))))


def _say_access(document: CharterDocument, grain: Grain) -> str:
    roles: Sequence[str] = [
        words.spoken(entry.role) for entry in document.who.access if grain in entry.grains
    ]
    if not roles:
        return _("It opens this level to nobody.")
    return _("It opens this level to these roles: %(roles)s.") % {"roles": words.listed(roles)}
