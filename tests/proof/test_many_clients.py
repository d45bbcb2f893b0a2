"""Many clients against two web servers on two addresses, and nothing is killed: no error, and nothing lost.

Ten minutes, in `make proof` alone. How many were answered is printed, for docs/reference/measurements.md.
"""

import time

import pytest

from tests.proof.hosts import ADDRESSES, NEEDS_ROOT, Clients, answers, check_nothing_lost, two_hosts, wait

pytestmark = [pytest.mark.proof(whole=True), pytest.mark.committed, NEEDS_ROOT]

CLIENTS = 64
SECONDS = 600


@pytest.fixture
def hosts(server, committed_db, tmp_path):
    with two_hosts(server, committed_db, tmp_path, ["web", "sequencer"]) as made:
        yield made


@pytest.mark.allow_hosts(ADDRESSES)
def test_64_clients_of_two_addresses_see_no_error_and_lose_nothing(hosts, server, committed_db):
    """Issue 19, measured: every try is answered at once, each answer is in the database once and has one place of the log."""
    made, token, question = hosts
    for host in made:
        wait(lambda host=host: answers(host), 150, made)
    clients = Clients(made, token, question, CLIENTS)
    clients.start()
    time.sleep(SECONDS)
    clients.finish()
    print(
        f"{CLIENTS} clients, {SECONDS} s: {len(clients.told):,} answers, {len(clients.failed)} failed tries"
    )
    assert clients.wrong == [] and clients.failed == [] and len(clients.told) > CLIENTS
    for host in made:
        host.kill("sequencer")
    check_nothing_lost(server, committed_db, clients.told)
