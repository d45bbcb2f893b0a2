"""A question as it is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, Required, TypedDict

Window = tuple[str, str] | Mapping[str, str]


class Question(TypedDict, total=False):
    """What a question says. `window` is (first day, day after the last), or {"from": …, "to": …}.

    The words are the server's, which refuses unknown ones by name.
    """

    decision: Required[str]
    metrics: Required[Sequence[str]]
    grain: Required[str]
    window: Required[Window]
    period: Required[str]
    cohorts: NotRequired[Sequence[str]]
    view: NotRequired[str]
    persons: NotRequired[Sequence[str]]
    about: NotRequired[Sequence[str]]
    order_by: NotRequired[str | None]
    limit: NotRequired[int | None]
    percentile: NotRequired[bool]
    compare: NotRequired[bool]
    combine: NotRequired[str | None]
    time_filter: NotRequired[str | None]
    evidence: NotRequired[Sequence[Mapping[str, str]]]
    accountable: NotRequired[str | None]
    affirms: NotRequired[Sequence[str]]
    export: NotRequired[bool]
    reason: NotRequired[str | None]


def write_question(question: Question) -> bytes:
    """The body of a question."""
    window = question["window"]
    days = dict(window) if isinstance(window, Mapping) else {"from": window[0], "to": window[1]}
    body: dict[str, Any] = {**question, "window": days}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=list).encode()
