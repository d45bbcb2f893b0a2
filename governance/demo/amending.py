"""What the demo changes in the starter charters, and says that it changed."""

from collections.abc import Callable

from msgspec.structs import replace

from charter.registry import limits
from charter.registry.document import CharterDocument
from charter.registry.invasiveness import estimate_days
from governance.demo.dataset import DataSet

BACKFILL = (
    "Demo: the data began before this charter was approved. For trying out, the board's agreement to use the earlier "
    "data is made up; in a real programme it would have to be asked and given."
)
KEPT = "Demo: kept as long as the data last, so that all of them can be tried, or as long as its invasiveness lets."


def amend_for(data: DataSet) -> Callable[[CharterDocument], CharterDocument]:
    """The change to a starter charter that lets it cover a data set: where data begin and how long values are kept."""

    def amend(document: CharterDocument) -> CharterDocument:
        document = replace(
            document, why=replace(document.why, data_from=data.data_from, backfill_because=BACKFILL)
        )
        if data.values_kept is None:
            return document
        values = _within_its_level(data.values_kept, document)
        return replace(document, how_long=replace(document.how_long, values=values, values_because=KEPT))

    return amend


def _within_its_level(duration: str, document: CharterDocument) -> str:
    level = document.harms.invasiveness
    longest = limits.read_levels()[level].values if level is not None else duration
    return min(duration, longest, key=estimate_days)
