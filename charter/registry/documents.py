"""Charter documents as they stand: the newest of each metric, and the kinds of the sources they read."""

from collections.abc import Collection

from charter.registry import catalogue
from charter.registry.charter_facts import parse_document
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion
from charter.registry.models.sources import Source
from charter.registry.source_descriptions import SourceDescription


def read_sources() -> dict[str, SourceDescription]:
    """The described sources by slug, with what their columns are."""
    return {source.slug: source.read() for source in Source.objects.all()}


def find_other_charters(slugs: Collection[str]) -> dict[str, CharterDocument]:
    """The newest charter of each of these metrics; where there is none, the starter catalogue's."""
    newest = CharterVersion.objects.filter(metric__slug__in=slugs).order_by("metric_id", "-number")
    stored = newest.distinct("metric_id").select_related("metric")
    starters = {
        slug: document for slug, document in catalogue.read_starter_charters().items() if slug in slugs
    }
    return {**starters, **{version.metric.slug: parse_document(version.document) for version in stored}}
