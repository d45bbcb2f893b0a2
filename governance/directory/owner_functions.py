"""What only the owner of the tables does here: closings that count towards no day any more are forgotten."""

from ground.schema.functions import OwnerFunction

# Counted over a day; by the database's own clock, whatever whoever calls it says, and a day more so that no clock matters.
_FORGET = """
DECLARE gone bigint;
BEGIN
    DELETE FROM directory_directoryclosing WHERE at < now() - interval '2 days';
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
"""

FUNCTIONS = {"forget_closings": OwnerFunction("", "bigint", _FORGET)}
