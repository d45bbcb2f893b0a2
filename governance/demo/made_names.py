"""What the made-up sources call people and teams: e-mail addresses, a bot, a team by another name, and names that nobody has."""

from pathlib import Path

import duckdb

from governance.demo.organisation import AliasRow, IdentityRow, Organisation

BOT = "renovate[bot]"
SQUAD, TEAM = "Payments squad", "payments"
CONTRACTOR, OF_TEAM, MISSPELT = "contractor-07", "search", "serach"
# One person in five is called by an e-mail address where changes are merged.
_BY_EMAIL = "CAST(right(author, 3) AS INTEGER) % 5 = 0"

_STATEMENTS = (
    f"UPDATE changes SET author = author || '@example.org' WHERE {_BY_EMAIL}",
    f"UPDATE deployments SET team = '{SQUAD}' WHERE team = '{TEAM}'",
    f"UPDATE changes SET author = '{CONTRACTOR}' WHERE id IN "
    f"(SELECT id FROM changes WHERE team = '{OF_TEAM}' QUALIFY row_number() OVER (ORDER BY id) % 29 = 0)",
    f"UPDATE deployments SET team = '{MISSPELT}' WHERE id IN "
    f"(SELECT id FROM deployments WHERE team = '{OF_TEAM}' QUALIFY row_number() OVER (ORDER BY id) % 50 = 0)",
    f"INSERT INTO changes SELECT * REPLACE (id || '-bot' AS id, '{BOT}' AS author) FROM changes "
    "QUALIFY row_number() OVER (ORDER BY id) % 40 = 0",
)


def call_by_source_names(path: Path) -> None:
    """Let a made-up warehouse call people and teams what sources do. The same warehouse becomes the same."""
    with duckdb.connect(str(path)) as connection:
        for statement in _STATEMENTS:
            connection.execute(statement)


def list_identities(organisation: Organisation) -> tuple[IdentityRow, ...]:
    """Whose those names are, the bot's among them; nobody has the contractor's."""
    called = [person.external_id for person in organisation.people if int(person.external_id[-3:]) % 5 == 0]
    emails = [IdentityRow("changes", f"{name}@example.org", name, "person") for name in called]
    return (*emails, IdentityRow("", BOT, "", "bot"))


def list_aliases() -> tuple[AliasRow, ...]:
    """What sources call teams; nobody has said what the misspelt one is."""
    return (AliasRow("deployments", SQUAD, TEAM),)
