"""The key of traces, which is no part of the database: without it a trace says nothing."""

from hashlib import sha256

import msgspec
from django.utils.crypto import salted_hmac

from charter.registry.document import Measure


def find_trace_key() -> str:
    """The key, made of the installation's secret. Where that changes, what was traced before can no longer be compared."""
    return salted_hmac("charter.measures.traces", "key", algorithm="sha256").hexdigest()


def name_trace_key(measure: Measure) -> str:
    """What the key is called, and which measure made what is traced (`find_measure`): others cannot be compared."""
    name = salted_hmac("charter.measures.traces", "name", algorithm="sha256").hexdigest()[:8]
    return name + sha256(msgspec.json.encode(measure)).hexdigest()[:8]


def find_measure(key_id: str) -> str:
    """The part of a key's name that tells the measure."""
    return key_id[8:]
