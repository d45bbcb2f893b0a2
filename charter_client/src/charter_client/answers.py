"""What comes back: rows, rules and receipts, typed. What the server adds later is in `raw`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from charter_client.errors import make_problem
from charter_client.receipts import Json, Receipt, RuleMatch, read_receipt, read_rules

if TYPE_CHECKING:
    import pandas
    import pyarrow


@dataclass(frozen=True)
class Row:
    """One value: metric × cohort or person × period. `value` is None where it is `withheld`, with the reason."""

    metric: str
    cohort: str
    period: str
    value: float | None
    unit: str
    low: float | None
    high: float | None
    n: int | None
    people: str | None
    coverage: float | None
    withheld: str | None
    withheld_because: str | None
    raw: Json = field(repr=False, compare=False)


@dataclass(frozen=True)
class Checked:
    """A verdict without rows: `permit`, `deny` or `refer`, with the rules that decided it and what a permit owes."""

    verdict: str
    rules: tuple[RuleMatch, ...]
    obligations: tuple[str, ...]
    charters: Mapping[str, int]
    receipt: Receipt
    raw: Json = field(repr=False, compare=False)

    @property
    def permits(self) -> bool:
        return self.verdict == "permit"

    def require(self) -> None:
        """Raise Refused, or Referred, unless it is permitted."""
        if not self.permits:
            ids = ", ".join(dict.fromkeys(rule.id for rule in self.rules))
            code = "use_denied" if self.verdict == "deny" else "use_referred"
            raise make_problem(200, {**self.raw, "code": code, "detail": f"Decided by {ids}."})


@dataclass(frozen=True)
class Answer(Checked):
    """A permitted question with its rows; `paired` are the metrics told beside those asked for, each with its own rows."""

    rows: tuple[Row, ...]
    paired: tuple[Json, ...]
    snapshot: str | None

    def to_arrow(self) -> pyarrow.Table:
        """The rows as an Arrow table. Needs pyarrow."""
        import pyarrow

        return pyarrow.Table.from_pylist([_flat(row.raw) for row in self.rows], schema=_make_schema(pyarrow))

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a data frame. Needs pandas and pyarrow."""
        return self.to_arrow().to_pandas()


def _make_schema(pyarrow: Any) -> Any:
    """The columns, typed also where there are no rows or no values."""
    text, number = pyarrow.string(), pyarrow.float64()
    columns = dict.fromkeys(("metric", "cohort", "period", "unit", "people", "bound", "withheld"), text)
    columns |= dict.fromkeys(("value", "low", "high", "coverage"), number)
    return pyarrow.schema(
        [*columns.items(), ("n", pyarrow.int64()), ("withheld_because", text), ("context", text)]
    )


def _flat(row: Json) -> dict[str, Any]:
    """A row whose notes are one text."""
    notes = "; ".join(str(note.get("kind", "")) for note in row.get("context", []))
    return {**row, "context": notes}


def read_checked(body: Json) -> Checked:
    return Checked(**_shared(body))


def read_answer(body: Json) -> Answer:
    return Answer(
        **_shared(body),
        rows=tuple(_read_row(row) for row in body["rows"]),
        paired=tuple(body["paired"]),
        snapshot=body["source"]["snapshot"],
    )


def list_all_rows(body: Json) -> Sequence[Json]:
    """The rows in the order in which a receipt signs their hash: those asked for, then those beside them."""
    return [*body.get("rows", []), *(row for pair in body.get("paired", []) for row in pair["rows"])]


def _shared(body: Json) -> dict[str, Any]:
    return {
        "verdict": body["verdict"],
        "rules": read_rules(body),
        "obligations": tuple(body["obligations"]),
        "charters": {each["metric"]: each["version"] for each in body["charters"]},
        "receipt": read_receipt(body["receipt"]),
        "raw": body,
    }


def _read_row(row: Json) -> Row:
    named = {name: row.get(name) for name in Row.__dataclass_fields__ if name != "raw"}
    return Row(**named, raw=row)  # type: ignore[arg-type]  # the server says what is there
