"""What goes wrong, typed: refusals with their rules, faults of a question, and a server that does not answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter_client.receipts import Receipt, RuleMatch, read_receipt, read_rules


class CharterError(Exception):
    """The base of all that this package raises."""


class NotAnswered(CharterError):
    """The server could not be reached, or did not answer in time, however often it was asked."""


class ProofFailed(CharterError):
    """A receipt is not what it should be. The sentence says in what."""


class Problem(CharterError):
    """The server said no, as RFC 9457 has it: `code` is stable, `detail` a sentence, `field` what is at fault where there is one."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.body = body
        self.code = str(body.get("code", ""))
        self.detail = str(body.get("detail", "") or body.get("title", "") or f"HTTP {status}")
        self.field: str | None = body.get("field")
        super().__init__(f"{self.detail} ({self.code or status})")


class Refused(Problem):
    """The rules refuse this use. `rules` say why and what to do instead; the refusal has a receipt too."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(status, body)
        self.rules: tuple[RuleMatch, ...] = read_rules(body)
        self.receipt: Receipt = read_receipt(body["receipt"])
        self.verdict = str(body["verdict"])

    @property
    def fixes(self) -> tuple[str, ...]:
        """What to do instead, each once."""
        return tuple(dict.fromkeys(rule.fix for rule in self.rules))


class Referred(Refused):
    """The rules leave this use to the board. A POST to `refer_url` puts it there."""

    @property
    def refer_url(self) -> str:
        return str(self.body.get("refer_url", ""))


def make_problem(status: int, body: object) -> Problem:
    """The error that a response stands for."""
    said: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    kinds = {"deny": Refused, "refer": Referred}
    return kinds.get(str(said.get("verdict")), Problem)(status, said)
