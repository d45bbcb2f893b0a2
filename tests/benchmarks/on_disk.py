"""What a decision takes on disk, with its log: each table that grows with decisions, its indexes and what lies out of line.

DECISIONS says how many are asked, 100 at a time, two thirds of which are permitted.
"""

import os
from itertools import cycle, islice
from typing import Any

import psycopg

from tests.benchmarks import harness
from tests.benchmarks.checks import _differing, _prepare

DECISIONS = int(os.environ.get("DECISIONS", "4000"))
AIM = 2500
TABLES = (
    "decisions_decisionrecord", "decisions_keptcharter", "ledger_entry", "ledger_payload", "ledger_outbox", "ledger_logplace",
)  # fmt: skip
SIZES = """
SELECT pg_relation_size(oid), coalesce(pg_total_relation_size(nullif(reltoastrelid, 0)), 0), pg_indexes_size(oid)
FROM pg_class WHERE oid = %s::regclass
"""


def run() -> list[dict]:
    """Bytes a decision by table, its entry in its place of the log (aim: 2,500 in all)."""
    with harness.installation() as address, _owner(address) as owner:
        _ask_all(owner)
        return _told(_measure(owner))


def _owner(address: str) -> psycopg.Connection:
    return psycopg.connect(harness.owner_address(address), autocommit=True)


def _told(found: dict[str, tuple[int, int, int]]) -> list[dict]:
    lines = [
        _line(f"{table.split('_')[1]}, {part}", size / DECISIONS)
        for table, sizes in found.items()
        for part, size in zip(("rows", "out of line", "indexes"), sizes, strict=True)
        if size / DECISIONS > 1
    ]
    each = sum(map(sum, found.values())) / DECISIONS
    return [*lines, _line("a decision in all", each, f"at most {AIM:,}", each <= AIM)]


def _line(name: str, value: float, aim: str = "", holds: bool = True) -> dict:
    return {"name": name, "value": value, "unit": "B", "aim": aim, "holds": holds}


def _ask_all(owner: psycopg.Connection) -> None:
    """All, with the sequencer and the vacuum going along, as they do."""
    from governance.decisions.models import Door
    from governance.decisions.services import answer_all
    from governance.people.models import User
    from governance.ui.questions import read_request

    _token, question = _prepare()
    manager = User.objects.get(username="manager")
    asked = cycle(_mixed(question))
    for _ in range(0, DECISIONS, 100):
        some = [read_request(each) for each in islice(asked, 100)]
        answer_all(requests=some, by=manager, door=Door.API, rows=False)
        _place_all()
        owner.execute("VACUUM ledger_outbox")


def _mixed(question: dict[str, Any]) -> list[dict[str, Any]]:
    """Questions with few or many months and pieces of evidence; every third is for a use that is refused."""
    return [
        {
            **each,
            "reason": f"Retrospective no. {place}",
            **({} if place % 3 else {"decision": "performance_rating"}),
        }
        for place, each in enumerate(_differing(question))
    ]


def _place_all() -> None:
    from audits.ledger import sequencer

    while sequencer.place_batch():
        pass
    sequencer.sign_state()


def _measure(owner: psycopg.Connection) -> dict[str, tuple[int, int, int]]:
    found = {}
    for table in TABLES:
        owner.execute(f"VACUUM ANALYZE {table}")
        found[table] = owner.execute(SIZES, [table]).fetchone()
    return found
