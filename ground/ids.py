"""Keys of records."""

import uuid

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """A UUIDv7: ordered by time, so that indexes stay dense (RFC 9562). Made here, as PostgreSQL 15 has none."""
    return uuid_utils.compat.uuid7()


def new_blind_id() -> uuid.UUID:
    """A UUIDv4, for what must not tell when it was made."""
    return uuid.uuid4()
