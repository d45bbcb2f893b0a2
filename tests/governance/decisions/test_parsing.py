"""Requests as bytes: each way of being wrong names the field."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from charter.rules.request import Request
from governance.decisions.requests.parsing import LARGEST_BATCH, LARGEST_BODY, parse
from ground.errors import BadInput
from tests.spec.strategies import requests

GOOD = {
    "decision": "retrospective",
    "metrics": ["lead-time-for-changes"],
    "grain": "team",
    "cohorts": ["team:payments"],
    "window": {"from": "2026-01-01", "to": "2026-04-01"},
    "period": "month",
}


def changed(**changes):
    return {key: value for key, value in {**GOOD, **changes}.items() if value is not ...}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (changed(decision="fishing"), "decision"),
        (changed(decision=...), "decision"),
        (changed(grain="planet"), "grain"),
        (changed(view="both"), "view"),
        (changed(period="week"), "period"),
        (changed(metrics=[]), "metrics"),
        (changed(metrics=["a", "b", "c", "d", "e", "f"]), "metrics"),
        (changed(metrics="lead-time-for-changes"), "metrics"),
        (changed(metrics=["Lead Time"]), "metrics[0]"),
        (changed(metrics=["lеad-time"]), "metrics[0]"),  # its second letter is Cyrillic
        (changed(cohorts=["team：payments"]), "cohorts[0]"),  # its colon is full-width
        (changed(cohorts=["team:pay\u200bments"]), "cohorts[0]"),
        (changed(persons=["josé"]), "persons[0]"),
        (changed(persons=["jose\u0301"]), "persons[0]"),
        (changed(persons=["p-001\n"]), "persons[0]"),
        (changed(metrics=[""]), "metrics[0]"),
        (changed(window={"from": "0000-01-01", "to": "2026-04-01"}), "window.from"),
        (changed(window={"from": "2026-01-01", "to": "10000-01-01"}), "window.to"),
        (changed(limit=10**400), "limit"),
        (changed(limit=float("nan")), "limit"),
        (changed(limit=float("-inf")), "limit"),
        ({"requests": [GOOD, changed(limit=float("nan"))]}, "requests[1].limit"),
        ({"requests": [{}] * 10_000}, "requests"),
        ({"requests": [GOOD] * 10_000}, "requests"),
        (changed(window={"from": "2026-01-01"}), "window.to"),
        (changed(window={"from": "yesterday", "to": "2026-04-01"}), "window.from"),
        (changed(window={"from": "2026-01-01", "to": "2026-04-01", "until": 1}), "window.until"),
        (changed(limit=0), "limit"),
        (changed(limit=1.5), "limit"),
        (changed(percentile="yes"), "percentile"),
        (changed(evidence=[{"kind": "gossip", "ref": "x"}]), "evidence[0].kind"),
        (changed(favourite="me"), "favourite"),
        (changed(reason="a\x00b"), "reason"),
        (changed(order_by="\x1b[31m"), "order_by"),
        (changed(accountable="\x7f"), "accountable"),
        (changed(combine="\n\x00"), "combine"),
        (changed(evidence=[{"kind": "mentoring", "ref": "\x00"}]), "evidence[0].ref"),
        ([GOOD], "body"),
        ("retrospective", "body"),
        (None, "body"),
        ({"requests": []}, "requests"),
        ({"requests": [GOOD] * (LARGEST_BATCH + 1)}, "requests"),
        ({"requests": [GOOD, changed(grain="planet")]}, "requests[1].grain"),
        ({"requests": [GOOD], "and": 1}, "and"),
    ],
)
def test_what_is_wrong_is_named(body, field):
    """Issue 2, Bad input: 400 with a problem that names the field."""
    with pytest.raises(BadInput) as raised:
        parse(json.dumps(body).encode())
    assert raised.value.field == field
    assert raised.value.status == 400


TEXT = json.dumps(GOOD)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (f'{TEXT[:-1]}, "grain": "person"}}', "grain"),
        (f'{TEXT[:-1]}, "gr\\u0061in": "person"}}', "grain"),
        (TEXT.replace('"to"', '"from": "2026-01-01", "to"'), "window.from"),
        (f'{{"requests": [{TEXT}], "requests": []}}', "requests"),
        (f'{{"requests": [{TEXT}], "requests": [{TEXT}]}}', "requests"),
        (f'{{"requests": [{TEXT}, {TEXT[:-1]}, "period": "month"}}]}}', "requests[1].period"),
    ],
)
def test_a_key_that_stands_twice_is_refused(body, field):
    """Issue 4, Bad input: a parser that keeps the last would let one door read what another does not."""
    with pytest.raises(BadInput) as raised:
        parse(body.encode())
    assert raised.value.field == field


def test_a_name_that_only_looks_right_is_told_letter_by_letter():
    """Issue 4, Bad input: whoever copied a look-alike sees which letter it is."""
    for name, says in (
        ("lеad-time", "(cyrillic small letter ie)"),
        ("lead\u200b", "not seen (zero width space)"),
    ):
        with pytest.raises(BadInput) as raised:
            parse(json.dumps({"requests": [changed(metrics=["pr-age", name])]}).encode())
        assert raised.value.field == "requests[0].metrics[1]" and says in raised.value.detail


@pytest.mark.parametrize("value", ["1" * 5_000, "[" * 5_000 + "]" * 5_000], ids=["number", "lists"])
def test_a_name_at_fault_is_told_whatever_follows_it(value):
    """Issue 8, 2: the first fault is named, and what Python's own parser would choke on behind it does no harm."""
    body = TEXT.replace("lead-time-for-changes", "Lead Time")[:-1] + f', "limit": {value}}}'
    with pytest.raises(BadInput) as raised:
        parse(body.encode())
    assert raised.value.field == "metrics[0]"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"\xef\xbb\xbf" + TEXT.encode(), "byte order mark"),
        (TEXT.encode("utf-16"), "not UTF-8"),
        (TEXT.replace("team:", "team:\udcff").encode(errors="surrogateescape"), "not UTF-8"),
        (f'{TEXT[:-1]}, "reason": "\\ud800"}}'.encode(), "not JSON"),
    ],
)
def test_bytes_that_are_no_text_are_said_to_be_none(body, says):
    """Issue 4, Bad input: a byte order mark, another encoding, half a character."""
    with pytest.raises(BadInput) as raised:
        parse(body)
    assert raised.value.field == "body" and says in raised.value.detail


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 50_000])
def test_what_is_not_json_is_said_to_be(body):
    """Issue 2, Bad input: a malformed request."""
    with pytest.raises(BadInput) as raised:
        parse(body)
    assert raised.value.field == "body"


