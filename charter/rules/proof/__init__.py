"""Proved, not only tested: what holds for every request that can be made, worked out by a solver. Pure.

`schema` reads what rules may look at, `translate` writes rules as one SMT-LIB text, `world` adds what facts always keep,
`solvers` asks, `analyses` says what it is asked, `realise` makes facts of an answer, `words` says them.
"""

from charter.rules.proof.schema import NotCoveredError

__all__ = ["NotCoveredError"]
