"""Which entries of the log tell of which rows, by what their payloads say. Sealed ones are not read."""

from collections import defaultdict
from collections.abc import Collection

import msgspec

from audits.ledger.events import registered
from audits.ledger.models import Payload
from audits.ledger.states import Visibility


def find_entries(*prefixes: str, keys: Collection[str] = ()) -> dict[str, list[str]]:
    """The ids of entries, oldest first, by the key of the row that they are about; of kinds that begin so.

    `keys` are further fields of payloads that name rows, such as a case that a version came into force by.
    """
    kinds = {kind: event for kind, event in registered().items() if kind.startswith(prefixes)}
    payloads = Payload.objects.filter(entry__kind__in=kinds).exclude(entry__visibility=Visibility.SEALED)
    found: dict[str, list[str]] = defaultdict(list)
    for entry, kind, body in payloads.order_by("entry__at", "entry").values_list(
        "entry", "entry__kind", "body"
    ):
        said = msgspec.json.decode(bytes(body))
        for name in {kinds[kind].names_row, *keys} - {""}:
            if name in said and isinstance(said[name], str):
                found[said[name]].append(str(entry))
    return found
