"""Whom the names in a batch of events mean: each name is looked up once, and the names themselves go no further."""

from collections.abc import Callable, Collection
from functools import cache, partial

import pyarrow as pa
import pyarrow.compute as pc

from governance.people.names import NameBook, NameFound, SourceNames, fold_name


class NameFinder:
    """Whom names mean in the sources of one measure, looked up once each."""

    def __init__(self, names: SourceNames, sources: Collection[str]) -> None:
        self._people = cache(partial(_find, names.people, frozenset(sources)))
        self._teams = cache(partial(_find, names.teams, frozenset(sources)))

    def place(self, batch: pa.RecordBatch, team: str | None = None) -> pa.Table:
        """The batch with `person` and `team` as the organisation calls them, null where there is none or none is known.

        Added: `stranger` and `astray`, that the event names a person or a team that is not known; `nobody`, that it is a
        bot's or of a team that is not ours. `team`, where given, is taken to be every event's.
        """
        whose, stranger, bots = _look_up(batch, "person", self._people)
        if team is None:
            teams, astray, foreign = _look_up(batch, "team", self._teams)
        else:
            teams, astray, foreign = _all(batch, team, pa.string()), _all(batch, False), _all(batch, False)
        kept = {name: batch.column(name) for name in batch.schema.names if name not in ("person", "team")}
        found = {"person": whose, "stranger": stranger, "team": teams, "astray": astray}
        return pa.table({**kept, **found, "nobody": pc.or_(bots, foreign)})


def _look_up(
    batch: pa.RecordBatch, column: str, find: Callable[[str], NameFound | None]
) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Of each event: who it is; whether it names somebody who is not known; whether it is said to be nobody."""
    if column not in batch.schema.names:
        return _all(batch, None, pa.string()), _all(batch, False), _all(batch, False)
    encoded = batch.column(column).cast(pa.string()).dictionary_encode()
    found = [find(name) for name in encoded.dictionary.to_pylist()]
    looked_up = (
        pa.array([each.holder if each else None for each in found], pa.string()),
        pa.array([each is not None and not each.known for each in found], pa.bool_()),
        pa.array([each is not None and each.known and each.holder is None for each in found], pa.bool_()),
    )
    whose, unknown, nobody = (values.take(encoded.indices) for values in looked_up)
    return whose, pc.fill_null(unknown, False), pc.fill_null(nobody, False)


def _find(names: NameBook, sources: Collection[str], name: str) -> NameFound | None:
    """None for what is no name at all, as where a cell is empty."""
    return names.find(name, sources) if fold_name(name) else None


def _all(batch: pa.RecordBatch, value: object, kind: pa.DataType | None = None) -> pa.Array:
    return pa.array([value] * batch.num_rows, kind or pa.bool_())
