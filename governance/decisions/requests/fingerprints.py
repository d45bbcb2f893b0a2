"""The shape of a request: what a later one must have in common with it for the board's ruling to answer that too."""

import hashlib
from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec

from charter.rules import Rule
from charter.rules.request import Request
from charter.rules.vocabulary import Role

# Rules of this family are about what one asker does in a row, all others about the use itself.
LOOKING = "looking"
# When it is asked, and what is said for it, do not change what is asked.
_ASIDE = ("window", "reason")
_SETS = ("metrics", "cohorts", "persons", "about", "affirms")

_JSON = msgspec.json.Encoder(order="deterministic")


def make_fingerprint(rule: Rule, request: Request, *, asker: UUID, roles: Collection[Role]) -> str:
    """The hex SHA-256 of what a ruling on a rule holds for; `roles` are the asker's over all that is asked about.

    A ruling on looking holds for the account that asked, with its metrics, decision, level and view, whomever it asks
    about. Any other holds for whoever asks the same with the same roles, at any time.
    """
    said = _of_looking(request, asker) if rule.family == LOOKING else _of_the_use(request, roles)
    return hashlib.sha256(_JSON.encode((rule.id, said))).hexdigest()


def _of_looking(request: Request, asker: UUID) -> list[Any]:
    return [asker, sorted(request.metrics), request.decision, request.grain, request.view]


def _of_the_use(request: Request, roles: Collection[Role]) -> dict[str, Any]:
    asked = {name: getattr(request, name) for name in request.__struct_fields__ if name not in _ASIDE}
    return {
        **asked,
        **{name: sorted(asked[name]) for name in _SETS},
        "evidence": sorted(piece.kind for piece in request.evidence),
        "roles": sorted(roles),
    }
