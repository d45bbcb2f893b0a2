"""What a client is told of a statement that is not relayed: an SQLSTATE, what decided it, and what to do instead. Pure."""

from governance.sql_door.wire import SqlRefusal

NOT_PERMITTED, NOT_SUPPORTED = "42501", "0A000"
_READS = "Here one reads governed views with SELECT: FROM governed.metrics lists them."


class NotAllowed(Exception):
    """A statement that is not relayed, with what its client is told."""

    def __init__(self, refusal: SqlRefusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def refuse_form(message: str, hint: str = _READS) -> SqlRefusal:
    """Of a statement that is not of the few forms that are read here."""
    return SqlRefusal(message, NOT_PERMITTED, hint=hint)


def refuse_relation(name: str) -> SqlRefusal:
    return SqlRefusal(
        f"{name} is no governed view.",
        NOT_PERMITTED,
        detail="Only views of schema governed and the catalogs that drivers read can be asked for here. Tables hold what no rule has looked at.",
        hint="SELECT metric, views FROM governed.metrics lists what there is.",
    )


def refuse_function(name: str) -> SqlRefusal:
    return SqlRefusal(
        f"The function {name} is not among those that may be used here.",
        NOT_PERMITTED,
        detail="Functions that read no other data than what they are given are allowed, by name.",
        hint="Take another, or work it out in your own tool from the rows.",
    )
