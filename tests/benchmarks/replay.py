"""A replay of recorded questions: how many are read from the database, decided twice and counted in a second of one process.

`QUESTIONS=1000000 make bench ARGS=replay` runs so many to their end, as the command does. They are copies of a real one over 80
days, written past the log by the owner, and so decided from memory; what it costs to decide questions that all differ is
measured beside it, from facts that examples are crossed to.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import islice

import msgspec
from msgspec.structs import replace

from tests.benchmarks import access_log, harness
from tests.benchmarks.checks import _prepare as found_programme

QUESTIONS = int(os.environ.get("QUESTIONS", "1000000"))
DIFFERENT = 5_000
MILLION, AIM = 1_000_000, 10 * 60  # questions, each decided twice; seconds


def run() -> list[dict]:
    """Seconds of the whole, questions a second, and what a million would take at the slower of both rates."""
    access_log.DECISIONS = QUESTIONS
    access_log.MADE = access_log.MADE.replace("1095 days", "80 days")
    with harness.installation() as address:
        found_programme()
        began = time.perf_counter()
        access_log._fill(address, indexes={"decision_at", "decision_actor_at"})
        _say(f"{QUESTIONS} questions are written, in {time.perf_counter() - began:.0f} s.")
        copied, own = _replay()
    different, own_of_different = _decide_different()
    whole, million = QUESTIONS / copied, MILLION / min(copied, different)
    return [
        _line(f"replay: {QUESTIONS} questions, to the end", whole, "s"),
        _line("replay: questions that are copies, from the database", copied, "/s"),
        _line("replay: the same, in a second of its own processor time", own, "/s"),
        _line("replay: questions that all differ, decided and counted", different, "/s"),
        _line("replay: the same, in a second of its own processor time", own_of_different, "/s"),
        _line("replay: a million questions, one process", million, "s", f"under {AIM}", million < AIM),
    ]


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _line(name: str, value: float, unit: str, aim: str = "", holds: bool = True) -> dict:
    return {"name": name, "value": value, "unit": unit, "aim": aim, "holds": holds}


def _timed(do: Callable[[], int]) -> tuple[float, float]:
    """How many a second, and in a second of this process's own work: the database's and what others do is in the first alone."""
    began, own = time.perf_counter(), time.process_time()
    many = do()
    return many / (time.perf_counter() - began), many / (time.process_time() - own)


def _replay() -> tuple[float, float]:
    """All of it as the command does, with groups that are larger by a setting."""
    from charter.registry import queries as registry
    from governance.decisions.replay.counting import AsProposed
    from governance.decisions.replay.proposals import set_otherwise
    from governance.decisions.services.replays import ask_for_folder_replay, work_replay
    from tests import factories

    by = factories.system()
    replay = ask_for_folder_replay(folder="0" * 64, by=by)
    assert replay.total >= QUESTIONS
    larger = set_otherwise({"minimum_group": 100, "minimum_group_strain": 100})
    proposal = AsProposed(registry.find_rulebook(replay.rulebook_hash), larger)

    def told(done: int, total: int) -> None:
        if done % 100_000 == 0:
            _say(f"{done} of {total} questions are decided anew.")

    return _timed(lambda: work_replay(key=replay.pk, by=by, proposal=proposal, told=told))


def _decide_different() -> tuple[float, float]:
    from charter.rules import engine
    from charter.rules.builtin_rules import builtin_rulebook
    from charter.rules.facts import Facts
    from charter.rules.proof.agreement import draw_facts
    from charter.rules.vocabulary import Role
    from governance.decisions.replay.counting import AsProposed
    from governance.decisions.replay.proposals import set_otherwise
    from tests.governance.decisions.plain_count import AskedBefore, count_moved

    drawn = islice(draw_facts(DIFFERENT, seed=7), DIFFERENT)
    stored = [
        msgspec.json.encode(replace(each, at=each.at + timedelta(days=at % 90)))
        for at, each in enumerate(drawn)
    ]
    house = builtin_rulebook()
    engine.forget()

    def decide() -> int:
        asked = (
            AskedBefore((msgspec.json.decode(each, type=Facts),), str(at % 40), frozenset({Role.MANAGER}))
            for at, each in enumerate(stored)
        )
        larger = set_otherwise({"minimum_group": 100, "minimum_group_strain": 100})
        count_moved(asked, house, AsProposed(house, larger))
        return DIFFERENT

    return _timed(decide)
