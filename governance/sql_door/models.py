"""No table: what the door shows is released by the line, and kept nowhere. Views follow charters by a trigger on theirs."""

import pgtrigger

from charter.registry.models import CharterVersion
from ground.schema.triggers import Trigger

# Whoever moves a charter waits for no reader of its view longer than this.
_FOLLOW = """
PERFORM set_config('lock_timeout', '200ms', true);
PERFORM refresh_governed();
PERFORM set_config('lock_timeout', before, true);
RETURN NULL;
"""


class ShownCharterVersion(CharterVersion):
    """A charter in force has its governed views, and no other has, from the moment at which it moved."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            Trigger(
                name="has_its_views",
                definer=True,
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("standing"),
                condition=pgtrigger.Condition(
                    "OLD.standing <> NEW.standing AND 'active' IN (OLD.standing, NEW.standing)"
                ),
                declare=[("before", "text := current_setting('lock_timeout')")],
                func=_FOLLOW,
            )
        ]
