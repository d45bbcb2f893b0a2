"""The locks that keep a charter where it stands while its metric is asked for.

Whoever asks shares the metric until their transaction ends; what changes where its charter stands takes it alone. So no
suspension, hold or revision slips between the facts of an answer and its rows.
"""

from collections.abc import Collection

from ground import statements

_TAKE = "SELECT pg_advisory_xact_lock(hashtextextended('metric:' || %(slug)s::text, 0))"
# Always in one order, so that two who lock several never wait for each other. For a statement that writes as well.
TAKE_ALL = """
SELECT pg_advisory_xact_lock(hashtextextended('metric:' || slug, 0))::text
FROM (SELECT DISTINCT unnest(%(slugs)s::text[]) AS slug ORDER BY slug) metrics
"""
_SHARE = """
SELECT pg_advisory_xact_lock_shared(hashtextextended('metric:' || slug, 0))
FROM (SELECT unnest(%(slugs)s::text[]) AS slug ORDER BY slug) metrics
"""
# With the metrics that charters in force want shown beside them; a charter that changes meanwhile may want others.
_SHARE_WITH_COUNTERS = """
SELECT metric, slug, pg_advisory_xact_lock_shared(hashtextextended('metric:' || slug, 0))::text
FROM (
    SELECT slug AS metric, slug FROM unnest(%(slugs)s::text[]) AS slug
    UNION
    SELECT m.slug, v.document #>> '{what,counter_metric}'
    FROM registry_metric m JOIN registry_charterversion v ON v.metric_id = m.id
    WHERE m.slug = ANY(%(slugs)s::text[]) AND v.standing IN ('active', 'pilot')
    ORDER BY slug
) metrics
WHERE slug IS NOT NULL
"""


def take_metric(slug: str) -> None:
    """Take a metric alone until the transaction ends, waiting for those who ask for it now."""
    statements.run(_TAKE, {"slug": slug})


def take_sources() -> None:
    """Let nobody hand a charter in until the transaction ends: what it would be checked against is being changed."""
    statements.run("SELECT pg_advisory_xact_lock(hashtextextended('sources', 0))", {})


def share_sources() -> None:
    """Keep the sources as they are described until the transaction ends."""
    statements.run("SELECT pg_advisory_xact_lock_shared(hashtextextended('sources', 0))", {})


def share_metrics(slugs: Collection[str]) -> None:
    """Share metrics until the transaction ends, waiting for whoever takes one of them alone."""
    statements.run(_SHARE, {"slugs": list(slugs)})


def share_with_counters(slugs: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Share metrics and their counter-metrics, all in one order; gives of each metric asked for what is shared for it."""
    shared: dict[str, tuple[str, ...]] = {}
    for metric, slug, _ in statements.fetch(_SHARE_WITH_COUNTERS, {"slugs": list(slugs)}):
        shared[metric] = (*shared.get(metric, ()), slug)
    return shared
