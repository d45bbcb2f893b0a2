"""What is held about a person as rows of a table: the same in a sheet, in the download and in the API."""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from charter.registry.models import Metric
from governance.about_me.letters import name_use
from governance.about_me.look_words import LookWords
from governance.about_me.queries.included import IncludedMetric
from governance.about_me.queries.looks import ToldLook, list_group_spans, name_asker
from governance.about_me.queries.stored import StoredItem
from governance.people.models import Person

METRIC_COLUMNS = (
    "metric", "name", "charter_version", "standing", "definition", "affects_me", "events_carry_a_name", "groups",
    "sources", "source_rows_kept", "values_kept", "own_figure_for",
)  # fmt: skip


def write_metric_rows(included: Sequence[IncludedMetric]) -> Iterator[list[object]]:
    for each in included:
        yield [
            each.slug, each.name, each.version, each.standing, each.definition, each.affects_me, each.names_person,
            " ".join(each.cohorts), " ".join(each.sources), each.facts_kept, each.values_kept,
            each.own_use.value if each.own_use else "",
        ]  # fmt: skip


LOOK_COLUMNS = (
    "at", "who", "grain", "named_me", "whose", "metrics", "beside", "from", "to", "period", "decision", "permitted_by",
    "receipt",
)  # fmt: skip


def write_look_rows(found: QuerySet[ToldLook], person: Person) -> Iterator[list[object]]:
    """Each look with no more than its list tells: no reason, nobody else who was asked about."""
    said = LookWords(list_group_spans(person), dict(Metric.objects.values_list("slug", "name")))
    for look in found.iterator(chunk_size=500):
        yield [
            look.at.isoformat(), name_asker(look), look.grain, look.of_me, said.whose(look), said.metrics(look),
            said.beside(look), look.window_from, look.window_to, said.period(look), name_use(look),
            said.permitted_by(look), look.entry_id,
        ]  # fmt: skip


STORED_COLUMNS = ("what", "source", "table", "columns", "until", "rows")


def write_stored_rows(items: Sequence[StoredItem]) -> Iterator[list[object]]:
    for item in items:
        rows = "" if item.rows is None else item.rows
        yield [item.what, item.source, item.table, " ".join(item.columns), item.until, rows]
