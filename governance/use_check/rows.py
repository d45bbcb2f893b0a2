"""Rows of a file as use checks, or what is wrong with them, in a sentence."""

import re
from collections.abc import Mapping
from uuid import UUID

import msgspec

from charter.rules.vocabulary import EvidenceKind
from governance.decisions.requests.parsing import decode
from governance.use_check.asked import EvidenceNamed, UseAsked
from ground.errors import BadInput

_SPLIT = re.compile(r"[;,\s]+")
_USE = msgspec.json.Decoder(UseAsked)


def read_row(cells: Mapping[str, str]) -> UseAsked:
    """The use check of a row, by column. Raises BadInput naming the column at fault."""
    given: dict[str, object] = {
        "decision": _as_word(cells["decision"]),
        "grain": _as_word(cells["grain"]),
        "metrics": _split(cells["metrics"]),
        "cohorts": _split(cells.get("cohorts", "")),
        "persons": _split(cells.get("persons", "")),
        "role_family": cells.get("role_family") or None,
        "accountable": cells.get("accountable") or None,
    }
    asked = decode(_USE, msgspec.json.encode(given))
    for name in ("metrics", "cohorts", "persons"):
        if len(set(getattr(asked, name))) < len(getattr(asked, name)):
            raise BadInput("The same name stands here twice.", field=name)
    return msgspec.structs.replace(asked, evidence=tuple(_read_evidence(cells.get("evidence", ""))))


def _read_evidence(text: str) -> list[EvidenceNamed]:
    """`mentoring: MT-4; 0198…`: pieces parted by semicolons, each a kind with a reference or the id of a record."""
    return [_read_piece(piece.strip()) for piece in text.split(";") if piece.strip()][:20]


def _read_piece(text: str) -> EvidenceNamed:
    kind, colon, ref = text.partition(":")
    if colon and ref.strip() and _as_word(kind) in {each.value for each in EvidenceKind}:
        return EvidenceNamed(kind=EvidenceKind(_as_word(kind)), ref=ref.strip()[:200])
    try:
        return EvidenceNamed(id=UUID(text))
    except ValueError:
        raise BadInput(
            "Evidence is the id of a record, or a kind, a colon and a reference; several are parted by semicolons.",
            field="evidence",
        ) from None


def _as_word(text: str) -> str:
    return text.strip().lower().replace(" ", "_").replace("-", "_")


def _split(text: str) -> list[str]:
    return [part for part in _SPLIT.split(text.strip().lower()) if part]