DEEP = "[" * 20_000 + "]" * 20_000
DEEP_OBJECTS = '{"a": ' * 8_000 + "1" + "}" * 8_000


@pytest.mark.parametrize("deep", [DEEP, DEEP_OBJECTS], ids=["lists", "objects"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        (f'{{"requests": [{TEXT}, {TEXT[:-1]}, "evidence": DEEP}}]}}', "requests[1].evidence"),
        (f'{{"requests": [{TEXT}, {TEXT}, {TEXT[:-1]}, "window": {{"to": DEEP}}}}]}}', "requests[2].window"),
        (
            f'{{"requests": [{TEXT[:-1]}, "reason": "[[\\"", "favourite": DEEP}}, {TEXT}]}}',
            "requests[0].favourite",
        ),
        (f'{{"requests": [{TEXT}, [DEEP]]}}', "requests[1]"),
        (f'{{"requests": [{TEXT}, [DEEP', "requests[1]"),
    ],
)
def test_what_is_nested_too_deeply_in_a_batch_is_named(deep, body, field):
    """Issue 4, Bad input: which of the requests, and which field of it; the body alone would help nobody."""
    with pytest.raises(BadInput) as raised:
        parse(body.replace("DEEP", deep).encode())
    assert raised.value.field == field


def test_a_large_body_is_refused_before_it_is_read():
    """Issue 2, Bad input: over 64 KiB."""
    with pytest.raises(BadInput) as raised:
        parse(b" " * (LARGEST_BODY + 1))
    assert (raised.value.field, raised.value.code) == ("body", "too_large")


def test_a_good_request_is_read_whole():
    """DESIGN, Interfaces: everything after `period` is optional."""
    request = parse(json.dumps(GOOD).encode())
    assert isinstance(request, Request)
    assert (request.decision, request.window.end.isoformat(), request.order_by) == (
        "retrospective",
        "2026-04-01",
        None,
    )


def test_a_batch_is_read_in_order():
    """DESIGN, Interfaces: each also as {"requests": [...]}."""
    batch = parse(json.dumps({"requests": [GOOD, changed(period="quarter")]}).encode())
    assert isinstance(batch, list)
    assert [each.period for each in batch] == ["month", "quarter"]


@given(st.builds(replace, requests, reason=st.none() | st.text(max_size=20)))
def test_what_is_read_is_written_and_read_the_same(request):
    """Issue 4, Bad input: a request that parses, written and parsed again, is the same request."""
    try:
        read = parse(msgspec.json.encode(request))
    except BadInput as error:
        assert error.field
    else:
        assert parse(msgspec.json.encode(read)) == read == request


@given(
    st.binary(max_size=300)
    | st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=8)).map(
        lambda d: json.dumps(d).encode()
    )
)
def test_nothing_but_bad_input_comes_of_rubbish(body):
    """Issue 2, Bad input: no input raises anything but the error that names a field."""
    try:
        parse(body)
    except BadInput as error:
        assert error.field
