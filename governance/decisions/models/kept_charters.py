"""What a charter version tells the rules, kept once for all the decisions that were made under it, by its hash.

It names nobody. A decision's own facts hold the hash and what changes by the day; `complete` puts both together.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
from django.db import models
from django.db.models import F, Func, Q, Value

from audits.ledger.packing import PackedField, UnreadableRecord, pack
from audits.ledger.ties import tied, told
from charter.rules.facts import CharterFacts, Facts
from governance.decisions.events import QuestionAnswered, QuestionChecked
from ground import statements
from ground.statements import Read

OF_THE_DAY = ("standing", "in_force", "kept_from")
_ENCODER = msgspec.json.Encoder(order="deterministic")
_HASHED = Func(
    Func(F("facts"), function="sha256", output_field=models.BinaryField()),
    Value("hex"),
    function="encode",
    output_field=models.CharField(),
)
_KEEP = """
INSERT INTO decisions_keptcharter (hash, facts)
SELECT * FROM unnest(%(hash)s::text[], %(facts)s::bytea[]) ON CONFLICT DO NOTHING
"""
_METRICS, _A_METRIC = (
    20_000,
    4,
)  # of how many metrics, and how many texts of each, it is remembered that we met them


class KeptCharter(models.Model):
    """One text of a charter's facts; `hash` is the SHA-256 of its bytes as they lie here, in hex."""

    hash = models.CharField(primary_key=True, max_length=64)
    facts = PackedField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(hash=_HASHED), name="keptcharter_is_its_hash")]
        triggers = [*tied(insert=[told(QuestionAnswered, QuestionChecked, about="")])]


class _Kept(msgspec.Struct, frozen=True):
    hash: str


# Which of the texts that we may need are there, as the deciding transaction sees it: another's may have been undone.
KEPT = Read("SELECT hash FROM decisions_keptcharter WHERE hash = ANY(%(met)s::text[])", _Kept)
_met: OrderedDict[str, tuple[str, ...]] = OrderedDict()


def list_met(metrics: Iterable[str]) -> list[str]:
    """The hashes of what this process met of the charters of these metrics lately."""
    return [each for metric in metrics for each in _met.get(metric, ())]


def shorten(facts: Facts) -> dict[str, Any]:
    """Facts as a decision keeps them: the request stands beside them, and what its charter says elsewhere."""
    own = {name: getattr(facts, name) for name in facts.__struct_fields__ if name != "request"}
    of_the_day = {name: getattr(facts.charter, name) for name in OF_THE_DAY}
    return {**own, "charter": {**of_the_day, "kept": _describe(facts.charter)[0]}}


def keep_charters(charters: Iterable[CharterFacts], *, kept: Collection[str]) -> None:
    """Write those that are not `kept` yet, in the order of their hashes, so that no two transactions wait for each other."""
    lacking = {}
    for charter in charters:
        key, text = _describe(charter)
        if key not in kept:
            lacking[key] = text
            _meet(charter.metric, key)
    if lacking:
        keys = sorted(lacking)
        statements.run(_KEEP, {"hash": keys, "facts": [lacking[key] for key in keys]})


def complete(own: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Facts of a decision with what their charters say, which is looked up once a process."""
    return [{**each, "charter": _complete(dict(each["charter"]))} for each in own]


def _complete(charter: dict[str, Any]) -> dict[str, Any]:
    """Raises UnreadableRecord where what is kept of the charter is broken, or gone."""
    kept = charter.pop("kept", None)
    if kept is None:
        return charter
    try:
        return {**msgspec.json.decode(_read(kept)), **charter}
    except (msgspec.DecodeError, ValueError, KeptCharter.DoesNotExist) as broken:
        raise UnreadableRecord from broken


@lru_cache(maxsize=2_000)
def _read(key: str) -> bytes:
    return bytes(KeptCharter.objects.values_list("facts", flat=True).get(pk=key))


@lru_cache(maxsize=20_000)
def _describe(charter: CharterFacts) -> tuple[str, bytes]:
    """The hash of what is kept of a charter's facts, and that itself."""
    said = {name: getattr(charter, name) for name in charter.__struct_fields__ if name not in OF_THE_DAY}
    text = pack(_ENCODER.encode(said))
    return sha256(text).hexdigest(), text


def _meet(metric: str, key: str) -> None:
    others = (each for each in _met.pop(metric, ()) if each != key)
    _met[metric] = (key, *others)[:_A_METRIC]
    if len(_met) > _METRICS:
        _met.popitem(last=False)
