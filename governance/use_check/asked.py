"""What a use check asks: the same words as a question to the line, without months and without anything about values."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from charter.rules.request import Affirmed, Evidence, Metrics, Names, Persons
from charter.rules.vocabulary import DecisionType, EvidenceKind, Grain
from governance.decisions.requests.parsing import LARGEST_BODY, decode
from governance.evidence.queries import find_key
from ground import strict_json
from ground.errors import BadInput

_PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


class EvidenceNamed(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A piece of evidence at hand: a record by its `id`, or a kind with a reference of the asker's own."""

    id: UUID | None = None
    kind: EvidenceKind | None = None
    ref: Annotated[str, Meta(min_length=1, max_length=200, pattern=_PLAIN)] | None = None


class UseAsked(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """May these metrics be used for this decision, at this level?

    `cohorts` may be left out: then the largest group of the level is meant over which the asker has a role. At person grain
    without `persons` any one person is meant. `role_family` names an evidence profile, `accountable` an account; `affirms` holds sentences of the
    charters that are so.
    """

    decision: DecisionType
    metrics: Metrics
    grain: Grain
    cohorts: Names = ()
    persons: Persons = ()
    role_family: Annotated[str, Meta(max_length=100, pattern=_PLAIN)] | None = None
    evidence: Annotated[tuple[EvidenceNamed, ...], Meta(max_length=20)] = ()
    accountable: Annotated[str, Meta(max_length=100, pattern=_PLAIN)] | None = None
    affirms: Affirmed = ()


_USE = msgspec.json.Decoder(UseAsked)


def parse_use(body: bytes) -> UseAsked:
    """A use check of JSON. Raises BadInput naming the field, for one that is not known as well."""
    if len(body) > LARGEST_BODY:
        raise strict_json.make_too_large(LARGEST_BODY)
    asked = decode(_USE, body)
    strict_json.check_keys(body)
    for place, piece in enumerate(asked.evidence):
        _check_piece(piece, f"evidence[{place}]")
    return asked


def name_evidence(pieces: tuple[Evidence, ...]) -> tuple[EvidenceNamed, ...]:
    """Pieces of a question as a use check names them."""
    return tuple(
        EvidenceNamed(id=key) if (key := find_key(piece)) else EvidenceNamed(kind=piece.kind, ref=piece.ref)
        for piece in pieces
    )


def _check_piece(piece: EvidenceNamed, field: str) -> None:
    by_id, by_words = piece.id is not None, piece.kind is not None and piece.ref is not None
    if by_id and (piece.kind is not None or piece.ref is not None):
        raise BadInput("A record is named by its id alone; leave kind and ref out.", field=field)
    if not by_id and not by_words:
        raise BadInput("Name a record by its id, or give a kind and a ref.", field=field)
