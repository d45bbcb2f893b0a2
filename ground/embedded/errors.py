"""What the launcher says when PostgreSQL cannot run here."""

from ground.errors import HouseError


class EmbeddedError(HouseError):
    """The embedded PostgreSQL cannot run here; the sentence says what to do."""

    status = 503
    code = "embedded_database"
    title = "The embedded database cannot run"
