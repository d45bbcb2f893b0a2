"""Proofs that take as long as they take: `make proof` runs them whole, `make test` briefly.

A test marked `proof` asks `whole_or_short` how much to do. What stands in this folder, and long journeys elsewhere, marked
`proof(alone=True)`, run in `make proof` alone; CI runs those too, short, but for what is marked `proof(whole=True)`.
"""

import os

# Empty in `make test`; `make proof` says `whole`, or `short` where it is asked to.
ASKED = os.environ.get("PROOF", "")


def whole_or_short(whole: int, short: int) -> int:
    """How much to do: all of it in `make proof`, and little everywhere else."""
    return whole if ASKED == "whole" else short
