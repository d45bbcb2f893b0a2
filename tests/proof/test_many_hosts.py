"""Two hosts with addresses of their own, of which any process is killed at any time: nothing is lost or doubled, and the clock goes on.

Each host has a web server, a worker, a beat and a sequencer. Ten minutes in `make proof`, half a minute otherwise.
"""

import random
import time

import pytest

from tests.proof import whole_or_short
from tests.proof.hosts import (
    ADDRESSES,
    COMMANDS,
    NEEDS_ROOT,
    Clients,
    Host,
    answers,
    check_nothing_lost,
    two_hosts,
    wait,
)

pytestmark = [pytest.mark.proof(alone=True), pytest.mark.committed, NEEDS_ROOT]

CLIENTS = 8
FAILOVER_SECONDS = 30.0


@pytest.fixture
def hosts(server, committed_db, tmp_path):
    with two_hosts(server, committed_db, tmp_path, list(COMMANDS), CLOCK_STILL_SECONDS="40") as made:
        yield made


def has_clock(host: Host) -> bool:
    """Whether this host's beat was the last to say that it has the clock, and lives."""
    log = host._folder / "beat.log"
    return (
        host.running["beat"].poll() is None and log.exists() and "This beat has the clock." in log.read_text()
    )


@pytest.mark.allow_hosts(ADDRESSES)
def test_any_process_may_be_killed_and_nothing_is_lost_or_doubled(hosts, server, committed_db):
    """Issue 19, 3: each answer that was given is in the database once, each question once, and each entry gets one place."""
    made, token, question = hosts
    for host in made:
        wait(lambda host=host: answers(host), 150, made)
    wait(lambda: any(map(has_clock, made)), 120, made)
    assert sum(map(has_clock, made)) == 1, "one beat at a time"
    clients = Clients(made, token, question, CLIENTS)
    clients.start()
    try:
        # The clock fails over: the host that has it loses its beat, and it is not started again.
        [first] = [host for host in made if has_clock(host)]
        [second] = [host for host in made if host is not first]
        first.kill("beat")
        took = wait(lambda: has_clock(second), FAILOVER_SECONDS, made)
        first._folder.joinpath("beat.log").unlink(missing_ok=True)
        first.start("beat")
        chance = random.Random(19)  # noqa: S311 - the same blows each time
        ends, blows = time.monotonic() + whole_or_short(600, 20), 0
        first_blows = [(first, "web"), (second, "sequencer"), (second, "worker"), (second, "web")]
        while time.monotonic() < ends or first_blows:
            host, name = (
                first_blows.pop(0) if first_blows else (chance.choice(made), chance.choice(list(COMMANDS)))
            )
            host.kill(name)
            blows += 1
            time.sleep(chance.uniform(0.5, 2.0))
            host.start(name)
            if name == "web":  # its proxy sends nobody to a host that does not answer
                wait(lambda host=host: answers(host), 120, made)
    finally:
        clients.finish()
    assert clients.wrong == [] and len(clients.told) > CLIENTS and took < FAILOVER_SECONDS and blows >= 4
    for host in made:
        host.kill("sequencer")
    check_nothing_lost(server, committed_db, clients.told)
