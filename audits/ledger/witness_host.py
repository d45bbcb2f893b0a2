"""Runs a witness as a web server of its own, until it is asked to end. Imports no Django and knows no database."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

from waitress.server import create_server

from audits.ledger.witness import LONGEST_BODY, Witness, application

THREADS, CONNECTIONS, SILENT_SECONDS = 4, 100, 30


def serve(folder: Path, *, host: str, port: int, say: Callable[[str], object]) -> None:
    """Answer `POST /add-checkpoint` as the witness of this folder. Raises Conflict where another process does."""
    witness = Witness(folder)
    held = witness.hold()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(
        application(witness),
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        channel_timeout=SILENT_SECONDS,
        max_request_body_size=2 * LONGEST_BODY,
        ident=None,
    )
    say(f"The witness {witness.verifier.name} listens at http://{host}:{port}/add-checkpoint.")
    try:
        server.run()
    finally:
        server.close()
        os.close(held)
