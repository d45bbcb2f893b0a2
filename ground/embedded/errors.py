"""What the launcher says when PostgreSQL cannot run here."""

from ground.errors import DomainError


class EmbeddedError(DomainError):
    """The embedded PostgreSQL cannot run here; the sentence says what to do."""

    status = 503
    code = "embedded_database"
    title = "The embedded database cannot run"
