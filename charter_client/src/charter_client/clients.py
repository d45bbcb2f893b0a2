"""The clients, sync and async: one way to make a request and to read its response, and two that send it."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, Unpack

import httpx2

from charter_client.answers import Answer, Checked, read_answer, read_checked
from charter_client.errors import NotAnswered, make_problem
from charter_client.proofs import Verified, verify_answer, verify_place, verify_signature
from charter_client.questions import Question, write_question
from charter_client.receipts import Receipt

_KEYS = "/.well-known/metric-charter/keys"
_AGAIN = frozenset({429, 502, 503, 504})  # answers that mean: nothing was done, or nobody knows
_LONGEST_WAIT = 30.0  # seconds


@dataclass(frozen=True)
class _Sending:
    """A request, to be sent until it is answered: `retries` times more, each after a longer wait."""

    method: str
    path: str
    body: bytes | None
    headers: dict[str, str]
    retries: int

    def waits(self) -> Iterator[float]:
        """Seconds before each further attempt, a little apart for each client."""
        for attempt in range(self.retries):
            yield min(0.2 * 2**attempt, _LONGEST_WAIT) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


def _wait_longer(response: httpx2.Response, wait: float) -> float:
    """What the server asks for, where it does."""
    asked = response.headers.get("Retry-After", "")
    return min(float(asked), _LONGEST_WAIT) if asked.isdecimal() else wait


def _read(response: httpx2.Response) -> Any:
    """The body of an answer. Raises Problem, of which Refused is one."""
    try:
        body = response.json()
    except ValueError:
        body = {}
    if response.status_code >= 400:
        raise make_problem(response.status_code, body)
    return body


class _Shared:
    """What both clients have: where the server is, as whom they ask, and which keys they trust."""

    def __init__(self, token: str, *, keys: Collection[str] | None, retries: int) -> None:
        self._headers = {"Authorization": f"Token {token}", "Accept": "application/json"}
        self._retries = retries
        self._keys = frozenset(keys) if keys is not None else None

    def _post(self, path: str, body: bytes, key: str | None) -> _Sending:
        """A question under a key of its own, so that sending it again is not asking twice."""
        headers = {
            **self._headers,
            "Content-Type": "application/json",
            "Idempotency-Key": key or str(uuid.uuid4()),
        }
        return _Sending("POST", path, body, headers, self._retries)

    def _get(self, path: str) -> _Sending:
        return _Sending("GET", path, None, self._headers, self._retries)


def _verify(answer: Checked | Receipt, keys: Collection[str]) -> Receipt:
    """The receipt of an answer, or one alone, once it is verified. Raises ProofFailed."""
    if isinstance(answer, Receipt):
        verify_signature(answer, keys)
        return answer
    verify_answer(answer, keys)
    return answer.receipt


class Charter(_Shared):
    """Asks one installation as one account, from ordinary code.

    `token` needs the scope `ask`. `keys` are the public keys (hex) that are trusted to sign receipts; without them, those
    that the server publishes. `retries` is how often a question is sent again, under its key, where no answer came.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str,
        keys: Collection[str] | None = None,
        retries: int = 3,
        timeout: float = 30.0,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        super().__init__(token, keys=keys, retries=retries)
        self._http = httpx2.Client(base_url=url, timeout=timeout, transport=transport)

    def ask(self, *, key: str | None = None, **question: Unpack[Question]) -> Answer:
        """Values for a decision. Raises Refused with the rules, Referred, Problem, NotAnswered."""
        return read_answer(self._send(self._post("/api/v1/queries", write_question(question), key)))

    def check(self, *, key: str | None = None, **question: Unpack[Question]) -> Checked:
        """The verdict alone, on the log as a check. Raises Problem, NotAnswered; a refusal is an answer here."""
        return read_checked(self._send(self._post("/api/v1/checks", write_question(question), key)))

    def receipt(self, number: str) -> dict[str, Any]:
        """A receipt shown again, with its leaf and its place in the log."""
        return dict(self._send(self._get(f"/api/v1/receipts/{number}")))

    def verify(self, answer: Checked | Receipt) -> Verified:
        """What the receipt of an answer proves. Raises ProofFailed where it proves anything else."""
        keys = self._trusted()
        receipt = _verify(answer, keys)
        return verify_place(receipt, self.receipt(receipt.id), keys)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _trusted(self) -> Collection[str]:
        if self._keys is None:
            self._keys = frozenset(each["public_key"] for each in self._send(self._get(_KEYS))["keys"])
        return self._keys

    def _send(self, sending: _Sending) -> Any:
        waits = sending.waits()
        while True:
            wait = next(waits, None)
            try:
                response = self._http.request(
                    sending.method, sending.path, content=sending.body, headers=sending.headers
                )
            except httpx2.TransportError as error:
                if wait is None:
                    raise NotAnswered(f"No answer came: {error}") from error
            else:
                if response.status_code not in _AGAIN or wait is None:
                    return _read(response)
                wait = _wait_longer(response, wait)
            time.sleep(wait)


class AsyncCharter(_Shared):
    """The same from asynchronous code."""

    def __init__(
        self,
        url: str,
        *,
        token: str,
        keys: Collection[str] | None = None,
        retries: int = 3,
        timeout: float = 30.0,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(token, keys=keys, retries=retries)
        self._http = httpx2.AsyncClient(base_url=url, timeout=timeout, transport=transport)

    async def ask(self, *, key: str | None = None, **question: Unpack[Question]) -> Answer:
        """As `Charter.ask`."""
        return read_answer(await self._send(self._post("/api/v1/queries", write_question(question), key)))

    async def check(self, *, key: str | None = None, **question: Unpack[Question]) -> Checked:
        """As `Charter.check`."""
        return read_checked(await self._send(self._post("/api/v1/checks", write_question(question), key)))

    async def receipt(self, number: str) -> dict[str, Any]:
        """As `Charter.receipt`."""
        return dict(await self._send(self._get(f"/api/v1/receipts/{number}")))

    async def verify(self, answer: Checked | Receipt) -> Verified:
        """As `Charter.verify`."""
        keys = await self._trusted()
        receipt = _verify(answer, keys)
        return verify_place(receipt, await self.receipt(receipt.id), keys)

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _trusted(self) -> Collection[str]:
        if self._keys is None:
            told = await self._send(self._get(_KEYS))
            self._keys = frozenset(each["public_key"] for each in told["keys"])
        return self._keys

    async def _send(self, sending: _Sending) -> Any:
        waits = sending.waits()
        while True:
            wait = next(waits, None)
            try:
                response = await self._http.request(
                    sending.method, sending.path, content=sending.body, headers=sending.headers
                )
            except httpx2.TransportError as error:
                if wait is None:
                    raise NotAnswered(f"No answer came: {error}") from error
            else:
                if response.status_code not in _AGAIN or wait is None:
                    return _read(response)
                wait = _wait_longer(response, wait)
            await asyncio.sleep(wait)
